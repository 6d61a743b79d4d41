import ClickHouse
import PrometheusModel
import SQLSyntax
import Synchronization
import TelemetryModel
import TelemetryStore

/// The resources that records can refer to, in memory, as streams. Selectors are answered here, and a statement on the
/// table of records names ids.
///
/// Resources of all signals are in it: which of them have records only the table of records tells.
final class LogStreamIndex: Sendable {
    /// Streams that are held; some hundred bytes each.
    static let streamsMax = 500_000
    /// A resource's row is written before rows that refer to it, but not always with a later time of arrival.
    private static let overlap: Int64 = 60_000_000_000

    private struct State {
        var streams: [UInt64: LogStream] = [:]
        /// Of the store when these were read; nil before the first time.
        var generation: UInt64?
        /// The latest arrival that was read, nanoseconds.
        var latest = Int64.min
        var shared = Snapshot(streams: [:])
    }

    /// The streams at one time.
    final class Snapshot: Sendable {
        let streams: [UInt64: LogStream]

        init(streams: [UInt64: LogStream]) { self.streams = streams }

        /// Ids of the streams that match; nil when all do.
        func matching(_ matchers: [LabelMatcher]) -> [UInt64]? {
            guard !matchers.isEmpty else { return nil }
            let found = streams.values.filter { $0.matches(matchers) }.map(\.id)
            return found.count == streams.count ? nil : found.sorted()
        }
    }

    private let store: TelemetryStore
    private let state = Mutex(State())

    init(_ store: TelemetryStore) { self.store = store }

    /// The streams that are known now, after those that are new were read.
    ///
    /// ```sql
    /// SELECT id, attributes, schema_url, received_time FROM telemetry.resources WHERE received_time >= …
    /// ```
    func snapshot() async throws -> Snapshot {
        let generation = store.referenceGeneration
        let (known, latest) = state.withLock { ($0.generation == generation ? $0.shared : nil, $0.latest) }
        if let known { return known }
        var select = Select(
            ["id", "attributes", "schema_url", "received_time"].map { .init(.column($0)) },
            from: TelemetrySchema.resources.name)
        if latest != .min {
            let (from, overflow) = latest.subtractingReportingOverflow(Self.overlap)
            select.condition = .comparison(.column("received_time"), .greaterOrEqual, .time(overflow ? .min : from))
        }
        var found: [LogStream] = []
        var newest = latest
        try await store.engine.query(select.statement, access: .own) { batch in
            guard batch.rows > 0 else { return }
            guard let ids = batch.columns[0].fixed(UInt64.self), let times = batch.columns[3].fixed(Int64.self),
                let map = batch.columns[1].map
            else { throw LogQueryError(.internal, "the engine returned resources in a form that is not read here") }
            for row in 0..<batch.rows {
                newest = max(newest, times[row])
                found.append(
                    LogStream(
                        id: ids[row],
                        attributes: (Int(map.offsets[row])..<Int(map.offsets[row + 1])).map {
                            (map.keys.text(at: $0), map.values.text(at: $0))
                        }, schemaURL: batch.columns[2].text(at: row)))
            }
        }
        return try state.withLock { state in
            let before = state.streams.count
            for stream in found { state.streams[stream.id] = stream }
            guard state.streams.count <= Self.streamsMax else {
                state.streams = [:]
                state.generation = nil
                state.latest = .min
                throw LogQueryError(.tooLarge, "there are more than \(Self.streamsMax) streams; remove old data")
            }
            state.latest = max(state.latest, newest)
            state.generation = max(state.generation ?? 0, generation)
            if state.streams.count != before { state.shared = Snapshot(streams: state.streams) }
            return state.shared
        }
    }
}
