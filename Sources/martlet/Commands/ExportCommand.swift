import ArgumentParser
import TelemetryModel

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write stored telemetry to files.",
        discussion: """
            Everything that is stored, unless a time, services, traces or a query choose. `all` writes a directory with \
            traces/traces.jsonl, metrics/metrics.jsonl and logs/logs.jsonl. With --traceql whole traces are written, with \
            --logql the records that match, as they were sent, with --promql the points of the series. Examples:

              martlet export all --since 1h --output incident
              martlet export traces --trace 4bf92f3577b34da6a3ce929d0e0e4736
              martlet export traces --traceql '{ status = error }' --form jaeger-json --output errors.json
              martlet export logs --logql '{service_name="shop"} |= "timeout"' --output timeouts.jsonl
              martlet export metrics --promql 'http_requests_total{code="500"}' --form parquet --output m.parquet
              martlet export --sql 'SELECT service, count() FROM spans GROUP BY service' --form csv

            The same export twice gives the same bytes; what is imported and exported again does, too. Exit code 1 when \
            nothing matches, or the export breaks off; then no file is left that looks whole.
            """)

    @OptionGroup var server: ServerOptions

    @Argument(help: "traces, metrics, logs, or all; none with --sql.")
    var kind: ExportKind?

    @Option(name: .long, parsing: .singleValue, help: "Only this trace, its spans and records; repeatable.")
    var trace: [String] = []

    @Option(name: .customLong("traceql"), help: "Only traces that this query finds, whole.")
    var traceQL: String?

    @Option(name: .customLong("logql"), help: "Only log records that this query finds.")
    var logQL: String?

    @Option(name: .customLong("promql"), help: "Only series that this selector finds.")
    var promQL: String?

    @Option(name: .long, help: "The result of this SELECT, as csv or parquet.")
    var sql: String?

    @OptionGroup var time: TraceTimeOptions

    @Option(name: .long, parsing: .singleValue, help: "Only this service; repeatable.")
    var service: [String] = []

    @Option(
        name: .long,
        help: "otlp-jsonl (without), otlp-proto, jaeger-json (traces only), csv, parquet.")
    var form: ExportFileForm?

    @Option(name: [.customShort("o"), .long], help: "A file, of `all` a directory; - is standard output, as without.")
    var output: String?

    @Option(name: .long, help: "Pack the files: gzip or zstd.")
    var compress: ExportPacking?

    @Flag(name: .long, help: "Nothing that matches is no failure.")
    var allowEmpty = false

    func run() async throws {
        let choice = ExportChoice(
            traces: trace, services: service, traceQL: traceQL, logQL: logQL, promQL: promQL, sql: sql,
            times: try time.range(now: .now()))
        let requests = try choice.requests(kind, form)
        let path = output == "-" ? nil : output
        if kind == .all, path == nil {
            throw CommandFailure(.usage, "all is several files: say in which directory with --output")
        }
        if path == nil, StandardOutput.isTerminal, compress != nil || requests.contains(where: \.form.isBinary) {
            throw CommandFailure(.usage, "a terminal cannot show this form; give a file with --output")
        }
        if kind == .all, !trace.isEmpty {
            StandardError.write("points of metrics are of no trace: metrics are left out\n")
        }
        let url = try server.url("api")
        var written: [(output: ExportOutput, sentence: String, items: Int)] = []
        for request in requests {
            let file = path.map { kind == .all ? "\($0)/\(request.file(compress))" : $0 }
            let output = try ExportOutput(file, compress)
            let items = try await download(request, url, into: output)
            written.append((output, "\(HumanText.count(Int64(items))) \(request.items(items))", items))
        }
        guard allowEmpty || written.contains(where: { $0.items > 0 }) else {
            throw CommandFailure(.no, "nothing is stored that matches; there is nothing to export")
        }
        // All of them only when all are whole.
        for part in written { try part.output.finish() }
        let bytes = written.reduce(0) { $0 + $1.output.bytes }
        let target = path.map { " to \(TerminalText.escaped($0))" } ?? ""
        let list = written.map(\.sentence).joined(separator: ", ")
        StandardError.write("exported \(list)\(target) (\(HumanText.bytes(UInt64(clamping: bytes))))\n")
    }

    private func download(
        _ request: ExportRequest, _ url: String, into output: ExportOutput
    ) async throws(CommandFailure) -> Int {
        var line = ProgressLine()
        let shows = StandardError.isTerminal
        let items = try await ExportDownload(request: request, url: url).run(into: output) { items, expected in
            guard shows, let expected, expected > 0 else { return }
            line.update(
                Double(items) / Double(expected), "\(HumanText.count(Int64(items))) \(request.items(items))")
        }
        if shows { line.finish() }
        return items
    }
}
