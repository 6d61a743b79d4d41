import TelemetryModel
import Codecs
import QueryEngines

/// How much there is.
///
/// - Spec: Grafana Loki, "Query log statistics", "Query log volume".
extension LokiAPI {
    func statistics(_ form: LokiForm) async throws -> LokiAnswer {
        let statistics = try await counted(form)
        return .json { Self.write(statistics, into: &$0) }
    }

    /// How a query could be divided: Martlet divides none, so one part holds everything.
    func shards(_ form: LokiForm) async throws -> LokiAnswer {
        let statistics = try await counted(form)
        return .json { writer in
            writer.list("shards", CollectionOfOne(statistics)) { writer, statistics in
                writer.object("bounds") { writer in
                    writer.member("min", 0)
                    writer.member("max", UInt64.max)
                }
                writer.object("stats") { Self.write(statistics, into: &$0) }
            }
            writer.key("statistics")
            LokiStatistics(entries: 1).write(into: &writer)
        }
    }

    private func counted(_ form: LokiForm) async throws -> LogStatistics {
        let range = try form.orderedBounds(now: dependencies.now())
        _ = try form.step(range)
        return try await dependencies.queries.statistics(try form.matchers(), range)
    }

    private static func write(_ statistics: LogStatistics, into writer: inout JSONWriter) {
        writer.member("streams", statistics.streams)
        writer.member("chunks", statistics.chunks)
        writer.member("bytes", statistics.bytes)
        writer.member("entries", statistics.entries)
    }

    func volume(_ form: LokiForm) async throws -> LokiAnswer {
        let request = try volumeRequest(form, isRange: false)
        return LokiAnswer(
            body: .pieces(LokiMetricsAnswer(try await dependencies.queries.volume(request), as: .vector)))
    }

    func volumeRange(_ form: LokiForm) async throws -> LokiAnswer {
        let request = try volumeRequest(form, isRange: true)
        return LokiAnswer(
            body: .pieces(LokiMetricsAnswer(try await dependencies.queries.volume(request), as: .matrix)))
    }

    private func volumeRequest(_ form: LokiForm, isRange: Bool) throws -> LogVolumeRequest {
        // Zero is as good as none here.
        let limit =
            form["limit"] == "0"
            ? LokiLimits.volumeSeriesDefault : try form.count("limit", default: LokiLimits.volumeSeriesDefault)
        let range = try form.orderedBounds(now: dependencies.now())
        let step = isRange ? try form.step(range) : nil
        let aggregatesByLabels: Bool
        switch form["aggregateBy"] ?? "series" {
        case "series": aggregatesByLabels = false
        case "labels": aggregatesByLabels = true
        default: throw LokiFailure(.invalid, "invalid aggregation option")
        }
        // `{}` may mean everything here, but no `query` at all may not.
        let matchers = form["query"] == nil ? try form.matchers() : try form.matchers(isOptional: true)
        return LogVolumeRequest(
            matchers: matchers, range: range, limit: min(limit, LokiLimits.volumeSeriesMax),
            targetLabels: (form["targetLabels"] ?? "").split(separator: ",").map(String.init),
            aggregatesByLabels: aggregatesByLabels, step: step)
    }
}
