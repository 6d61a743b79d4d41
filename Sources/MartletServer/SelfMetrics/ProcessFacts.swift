#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the system says of this process. Linux tells it in /proc; elsewhere what is missing is left out.
package struct ProcessFacts: Sendable, Equatable {
    package var cpuSeconds = 0.0
    package var residentBytes: Int?
    package var privateBytes: Int?
    package var openDescriptors: Int?
    package var threads: Int?

    package static func read() -> ProcessFacts {
        var facts = ProcessFacts()
        var usage = rusage()
        // RUSAGE_SELF is 0 on every system; glibc's constant has a type of its own that does not fit its function.
        getrusage(0, &usage)
        facts.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        #if os(Linux)
        for line in readText("/proc/self/status", bytesMax: 8192).split(separator: "\n") {
            let parts = line.split(whereSeparator: { $0 == ":" || $0 == "\t" || $0 == " " })
            guard parts.count >= 2, let value = Int(parts[1]) else { continue }
            switch parts[0] {
            case "VmRSS": facts.residentBytes = value * 1024
            case "RssAnon": facts.privateBytes = value * 1024
            case "Threads": facts.threads = value
            default: break
            }
        }
        if let directory = opendir("/proc/self/fd") {
            var count = 0
            while readdir(directory) != nil { count += 1 }
            closedir(directory)
            // Without ".", ".." and the directory itself.
            facts.openDescriptors = count - 3
        }
        #endif
        return facts
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }

    private static func readText(_ path: String, bytesMax: Int) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: bytesMax)
        let count = readDescriptor(file, &bytes, bytesMax)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }
}

/// `read` of the C library, which a method of the same name would hide.
private func readDescriptor(_ file: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(file, bytes, count)
}
