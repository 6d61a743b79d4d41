import OTLPMessages
import Recordings
import TelemetryFiles
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Items in the mirror's files of a data directory: `traces/traces.jsonl` and what it was rotated to, and so on.
///
/// Only files that begin with the name of their signal and hold OTLP lines count: `traces_detailed.json` holds the same
/// lines again, and application logs may lie beside `logs.jsonl`.
enum MirrorFiles {
    /// A directory with more entries is none of a mirror.
    private static let entriesMax = 100_000

    /// - Throws: when a file cannot be read or holds what is no telemetry.
    static func items(_ directory: String) throws(VerificationError) -> [Signal: Int] {
        var counts: [Signal: Int] = [:]
        for signal in Signal.allCases {
            let folder = "\(directory)/\(signal.rawValue)"
            for name in try names(folder) where isMirrorFile(name, of: signal) {
                counts[signal, default: 0] += try items(inFile: "\(folder)/\(name)", of: signal)
            }
        }
        return counts
    }

    static func isMirrorFile(_ name: String, of signal: Signal) -> Bool {
        guard name.hasPrefix(signal.rawValue) else { return false }
        return [".jsonl", ".jsonl.gz", ".jsonl.zst"].contains { name.hasSuffix($0) }
    }

    private static func items(inFile path: String, of signal: Signal) throws(VerificationError) -> Int {
        do {
            let reader = try TelemetryFileReader(path, signal: signal)
            var count = 0
            while let event = try reader.next() {
                switch event {
                case .request(let request, _, _): count += request.items
                case .problem(let problem):
                    throw VerificationError(.invalidFile, "\(problem.position): \(problem.reason)")
                }
            }
            return count
        } catch let error as VerificationError {
            throw error
        } catch {
            throw VerificationError(.invalidFile, "\(error)")
        }
    }

    /// That there is no directory means that nothing of the signal was written.
    private static func names(_ path: String) throws(VerificationError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return [] }
            throw VerificationError(.invalidFile, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < entriesMax, let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.sorted()
    }
}
