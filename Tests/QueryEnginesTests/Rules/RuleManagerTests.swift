import Logging
import PrometheusModel
@testable import QueryEngines
import ServiceLifecycle
import Testing

/// The manager under a manual clock.
@Suite struct RuleManagerTests {
    private struct Bench {
        let querying = ScriptedQuerying()
        let sink = RecordingSink()
        let clock = ManualRuleClock(1_000_000_000)
        let manager: RuleManager

        init() {
            manager = RuleManager(
                querying: querying, sink: sink,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), clock: clock)
        }

        /// Sets the clock to the next time that somebody sleeps until, and waits until so many sleep again.
        func advance(sleepers: Int = 1) async {
            await clock.waitForSleepers(sleepers)
            guard let time = clock.wakeTimes.first else { return }
            clock.set(time)
            await clock.waitForSleepers(sleepers)
        }

        func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                let manager = manager
                tasks.addTask { try await manager.run() }
                try await body()
                tasks.cancelAll()
            }
        }
    }

    private static func group(_ name: String, _ rules: [Rule]) -> RuleGroup {
        RuleGroup(file: "f", name: name, rules: rules)
    }

    @Test func groupsAreEvaluatedAtTheirTimes() async throws {
        let bench = Bench()
        bench.querying.set("up", [([:], 1)])
        let group = Self.group("a", [Rule(name: "r", query: "up")])
        await bench.manager.reload([group])
        try await bench.run {
            await bench.advance()
            await bench.advance()
            let schedule = RuleSchedule(group: group, interval: 60_000)
            let first = schedule.slot(before: 1_000_000_000) + 60_000
            #expect(bench.querying.asked.map(\.time) == [first, first + 60_000])
            #expect(bench.sink.take().count == 2)
        }
    }

    @Test func aGroupThatIsAsBeforeIsNotDisturbed() async throws {
        let bench = Bench()
        bench.querying.set("up", [([:], 1)])
        let a = Self.group("a", [Rule(name: "r", query: "up")])
        await bench.manager.reload([a])
        try await bench.run {
            await bench.advance()
            await bench.manager.reload([a, Self.group("b", [])])
            let groups = await bench.manager.groups()
            #expect(groups.map(\.name) == ["a", "b"])
            #expect(groups[0].rules[0].health == .ok)
            await bench.advance(sleepers: 2)
        }
    }

    @Test func aGroupThatChangesKeepsItsAlerts() async throws {
        let bench = Bench()
        bench.querying.set("up", [([:], 1)])
        let rule = Rule(name: "A", query: "up", alerting: .init(hold: 3_600_000))
        await bench.manager.reload([Self.group("a", [rule])])
        try await bench.run {
            await bench.advance()
            let before = await bench.manager.groups()[0].rules[0].alerting?.alerts.map(\.activeAt)
            #expect(before?.count == 1)
            await bench.manager.reload([Self.group("a", [Rule(name: "r", query: "up"), rule])])
            await bench.clock.waitForSleepers()
            while await bench.manager.groups()[0].rules[1].alerting?.alerts.isEmpty ?? true { await Task.yield() }
            let after = await bench.manager.groups()[0].rules[1].alerting?.alerts.map(\.activeAt)
            #expect(after == before)
        }
    }

    @Test func seriesOfAGroupThatIsGoneEndAfterTwoIntervals() async throws {
        let bench = Bench()
        bench.querying.set("up", [(["job": "a"], 1), (["job": "b"], 1)])
        bench.querying.set("one", [(["job": "a"], 1)])
        await bench.manager.reload([Self.group("a", [Rule(name: "r", query: "up")])])
        try await bench.run {
            await bench.advance()
            _ = bench.sink.take()
            let end = bench.clock.now()
            // Another group goes on with one of the two series.
            await bench.manager.reload([Self.group("b", [Rule(name: "r", query: "one")])])
            await bench.clock.waitForSleepers(2)
            // The other group has the first of its evaluations before the two intervals are over.
            await bench.advance(sleepers: 2)
            bench.clock.set(end + 120_000)
            var samples: [String] = []
            while !samples.contains(where: { $0.contains("stale") }) {
                samples += bench.sink.take()
                await Task.yield()
            }
            #expect(samples.filter { $0.contains("stale") } == [#"r{job="b"} stale @\#(Double(end) / 1000)"#])
        }
    }

    @Test func aGracefulShutdownEndsTheRun() async throws {
        let bench = Bench()
        await bench.manager.reload([Self.group("a", [Rule(name: "r", query: "up")])])
        let group = ServiceGroup(
            services: [bench.manager], logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            await bench.clock.waitForSleepers()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        #expect(bench.clock.wakeTimes.isEmpty)
    }
}
