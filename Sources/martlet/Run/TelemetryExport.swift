import ClickHouse
import MartletServer
import NIOCore
import TelemetryModel
import Verification

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes all telemetry of a server as files, laid out as those of the mirror: `traces/traces.jsonl`,
/// `metrics/metrics.jsonl`, `logs/logs.jsonl`, OTLP JSON; and `metrics/metrics.prom`, the newest values of all series.
struct TelemetryExport {
    let source: ServerSource
    let directory: String

    /// What was written.
    var files: [FileReport] = []

    init(_ source: ServerSource, to directory: String) {
        self.source = source
        self.directory = directory
    }

    mutating func run(_ totals: RunTotals) async throws {
        for signal in Signal.allCases {
            try await write(signal, items: totals.items(of: signal))
        }
        try await writeExposition()
    }

    private mutating func write(_ signal: Signal, items: Int) async throws {
        let path = "\(directory)/\(signal.rawValue)/\(signal.rawValue).jsonl"
        let file = try NewFile(path)
        let call = ExportCall(url: try source.url("api"), signal: signal, form: .lines, window: RecordingWindow())
        do {
            try await call.run { buffer in
                try file.append(buffer.readableBytesView)
            }
        } catch {
            file.close()
            throw error
        }
        file.close()
        files.append(
            FileReport(
                path: path, bytes: file.bytes, items: items, form: "OTLP JSON",
                description: "\(signal.itemNoun), an OTLP object a line"))
    }

    /// The page is there for whoever reads Prometheus' text; without the port there is none.
    private mutating func writeExposition() async throws {
        guard let url = source.state.url("exposition") else { return }
        let answer = try await source.get(url + "/metrics")
        guard answer.status == 200 else { return }
        let path = directory + "/metrics/metrics.prom"
        let file = try NewFile(path)
        defer { file.close() }
        try file.append(answer.body)
        let lines = answer.text.split(separator: "\n")
        files.append(
            FileReport(
                path: path, bytes: file.bytes, items: lines.count { !$0.hasPrefix("#") }, form: "Prometheus text",
                description: "the newest value of each series"))
    }
}

extension RunTotals {
    /// As many as the server exports.
    fileprivate func items(of signal: Signal) -> Int {
        counts.reduce(signal == .metrics ? derivedPoints : 0) { sum, service in
            switch signal {
            case .traces: sum &+ service.spans
            case .metrics: sum &+ service.points
            case .logs: sum &+ service.logs
            }
        }
    }
}

/// A file that takes the place of one that is there.
final class NewFile {
    private let path: String
    private let descriptor: Int32
    private(set) var bytes = 0

    /// - Throws: `CommandFailure` with a sentence; so do the methods.
    init(_ path: String) throws(CommandFailure) {
        self.path = path
        do throws(EngineError) {
            if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
                try Files.makeDirectories(String(path[..<slash]))
            }
        } catch {
            throw CommandFailure(.no, error.message)
        }
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
    }

    func append(_ content: some Sequence<UInt8>) throws(CommandFailure) {
        var rest = Array(content)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            bytes += count
            rest = rest.dropFirst(count)
        }
    }

    func close() {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    private static func failure(_ path: String) -> CommandFailure {
        CommandFailure(.no, "cannot write \(path): \(String(cString: strerror(errno)))")
    }
}
