import MartletServer
import TelemetryModel
import Verification

/// A process that sent telemetry to the running server: a service with an instance.
struct ServerProcess: Equatable {
    let service: String
    /// `service.instance.id`, else the process id and the time of its creation; empty when nothing tells.
    let instance: String
    let spans: Int
    let series: Int
    let logs: Int
    /// Nanoseconds since the Unix epoch, of the telemetry.
    let first: Int64
    let last: Int64

    var name: String { "\(service)@\(instance)" }

    /// In the order in which they began.
    static func list(_ source: ServerSource) async throws -> [ServerProcess] {
        guard let answer = try await source.answer(RawQuery(.sql, statement, window: RecordingWindow())) else {
            return []
        }
        if let error = answer.error { throw CommandFailure(.no, "the server cannot list processes: \(error)") }
        let found = answer.rows.compactMap { row -> ServerProcess? in
            guard row.count == 7, let first = Int64(row[5]), let last = Int64(row[6]) else { return nil }
            return ServerProcess(
                service: row[0], instance: row[1], spans: Int(row[2]) ?? 0, series: Int(row[3]) ?? 0,
                logs: Int(row[4]) ?? 0, first: first, last: last)
        }
        return found.sorted { ($0.first, $0.name) < ($1.first, $1.name) }
    }

    private static let processesMax = 10_000

    /// Shape: service, instance, spans, series, logs, first and last time in nanoseconds; a row a process.
    private static let statement = """
        SELECT service, instance, sum(spans), sum(series), sum(logs), min(first), max(last)
        FROM (
            SELECT resource_id, count() AS spans, 0 AS series, 0 AS logs,
                min(toUnixTimestamp64Nano(start_time)) AS first, max(toUnixTimestamp64Nano(start_time)) AS last
            FROM telemetry.spans GROUP BY resource_id
            UNION ALL
            SELECT resource_id, 0, 0, count(), min(toUnixTimestamp64Nano(time)), max(toUnixTimestamp64Nano(time))
            FROM telemetry.logs GROUP BY resource_id
            UNION ALL
            SELECT resource_id, 0, uniqExact(id), 0, min(toInt64(toUnixTimestamp(received_time)) * 1000000000),
                max(toInt64(toUnixTimestamp(received_time)) * 1000000000)
            FROM telemetry.metric_series WHERE resource_id != 0 GROUP BY resource_id
        ) AS items
        INNER JOIN (
            SELECT id, any(attributes['service.name']) AS service, any(multiIf(
                attributes['service.instance.id'] != '', attributes['service.instance.id'],
                attributes['process.pid'] != '' AND attributes['process.creation.time'] != '',
                concat(attributes['process.pid'], '+', attributes['process.creation.time']),
                attributes['process.pid'])) AS instance
            FROM telemetry.resources GROUP BY id
        ) AS named ON items.resource_id = named.id
        GROUP BY service, instance ORDER BY min(first), service, instance LIMIT \(processesMax)
        """
}
