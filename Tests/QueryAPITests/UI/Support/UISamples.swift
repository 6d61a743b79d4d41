import Codecs
import QueryEngines
import Synchronization
import TelemetryModel
import TraceAnalysis

@testable import QueryAPI

enum UISamples {
    static let id = TraceID(high: 0, low: 0xABC)
    static let hex = "00000000000000000000000000000abc"
    static let now = Timestamp(nanoseconds: 7_200_000_000_000)

    /// `api` calls `db` twice, one after the other.
    static let small = [
        UISpan(1, 0, 1000, 100, name: "GET"),
        UISpan(2, 1, 1010, 30, service: "db", name: "select", statement: "SELECT a FROM t WHERE id = 1"),
        UISpan(3, 1, 1050, 40, service: "db", name: "select", status: 2, statement: "SELECT a FROM t WHERE id = 2"),
    ]

    static func api(_ traces: UIMemoryTraces, limits: TreeShelf.Limits = TreeShelf.Limits()) -> TraceUIAPI {
        var dependencies = TraceUIDependencies(queries: traces, analyses: traces)
        dependencies.now = { now }
        return TraceUIAPI(dependencies: dependencies, cache: TraceTreeCache(limits: limits))
    }

    static func api(_ spans: [UISpan], _ configure: (inout UIMemoryTraces.Settings) -> Void = { _ in }) -> TraceUIAPI {
        api(UIMemoryTraces([(id, spans)], configure))
    }

    /// A root with a great many children that run one after the other, by service and name.
    static func wide(_ count: Int, services: Int = 3) -> [UISpan] {
        [UISpan(1, 0, 0, Int64(count) * 10, name: "root")]
            + (1..<count).map { UISpan(UInt64($0) + 1, 1, Int64($0) * 10, 9, service: "s\($0 % services)", name: "n") }
    }
}

extension TraceUIAPI {
    func ask(_ endpoint: TraceUIEndpoint, id: String = UISamples.hex, _ query: String? = nil) async -> TraceUIAnswer {
        await answer(Question(endpoint: endpoint, id: id, query: query))
    }

    /// The body as text.
    func text(_ endpoint: TraceUIEndpoint, id: String = UISamples.hex, _ query: String? = nil) async -> String {
        String(decoding: await ask(endpoint, id: id, query).body, as: UTF8.self)
    }
}

/// A door that opens once; whoever comes before waits, whether or not its task is cancelled.
final class UIDoor: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when so many stand before it.
    func waitFor(_ count: Int) async {
        while waitingCount < count { await Task.yield() }
    }
}

final class UICounter: Sendable {
    private let state = Mutex(0)
    var count: Int { state.withLock { $0 } }
    func add() { state.withLock { $0 += 1 } }
}
