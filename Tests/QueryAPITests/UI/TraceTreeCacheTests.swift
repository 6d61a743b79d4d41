import QueryEngines
import TelemetryModel
import Testing
import TraceAnalysis

@testable import QueryAPI

@Suite struct TraceTreeCacheTests {
    private let id = UISamples.id
    private static let tree = TraceTree(UIMemoryTraces.skeleton(UISamples.small))

    private static func id(_ number: UInt64) -> TraceID { TraceID(high: 0, low: number) }

    @Test func `requests at the same time load once`() async throws {
        let cache = TraceTreeCache()
        let door = UIDoor()
        let loads = UICounter()
        let counts = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let tree = try await cache.tree(id, .shared) {
                        loads.add()
                        await door.pass()
                        return Self.tree
                    }
                    return tree?.count ?? 0
                }
            }
            await door.waitFor(1)
            door.open()
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(counts == Array(repeating: 3, count: 20))
        #expect(loads.count == 1)
    }

    @Test func `when the one that loads goes away another does`() async throws {
        let cache = TraceTreeCache()
        let door = UIDoor()
        let first = Task {
            try await cache.tree(id, .shared) {
                await door.pass()
                try Task.checkCancellation()
                return Self.tree
            }
        }
        await door.waitFor(1)
        let others = (0..<3).map { _ in Task { try await cache.tree(id, .shared) { Self.tree }?.count } }
        first.cancel()
        door.open()
        for other in others { #expect(try await other.value == 3) }
        await #expect(throws: CancellationError.self) { try await first.value }
    }

    @Test func `whoever waits may go away alone`() async throws {
        let cache = TraceTreeCache()
        let door = UIDoor()
        let first = Task {
            try await cache.tree(id, .shared) {
                await door.pass()
                return Self.tree
            }
        }
        await door.waitFor(1)
        let second = Task { try await cache.tree(id, .shared) { Self.tree } }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        door.open()
        #expect(try await first.value?.count == 3)
    }

    @Test func `a failure is told to all who wait, and not remembered`() async throws {
        let cache = TraceTreeCache()
        let door = UIDoor()
        let tasks = (0..<5).map { _ in
            Task {
                try await cache.tree(id, .shared) {
                    await door.pass()
                    throw TraceQueryError(.timeout, "too slow")
                }
            }
        }
        await door.waitFor(1)
        door.open()
        for task in tasks { await #expect(throws: TraceQueryError.self) { try await task.value } }
        #expect(try await cache.tree(id, .shared) { Self.tree }?.count == 3)
    }

    @Test func `that there is no trace is not remembered`() async throws {
        let cache = TraceTreeCache()
        #expect(try await cache.tree(id, .shared) { nil } == nil)
        #expect(try await cache.tree(id, .shared) { Self.tree }?.count == 3)
        #expect(cache.kept.traces == 1)
    }

    @Test func `who asks for what is stored now does not join an earlier load`() async throws {
        let cache = TraceTreeCache()
        let door = UIDoor()
        let first = Task {
            try await cache.tree(id, .shared) {
                await door.pass()
                return Self.tree
            }
        }
        await door.waitFor(1)
        let larger = TraceTree(UIMemoryTraces.skeleton(UISamples.small + [UISpan(9)]))
        #expect(try await cache.tree(id, .asked) { larger }?.count == 4)
        door.open()
        #expect(try await first.value?.count == 3)
        // The older load ended last, and does not take the place of the newer.
        #expect(try await cache.tree(id, .known(spans: 4)) { nil }?.count == 4)
    }

    @Test func `the trace that was not used for the longest time makes room`() {
        var limits = TreeShelf.Limits()
        limits.tracesMax = 2
        var shelf = TreeShelf(limits)
        let now = ContinuousClock.now
        shelf.put(Self.tree, Self.id(1), at: now)
        shelf.put(Self.tree, Self.id(2), at: now)
        #expect(shelf.take(Self.id(1), at: now) != nil)
        shelf.put(Self.tree, Self.id(3), at: now)
        #expect(shelf.take(Self.id(2), at: now) == nil)
        #expect(shelf.take(Self.id(1), at: now) != nil && shelf.take(Self.id(3), at: now) != nil)
    }

    @Test func `spans are bounded, but a single trace is kept`() {
        var limits = TreeShelf.Limits()
        limits.spansMax = 5
        var shelf = TreeShelf(limits)
        let now = ContinuousClock.now
        shelf.put(Self.tree, Self.id(1), at: now)
        shelf.put(Self.tree, Self.id(2), at: now)
        #expect(shelf.count == 1 && shelf.spans == 3 && shelf.take(Self.id(2), at: now) != nil)
        shelf.put(TraceTree(UIMemoryTraces.skeleton(UISamples.wide(100))), Self.id(3), at: now)
        #expect(shelf.count == 1 && shelf.spans == 100)
    }

    @Test func `a tree goes some time after its last use`() {
        var shelf = TreeShelf()
        let now = ContinuousClock.now
        let lifetime = TreeShelf.Limits().lifetime
        shelf.put(Self.tree, id, at: now)
        #expect(shelf.take(id, at: now + lifetime / 2) != nil)
        #expect(shelf.take(id, at: now + lifetime) != nil)
        #expect(shelf.take(id, at: now + lifetime * 2) == nil)
        #expect(shelf.count == 0)
    }

    @Test func `memory is given back without another question`() async throws {
        var limits = TreeShelf.Limits()
        limits.lifetime = .milliseconds(1)
        let cache = TraceTreeCache(limits: limits)
        _ = try await cache.tree(id, .shared) { Self.tree }
        while cache.kept.traces > 0 { await Task.yield() }
    }
}
