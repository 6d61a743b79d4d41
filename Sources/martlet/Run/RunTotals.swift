import TelemetryModel
import Verification

/// What came in a run, service by service.
struct RunTotals: Equatable {
    struct Service: Equatable {
        var counts: RunFile.ServiceCounts
        /// Spans with the status error, and log records of level error and above.
        var errors: Int
    }

    /// In order of their names.
    var services: [Service] = []
    /// Points of the metrics that the server makes of spans; they stand in no service's counts.
    var derivedPoints = 0
    /// Items that were refused or lost, by signal and reason.
    var losses: [String] = []

    var counts: [RunFile.ServiceCounts] { services.map(\.counts) }
    var items: Int { services.reduce(0) { $0 &+ $1.counts.items } }

    /// - Shape: a row for each service: name, spans, points, points that the server made of spans, log records, errors.
    private static let statement = """
        SELECT service, sum(spans), sum(points), sum(derived), sum(logs), sum(errors) FROM (
            SELECT service, count() AS spans, 0 AS points, 0 AS derived, 0 AS logs, countIf(status_code = 2) AS errors
                FROM telemetry.spans GROUP BY service
            UNION ALL
            SELECT service, 0, 0, 0, count(), countIf(severity_number >= 17) FROM telemetry.logs GROUP BY service
            UNION ALL
            SELECT series.service, 0, countIf(NOT is_derived), countIf(is_derived), 0, 0 FROM (
                SELECT series_id FROM telemetry.metric_samples
                UNION ALL SELECT series_id FROM telemetry.metric_histograms
                UNION ALL SELECT series_id FROM telemetry.metric_exponential_histograms
                UNION ALL SELECT series_id FROM telemetry.metric_summaries) AS points
            INNER JOIN (
                SELECT id, any(service) AS service,
                    any(startsWith(name, 'traces_spanmetrics_') OR startsWith(name, 'traces_service_graph_'))
                        AS is_derived
                FROM telemetry.metric_series GROUP BY id) AS series
            ON points.series_id = series.id GROUP BY series.service)
        GROUP BY service ORDER BY service
        """

    init(services: [Service] = [], losses: [String] = []) {
        self.services = services
        self.losses = losses
    }

    init(_ source: ServerSource) async throws {
        guard let answer = try await source.answer(RawQuery(.sql, Self.statement, window: RecordingWindow())) else {
            return
        }
        if let error = answer.error { throw VerificationError(.unreachable, error) }
        for row in answer.rows where row.count == 6 {
            let numbers = row.dropFirst().map { Int($0) ?? 0 }
            derivedPoints &+= numbers[2]
            let service = Service(
                counts: .init(name: row[0], spans: numbers[0], points: numbers[1], logs: numbers[3]),
                errors: numbers[4])
            if service.counts.items > 0 { services.append(service) }
        }
        for figures in try await source.ledger() ?? [] {
            for (word, counts) in [("rejected", figures.rejected), ("dropped", figures.dropped)] {
                losses += counts.sorted { $0.key < $1.key }.filter { $0.value > 0 }.map {
                    "\(HumanText.count($0.value)) \(figures.signal.itemNoun) \(word): \($0.key)"
                }
            }
        }
    }
}
