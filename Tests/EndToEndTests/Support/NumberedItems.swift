import Synchronization
import Testing

/// Telemetry whose every item has a number of its own, so that a test can tell which items are stored, and how often.
///
/// A span has it as its span id, a log record as its attribute `n`, a point of a gauge as its time.
enum NumberedItems {
    enum Signal: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case traces, metrics, logs
        var testDescription: String { rawValue }
    }

    enum Encoding: String, CaseIterable, Sendable {
        case protobuf = "application/x-protobuf"
        case json = "application/json"
    }

    private static let baseTime: UInt64 = 1_700_000_000_000_000_000

    /// A request.
    ///
    /// - Parameter filler: a text that each item carries besides.
    static func body(
        _ signal: Signal, _ encoding: Encoding, service: String, _ numbers: [UInt64], filler: String = ""
    ) -> [UInt8] {
        switch (signal, encoding) {
        case (.traces, .protobuf):
            Protobuf.traces(
                service: service,
                numbers.map {
                    (trace: Protobuf.bigEndian(1) + Protobuf.bigEndian($0), span: Protobuf.bigEndian($0), name: "n")
                }, more: filler.isEmpty ? [] : Protobuf.field(9, Protobuf.attribute("f", Protobuf.field(1, filler))))
        case (.traces, .json):
            OTLPJSON.traces(
                service: service,
                numbers.map {
                    OTLPJSON.Span(
                        trace: hexDigits(Protobuf.bigEndian(1) + Protobuf.bigEndian($0)),
                        span: hexDigits(Protobuf.bigEndian($0)), name: "n",
                        more: #","attributes":[{"key":"f","value":{"stringValue":"\#(filler)"}}]"#)
                })
        case (.logs, .protobuf):
            Protobuf.logs(service: service, numbers.map { (time: baseTime, body: filler, n: $0) })
        case (.logs, .json):
            OTLPJSON.numberedLogs(service: service, numbers, body: filler)
        case (.metrics, .protobuf):
            Protobuf.gauge(service: service, name: "numbered", numbers.map { baseTime + $0 }, description: filler)
        case (.metrics, .json):
            OTLPJSON.gauge(service: service, name: "numbered", numbers.map { baseTime + $0 }, description: filler)
        }
    }

    /// How often each number is stored under a service whose name begins so.
    static func stored(
        _ signal: Signal, in server: ServerProcess, services prefix: String
    ) async throws -> [UInt64: Int] {
        let (number, source) =
            switch signal {
            case .traces:
                ("reinterpretAsUInt64(reverse(unhex(hex(span_id))))", "telemetry.spans WHERE service LIKE '\(prefix)%'")
            case .logs: ("toUInt64(attributes['n'])", "telemetry.logs WHERE service LIKE '\(prefix)%'")
            case .metrics:
                (
                    "toUInt64(toUnixTimestamp64Nano(time) - \(baseTime))",
                    "telemetry.metric_samples WHERE series_id IN "
                        + "(SELECT id FROM telemetry.metric_series WHERE service LIKE '\(prefix)%')"
                )
            }
        // In pieces, because a reader of JSON in a debug build is slow.
        let text = try await server.tabSeparated(
            "SELECT \(number) AS number, count() AS times FROM \(source) GROUP BY number")
        return try Dictionary(
            text.split(separator: "\n").map { line in
                let columns = line.split(separator: "\t")
                guard columns.count == 2, let number = UInt64(columns[0]), let times = Int(columns[1]) else {
                    throw TestFailure("not a number and a count: \(line)")
                }
                return (number, times)
            }, uniquingKeysWith: +)
    }

    /// Rows that refer to a resource, a scope or a series that is not there.
    static func dangling(in server: ServerProcess) async throws -> [String: Int64] {
        var found: [String: Int64] = [:]
        for table in ["spans", "logs", "metric_series"] {
            for (column, target) in [("resource_id", "resources"), ("scope_id", "scopes")] {
                found["\(table).\(column)"] = try await server.row(
                    "SELECT count() AS n FROM telemetry.\(table) "
                        + "WHERE \(column) NOT IN (SELECT id FROM telemetry.\(target))"
                        // Series of Prometheus' kind, such as those made of spans, refer to neither.
                        + (table == "metric_series" ? " AND form = 'otlp'" : ""))["n"].integer
            }
        }
        found["metric_samples.series_id"] = try await server.row(
            "SELECT count() AS n FROM telemetry.metric_samples "
                + "WHERE series_id NOT IN (SELECT id FROM telemetry.metric_series)")["n"].integer
        return found.filter { $0.value != 0 }
    }
}

