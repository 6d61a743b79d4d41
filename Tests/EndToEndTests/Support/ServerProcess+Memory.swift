import Foundation

extension ServerProcess {
    /// Resident memory, in bytes.
    struct Memory: Sendable {
        let now: Int
        /// The most since the start, or since `resetPeakMemory`.
        let peak: Int
    }

    func memory() throws -> Memory {
        let status = try String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)
        func kibibytes(_ name: String) throws -> Int {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            guard let number = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) }) else {
                throw TestFailure("no \(name) in /proc/\(processID)/status")
            }
            return number * 1024
        }
        return Memory(now: try kibibytes("VmRSS"), peak: try kibibytes("VmHWM"))
    }

    /// Makes the present memory the peak. Linux, proc(5), "clear_refs": 5 resets the peak resident set size.
    func resetPeakMemory() throws {
        let file = try FileHandle(forWritingTo: URL(filePath: "/proc/\(processID)/clear_refs"))
        try file.write(contentsOf: Data("5\n".utf8))
        try file.close()
    }
}
