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
    private struct State {
        var streams: [UInt64: LogStream] = [:]
        /// Blocks of resources that the store had written when these were read; nil before the first time.
        var sequence: Int?
        var shared = Snapshot(streams: [:])
    }

    /// The streams at one time.
    final class Snapshot: Sendable {
        let streams: [UInt64: LogStream]

        init(streams: [UInt64: LogStream]) { self.streams = streams }

        /// Ids of the streams that match; nil when every stream does, those that are not known yet, too.
        func matching(_ matchers: [LabelMatcher]) -> [UInt64]? {
            guard !matchers.allSatisfy(\.matchesEveryStream) else { return nil }
            return streams.values.filter { $0.matches(matchers) }.map(\.id).sorted()
        }
    }

    private let store: TelemetryStore
    private let state = Mutex(State())

    init(_ store: TelemetryStore) { self.store = store }

    /// The streams that are known now, after those that are new were read.
    ///
    /// ```sql
    /// SELECT id, attributes, schema_url FROM telemetry.resources WHERE received_time >= …
    /// ```
    func snapshot() async throws -> Snapshot {
        let sequence = store.resourceArrivals.sequence
        let (known, before) = state.withLock { ($0.sequence == sequence ? $0.shared : nil, $0.sequence) }
        if let known { return known }
        var select = Select(
            ["id", "attributes", "schema_url"].map { .init(.column($0)) }, from: TelemetrySchema.resources.name)
        // A table whose queue was held up gets rows that arrived long ago; the store tells of them.
        if let before, case .from(let earliest) = store.resourceArrivals.since(before) {
            select.condition = .comparison(.column("received_time"), .greaterOrEqual, .time(earliest))
        }
        var found: [LogStream] = []
        try await store.engine.query(select.statement, access: .own) { batch in
            guard batch.rows > 0 else { return }
            guard let ids = batch.columns[0].fixed(UInt64.self), let map = batch.columns[1].map
            else { throw LogQueryError(.internal, "the engine returned resources in a form that is not read here") }
            for row in 0..<batch.rows {
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
                state.sequence = nil
                throw LogQueryError(.tooLarge, "there are more than \(Self.streamsMax) streams; remove old data")
            }
            state.sequence = max(state.sequence ?? 0, sequence)
            if state.streams.count != before { state.shared = Snapshot(streams: state.streams) }
            return state.shared
        }
    }
}

extension LabelMatcher {
    /// Whether it holds for every stream there can be: all have a service's name, if an unknown one.
    fileprivate var matchesEveryStream: Bool {
        guard name == LogStream.serviceLabel else { return kind == .matches && value == ".*" }
        return switch kind {
        case .notEqual: value.isEmpty
        case .matches: value == ".+" || value == ".*"
        case .equal, .doesNotMatch: false
        }
    }
}
