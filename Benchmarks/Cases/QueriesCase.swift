import ClickHouse
import TelemetryModel
import TelemetryStore

/// Reads on a million spans.
struct QueriesCase: BenchmarkCase {
    static let name = "queries"
    static let summary = "reads on 1 M stored spans in one part, best of 5"

    func run(_ bench: Bench) async throws {
        try await bench.sql("TRUNCATE TABLE telemetry.spans")
        var workload = Workload(seed: 4)
        for _ in 0..<10 { try await bench.store.write(InsertCase.batch(rows: 100_000, &workload), token: nil) }
        try await bench.sql("OPTIMIZE TABLE telemetry.spans FINAL")
        let queries: [(String, String)] = [
            ("typed filter, status_code >= 500", "attribute_numbers['http.response.status_code'] >= 500"),
            ("text filter, method = 'POST'", "attributes['http.request.method'] = 'POST'"),
            ("text filter, one user of 100,000", "attributes['user.id'] = 'user-4242'"),
            ("service and duration", "service = 'service-7' AND duration > 900000000"),
        ]
        for (label, condition) in queries {
            let sql = "SELECT toFloat64(count()) FROM telemetry.spans WHERE \(condition)"
            var best = (cpu: Double.infinity, wall: Double.infinity)
            var rows = 0.0
            for _ in 0..<5 {
                let time = try await Bench.measure { rows = try await bench.number(sql) }
                best = (min(best.cpu, time.cpu), min(best.wall, time.wall))
            }
            Bench.report(
                label, "\((best.wall * 1000).text(1)) ms",
                "\((best.cpu * 1000).text(0)) ms CPU, \(Int(rows)) of 1 M match")
        }
        let ids = try await bench.engine.rows(.init("SELECT DISTINCT trace_id FROM telemetry.spans LIMIT 20"))
        var spans = 0
        let time = try await Bench.measure {
            for row in ids {
                guard let bytes = row.first?.rawBytes, let id = TraceID(bytes: bytes) else { continue }
                spans += try await bench.store.trace(id, spansMax: 1000)?.spans.count ?? 0
            }
        }
        Bench.report(
            "trace by id", "\((time.wall / Double(ids.count) * 1000).text(1)) ms",
            "\(spans / max(1, ids.count)) spans each, mean of \(ids.count), with resources and scopes")
    }
}
