import ClickHouse
import Codecs
import QueryEngines
import TelemetryModel
import TelemetryStore
import TestSupport
import TraceQL

/// A store of its own with given spans.
struct TraceFixture {
    let given: Given
    let engine: DatabaseEngine
    let store: TelemetryStore

    static let retention = Retention(
        traces: .seconds(86_400), logs: .seconds(86_400), metrics: .seconds(86_400))

    /// - Parameter batches: among how many writes the spans are divided.
    init(_ database: String, _ given: Given, batches: Int = 1) async throws {
        self.given = given
        engine = DatabaseEngine(try SharedEngine.open(), database: database)
        store = try await TelemetryStore(engine, retention: Self.retention, logger: silentLogger())
        let size = max(1, (given.spans.count + batches - 1) / batches)
        for start in stride(from: 0, to: given.spans.count, by: size) {
            try await write(given.spans[start..<min(start + size, given.spans.count)])
        }
    }

    func write(_ spans: ArraySlice<GivenSpan>) async throws {
        var appender = ColumnAppender(batch: TelemetryBatch())
        appender.begin(receivedTime: .now())
        appender.append(given.request(spans))
        try await store.write(appender.batch, token: nil)
    }

    func traces(_ change: (inout TraceEngineLimits) -> Void = { _ in }) -> TraceEngine {
        var limits = TraceEngineLimits()
        change(&limits)
        return TraceEngine(store, limits: limits)
    }
}

/// A generator of the same numbers each time (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }
    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}
