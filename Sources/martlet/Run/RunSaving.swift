import ClickHouse
import MartletServer
import TelemetryModel
import Verification

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps a run under `<data>/runs/<name>`: its telemetry, `run.json`, and `report.json`.
enum RunSaving {
    /// A run of that name that is there already gives way, once the new one is complete.
    ///
    /// - Returns: the directory.
    static func save(
        _ run: RunFile, _ report: VerificationReport, totals: RunTotals, from source: ServerSource, data: String
    ) async throws -> String {
        let directories = RunDirectories(data: RunDirectory.absolute(data))
        let path = directories.path(of: run.name)
        let new = directories.path + "/." + run.name + ".new"
        DirectoryRemoval.remove(new)
        do {
            var export = TelemetryExport(source, to: new)
            try await export.run(totals)
            try write(run.json, to: new + "/run.json")
            try write(Array(JSONReport().render(report).utf8), to: new + "/report.json")
        } catch {
            DirectoryRemoval.remove(new)
            throw error
        }
        DirectoryRemoval.remove(path)
        guard rename(new, path) == 0 else {
            throw CommandFailure(.no, "cannot keep the run as \(path): \(String(cString: strerror(errno)))")
        }
        return path
    }

    /// The command and the time, for a run that nobody named: `pytest-20260102-030405`.
    static func name(of words: [String], at time: Timestamp) -> String {
        let program = words.first?.split(separator: "/").last.map(String.init) ?? "run"
        let digits = time.rfc3339.prefix(19).filter(\.isNumber)
        let safe = program.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }
        let start = safe.drop { $0 == "." || $0 == "-" }
        return "\(start.isEmpty ? "run" : start.prefix(100))-\(digits.prefix(8))-\(digits.dropFirst(8))"
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        do throws(EngineError) { try Files.write(path, bytes) } catch { throw CommandFailure(.no, error.message) }
    }
}
