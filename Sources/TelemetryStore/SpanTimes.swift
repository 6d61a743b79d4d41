import ClickHouse
import SQLSyntax
import Synchronization
package import TelemetryModel

/// Between which times all stored spans lie. What retention removes does not make it narrower.
package final class SpanTimes: Sendable {
    private struct Bounds {
        var earliest = Int64.max
        var latest = Int64.min
    }

    private let state = Mutex(Bounds())

    package init() {}

    /// The earliest start or end of a span and the latest start, nanoseconds; (`.max`, `.min`) without spans.
    package var bounds: (earliest: Int64, latest: Int64) { state.withLock { ($0.earliest, $0.latest) } }

    /// Called before spans are written.
    func note(_ spans: SpanBlock) {
        guard spans.rows > 0 else { return }
        var earliest = Int64.max
        var latest = Int64.min
        for row in 0..<spans.rows {
            let start = spans.startTime[row].nanoseconds
            earliest = min(earliest, start &+ min(0, spans.duration[row]))
            latest = max(latest, start)
        }
        note(earliest, latest)
    }

    func note(_ earliest: Int64, _ latest: Int64) {
        state.withLock { bounds in
            bounds.earliest = min(bounds.earliest, earliest)
            bounds.latest = max(bounds.latest, latest)
        }
    }
}

extension TelemetryStore {
    /// ```sql
    /// SELECT start_time FROM telemetry.spans ORDER BY start_time LIMIT 1
    /// ```
    /// and the same from the end, which the order of the table answers at once. Spans that end before they start may end
    /// before the first start: then the earliest end is looked for.
    static func loadSpanTimes(_ engine: any Engine, into times: SpanTimes) async throws {
        func first(_ order: [Select.Order], _ condition: Expression? = nil) async throws -> (Int64, Int64)? {
            let select = Select(
                [.init(.column("start_time")), .init(.column("duration"))], from: TelemetrySchema.spans.name,
                where: condition, orderBy: order, limit: 1)
            guard let row = try await engine.rows(select.statement).first else { return nil }
            return (row[0].integer ?? 0, row[1].integer ?? 0)
        }
        guard let earliest = try await first([.init(.column("start_time"))]),
            let latest = try await first([.init(.column("start_time"), descending: true)])
        else { return }
        times.note(earliest.0, latest.0)
        let end = Expression.call("plus", .call("toUnixTimestamp64Nano", .column("start_time")), .column("duration"))
        // By the index on the end only parts of the table are read.
        let early = try await first([.init(end)], .comparison(end, .less, .integer(earliest.0)))
        if let early { times.note(early.0 &+ early.1, latest.0) }
    }
}
