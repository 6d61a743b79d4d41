import ClickHouse
import LogQL
package import PrometheusModel
import SQLSyntax
import TelemetryModel
import TelemetryStore

extension LogEngine {
    /// ```sql
    /// SELECT uniqExact(resource_id), uniqExact(_part), count(), sum(length(body)) FROM telemetry.logs WHERE …
    /// ```
    package func statistics(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> LogStatistics {
        try await answering {
            let snapshot = try await streams.snapshot()
            let condition = condition(of: LogSelection(matchers: matchers, stages: []), range, snapshot)
            guard !condition.isNever else { return LogStatistics(streams: 0, chunks: 0, entries: 0, bytes: 0) }
            let select = Select(
                [
                    .init(.call("uniqExact", .column("resource_id"))), .init(.call("uniqExact", .column("_part"))),
                    .init(.call("count")), .init(.call("sum", .call("length", .column("body")))),
                ], from: TelemetrySchema.logs.name, where: condition.sql)
            let row = try await rows(select).first ?? []
            let numbers = row.map { Int(clamping: $0.unsignedInteger ?? 0) }
            guard numbers.count == 4 else { return LogStatistics(streams: 0, chunks: 0, entries: 0, bytes: 0) }
            return LogStatistics(
                streams: numbers[0], chunks: numbers[1], entries: numbers[2], bytes: numbers[3])
        }
    }

    /// ```sql
    /// SELECT resource_id, intDiv(toUnixTimestamp64Nano(time) - start, step) AS bucket, sum(length(body))
    /// FROM telemetry.logs WHERE … GROUP BY resource_id, bucket
    /// ```
    package func volume(_ request: LogVolumeRequest) async throws -> LogMetricsResult {
        try await answering {
            let snapshot = try await streams.snapshot()
            let condition = condition(
                of: LogSelection(matchers: request.matchers, stages: []), request.range, snapshot)
            guard !condition.isNever else { return LogMetricsResult(series: []) }
            let step = request.step.map { max($0, 1) }
            // So that no difference of two times leaves 64 bits.
            let origin = max(request.range.start, Self.earliestOrigin)
            let time = Expression.call("toUnixTimestamp64Nano", .column("time"))
            let bucket: Expression =
                step.map { .call("intDiv", .call("minus", time, .integer(origin)), .integer($0)) }
                ?? .integer(0)
            let select = Select(
                [
                    .init(.column("resource_id"), as: "stream"), .init(bucket, as: "bucket"),
                    .init(.call("sum", .call("length", .column("body")))),
                ], from: TelemetrySchema.logs.name, where: condition.sql,
                groupBy: [.column("stream"), .column("bucket")], limit: CountStatement.rowsMax + 1)
            var sums: [[Label]: [Int64: UInt64]] = [:]
            let found = try await rows(select)
            guard found.count <= CountStatement.rowsMax else {
                throw LogQueryError(
                    .overLimit, "the volume has more than \(CountStatement.rowsMax) steps of streams; widen the step")
            }
            for row in found {
                guard let stream = snapshot.streams[row[0].unsignedInteger ?? 0] else { continue }
                let bucket = row[1].integer ?? Int64(clamping: row[1].unsignedInteger ?? 0)
                for labels in Self.volumeLabels(of: stream, request) {
                    sums[labels, default: [:]][bucket, default: 0] &+= row[2].unsignedInteger ?? 0
                }
            }
            let largest = sums.map { (labels: $0.key, buckets: $0.value, total: $0.value.values.reduce(0, &+)) }
                .sorted { $0.total != $1.total ? $0.total > $1.total : $0.labels.precede($1.labels) }
                .prefix(max(request.limit, 0))
            return LogMetricsResult(
                series: largest.map { labels, buckets, _ in
                    let samples = buckets.sorted { $0.key < $1.key }.map { bucket, bytes in
                        let time = step.map { origin.addingSaturated(bucket &* $0) } ?? request.range.end
                        return LogMetricsResult.Sample(
                            time: Timestamp(nanoseconds: time).milliseconds, value: Double(bytes))
                    }
                    return LogMetricsResult.Series(labels: labels, samples: samples)
                })
        }
    }

    private static let earliestOrigin = Int64.min / 4

    /// The series that a stream counts for: one, or each of its labels for itself.
    private static func volumeLabels(of stream: LogStream, _ request: LogVolumeRequest) -> [[Label]] {
        if request.aggregatesByLabels {
            let names = request.targetLabels.isEmpty ? stream.labels.map(\.name) : request.targetLabels
            return names.filter { stream[$0] != nil }.map { [Label($0, "")] }
        }
        let names = request.targetLabels.isEmpty ? request.matchers.map(\.name) : request.targetLabels
        guard !names.isEmpty else { return [stream.labels] }
        return [stream.labels.filter { names.contains($0.name) }]
    }
}
