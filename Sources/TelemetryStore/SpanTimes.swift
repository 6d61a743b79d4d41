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

    /// The earliest and the latest start of a span, nanoseconds; (`.max`, `.min`) without spans.
    package var bounds: (earliest: Int64, latest: Int64) { state.withLock { ($0.earliest, $0.latest) } }

    /// Called before spans are written.
    func note(_ spans: SpanBlock) {
        guard spans.rows > 0 else { return }
        var earliest = Int64.max
        var latest = Int64.min
        for row in 0..<spans.rows {
            let start = spans.startTime[row].nanoseconds
            earliest = min(earliest, start)
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
    /// and the same from the end, which the order of the table answers at once.
    static func loadSpanTimes(_ engine: any Engine, into times: SpanTimes) async throws {
        func first(descending: Bool) async throws -> Int64? {
            let select = Select(
                [.init(.column("start_time"))], from: TelemetrySchema.spans.name,
                orderBy: [.init(.column("start_time"), descending: descending)], limit: 1)
            return try await engine.rows(select.statement).first?.first?.integer
        }
        guard let earliest = try await first(descending: false), let latest = try await first(descending: true) else {
            return
        }
        times.note(earliest, latest)
    }
}