/// Gives out numbers and remembers which of them the server has answered for.
final class ItemNumbers: Sendable {
    private struct State {
        var next: UInt64 = 1
        var acknowledged: [NumberedItems.Signal: Set<UInt64>] = [:]
        /// Given out and not acknowledged: without an answer, or refused.
        var open: [NumberedItems.Signal: Set<UInt64>] = [:]
        var refused: [NumberedItems.Signal: Set<UInt64>] = [:]
    }

    private let state = Mutex(State())

    func take(_ count: Int, _ signal: NumberedItems.Signal) -> [UInt64] {
        state.withLock { state in
            let numbers = Array(state.next..<state.next + UInt64(count))
            state.next += UInt64(count)
            state.open[signal, default: []].formUnion(numbers)
            return numbers
        }
    }

    func acknowledge(_ numbers: [UInt64], _ signal: NumberedItems.Signal) {
        state.withLock { state in
            state.open[signal]?.subtract(numbers)
            state.acknowledged[signal, default: []].formUnion(numbers)
        }
    }

    func refuse(_ numbers: [UInt64], _ signal: NumberedItems.Signal) {
        state.withLock { state in
            state.open[signal]?.subtract(numbers)
            state.refused[signal, default: []].formUnion(numbers)
        }
    }

    func acknowledged(_ signal: NumberedItems.Signal) -> Set<UInt64> {
        state.withLock { $0.acknowledged[signal] ?? [] }
    }

    var acknowledgedCount: Int { state.withLock { $0.acknowledged.values.reduce(0) { $0 + $1.count } } }

    /// What is wrong with the store, compared with the answers.
    struct Comparison: Sendable {
        var lost = 0
        var doubled = 0
        /// Stored although the request was refused.
        var refusedAndStored = 0
        /// Stored although nobody was told.
        var unanswered = 0
        /// Rows that refer to something that is not there.
        var dangling: [String: Int64] = [:]
        var examples: [String] = []

        var isRight: Bool { lost == 0 && doubled == 0 && refusedAndStored == 0 && dangling.isEmpty }
    }

    /// Flushes and compares; see `Comparison`.
    func compare(with server: ServerProcess, services prefix: String) async throws -> Comparison {
        try await server.flush()
        var result = Comparison()
        for signal in NumberedItems.Signal.allCases {
            let stored = try await NumberedItems.stored(signal, in: server, services: prefix)
            let (acknowledged, refused, open) = state.withLock { state in
                (state.acknowledged[signal] ?? [], state.refused[signal] ?? [], state.open[signal] ?? [])
            }
            let lost = acknowledged.filter { stored[$0] == nil }
            let doubled = stored.filter { $0.value > 1 }
            let wrong = refused.filter { stored[$0] != nil }
            result.lost += lost.count
            result.doubled += doubled.count
            result.refusedAndStored += wrong.count
            result.unanswered += open.count { stored[$0] != nil }
            for (what, numbers) in [("lost", lost), ("doubled", Set(doubled.keys)), ("refused and stored", wrong)]
            where !numbers.isEmpty {
                result.examples.append("\(signal.rawValue) \(what): \(numbers.sorted().prefix(10))")
            }
        }
        result.dangling = try await NumberedItems.dangling(in: server)
        return result
    }
}

/// Sends numbered items, and notes the answers.
struct NumberedSender: Sendable {
    let server: ServerProcess
    let numbers: ItemNumbers
    let service: String

    /// - Returns: the answer; nil when there was none, because the server ended.
    @discardableResult
    func send(
        _ signal: NumberedItems.Signal, _ encoding: NumberedItems.Encoding, count: Int, filler: String = ""
    ) async -> HTTPAnswer? {
        let items = numbers.take(count, signal)
        let body = NumberedItems.body(signal, encoding, service: service, items, filler: filler)
        let outcome = try? await server.postExchange(signal.rawValue, body, type: encoding.rawValue).perform()
        guard case .answered(let answer)? = outcome else { return nil }
        if answer.status == 200 {
            numbers.acknowledge(items, signal)
        } else {
            numbers.refuse(items, signal)
        }
        return answer
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
