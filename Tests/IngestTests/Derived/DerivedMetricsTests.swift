import OTLPMessages
import PrometheusModel
import ServiceLifecycle
import TelemetryModel
import Testing

@testable import Ingest

/// When samples are emitted, and which.
@Suite struct DerivedMetricsTests {
    private typealias Sample = Emission.Sample
    private static let calls = "traces_spanmetrics_calls_total"
    private static let infinite = ("traces_spanmetrics_latency_bucket", ["le": "+Inf"])

    @Test func `a new series begins with zero at the emission before`() async throws {
        let fixture = DerivedFixture()
        await fixture.emit()
        fixture.observe(TestSpan(), TestSpan())
        await fixture.emit()
        let emission = try fixture.sink.take()
        let expected = [Sample(time: 15_001, value: 0), Sample(time: 30_000, value: 2)]
        #expect(emission.samples(Self.calls) == expected)
        #expect(emission.samples(Self.infinite.0, Self.infinite.1) == expected)
        #expect(emission.samples("traces_spanmetrics_latency_count") == expected)
        fixture.observe(TestSpan())
        await fixture.emit()
        #expect(try fixture.sink.take().samples(Self.calls) == [Sample(time: 45_000, value: 3)])
    }

    @Test func `what does not change is repeated once a minute`() async throws {
        let fixture = DerivedFixture()
        fixture.observe(TestSpan())
        await fixture.emit()
        _ = try fixture.sink.take()
        for _ in 0..<3 {
            await fixture.emit()
            #expect(try fixture.sink.take().isEmpty)
        }
        await fixture.emit()
        #expect(try fixture.sink.take().samples(Self.calls) == [Sample(time: 75_000, value: 1)])
    }

    @Test func `a change after a pause stands between the last two emissions`() async throws {
        let fixture = DerivedFixture()
        fixture.observe(TestSpan(milliseconds: 1))
        await fixture.emit()
        await fixture.emit()
        _ = try fixture.sink.take()
        fixture.observe(TestSpan(milliseconds: 100))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.samples(Self.calls) == [Sample(time: 30_001, value: 1), Sample(time: 45_000, value: 2)])
        #expect(
            emission.samples("traces_spanmetrics_latency_sum")
                == [Sample(time: 30_001, value: 0.001), Sample(time: 45_000, value: 0.101)])
        #expect(
            emission.samples("traces_spanmetrics_latency_bucket", ["le": "0.002"])
                == [Sample(time: 30_001, value: 1), Sample(time: 45_000, value: 1)])
    }

    @Test func `an idle series ends with a marker and begins anew`() async throws {
        let fixture = DerivedFixture { $0.idleLimit = .seconds(60) }
        fixture.observe(TestSpan())
        await fixture.emit()
        for _ in 0..<3 { await fixture.emit() }
        _ = try fixture.sink.take()
        await fixture.emit()
        let end = try fixture.sink.take()
        #expect(end.samples.values.allSatisfy { $0.count == 1 && StaleMarker.isStale($0[0].value) })
        // The counter, fifteen buckets, sum and count.
        #expect(end.samples.keys.filter { $0.metricName.hasPrefix("traces_spanmetrics") }.count == 18)
        #expect(end.samples.keys.filter { $0.metricName.hasPrefix("traces_service_graph") }.count == 12)
        #expect(fixture.metrics.statistics.spanLabelSets == 0)
        #expect(fixture.metrics.statistics.edges == 0)
        await fixture.emit()
        #expect(try fixture.sink.take().isEmpty)
        fixture.observe(TestSpan())
        await fixture.emit()
        #expect(
            try fixture.sink.take().samples(Self.calls)
                == [Sample(time: 90_001, value: 0), Sample(time: 105_000, value: 1)])
    }

    @Test func `an idle series makes room for another`() async throws {
        let fixture = DerivedFixture {
            $0.idleLimit = .seconds(30)
            $0.spanMetrics.labelSetsMax = 2
        }
        fixture.observe(TestSpan(name: "a"), TestSpan(name: "b"), TestSpan(name: "c"))
        await fixture.emit()
        fixture.observe(TestSpan(name: "a"))
        await fixture.emit()
        fixture.observe(TestSpan(name: "a"))
        await fixture.emit()
        _ = try fixture.sink.take()
        fixture.observe(TestSpan(name: "a"), TestSpan(name: "c"))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.value(Self.calls, ["span_name": "a"]) == 4)
        #expect(
            emission.samples(Self.calls, ["span_name": "c"])
                == [Sample(time: 45_001, value: 0), Sample(time: 60_000, value: 1)])
    }

    @Test func `samples that the sink refused come with the next emission`() async throws {
        let fixture = DerivedFixture()
        fixture.sink.refuse(1)
        fixture.observe(TestSpan())
        await fixture.emit()
        #expect(try fixture.sink.take().isEmpty)
        #expect(fixture.metrics.statistics.requestsFailed == 1)
        await fixture.emit()
        #expect(
            try fixture.sink.take().samples(Self.calls)
                == [Sample(time: 15_001, value: 0), Sample(time: 30_000, value: 1)])
        fixture.sink.refuse(1)
        fixture.observe(TestSpan())
        await fixture.emit()
        await fixture.emit()
        #expect(try fixture.sink.take().samples(Self.calls) == [Sample(time: 60_000, value: 2)])
    }

    @Test func `two emissions at one time, and a clock that goes back, never say two values for one time`() async throws
    {
        let fixture = DerivedFixture()
        for step in [0, 0, -5000, 0, 3] as [Int64] {
            fixture.observe(TestSpan(), TestSpan(name: "\(step)"))
            await fixture.emit(after: step)
        }
        let times = try fixture.sink.take().samples(Self.calls, ["span_name": "GET /"]).map(\.time)
        #expect(times == times.sorted() && Set(times).count == times.count)
    }

    @Test func `large emissions go in several requests`() async throws {
        let fixture = DerivedFixture { $0.spanMetrics.labelSetsMax = 1500 }
        fixture.observe((0..<1500).map { TestSpan(name: "operation \($0)") })
        await fixture.emit()
        #expect(fixture.sink.requestCount > 1)
        let emission = try fixture.sink.take()
        #expect(emission.series(Self.calls).count == 1500)
        #expect(fixture.metrics.statistics.samplesEmitted == 1500 * 18 * 2 + 12 * 2)
    }

    @Test func `nothing is derived when all is off`() async throws {
        let fixture = DerivedFixture {
            $0.spanMetrics.isEnabled = false
            $0.serviceGraph.isEnabled = false
        }
        fixture.observe(TestSpan())
        await fixture.emit()
        #expect(try fixture.sink.take().isEmpty)
        #expect(fixture.metrics.statistics == DerivedStatistics())
    }

    @Test func `learning from a block counts nothing of it`() async throws {
        let fixture = DerivedFixture { $0.spanMetrics.hasTargetLabels = true }
        let span = TestSpan(resource: ["service.instance.id": "i"])
        fixture.metrics.learn(fixture.batch([span]))
        fixture.observe(span)
        await fixture.emit()
        #expect(try fixture.sink.take().value(Self.calls, ["instance": "i"]) == 1)
    }

    @Test func `blocks from many threads are all counted while emissions go on`() async throws {
        let fixture = DerivedFixture()
        let batches = (0..<8).map { number in
            fixture.batch((0..<500).map { TestSpan(service: "s\(number % 3)", name: "n\($0 % 10)") })
        }
        await withTaskGroup(of: Void.self) { group in
            for batch in batches {
                group.addTask { for _ in 0..<20 { fixture.metrics.observe(batch) } }
            }
            for _ in 0..<4 { group.addTask { for _ in 0..<10 { await fixture.emit(after: 1) } } }
        }
        await fixture.emit(after: 60_000)
        let emission = try fixture.sink.take()
        let total = emission.series(Self.calls).reduce(0) { $0 + (emission.samples[$1]?.last?.value ?? 0) }
        #expect(total == 80_000)
        for series in emission.samples.values {
            #expect(zip(series, series.dropFirst()).allSatisfy { $0.time < $1.time && $0.value <= $1.value })
        }
    }

    @Test func `the service emits at each interval and once more when it stops`() async throws {
        let fixture = DerivedFixture()
        let (ticks, tick) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingOldest(16))
        let metrics = DerivedMetrics(
            DerivedOptions(), sink: fixture.sink, clock: { fixture.clock.now },
            pause: { _ in
                for await _ in ticks { return }
                throw CancellationError()
            })
        metrics.observe(fixture.batch([TestSpan()]))
        fixture.advance(15_000)
        tick.yield()
        let run = Task { try await metrics.run() }
        while fixture.sink.requestCount == 0 { await Task.yield() }
        metrics.observe(fixture.batch([TestSpan()]))
        fixture.advance(1000)
        tick.finish()
        try await run.value
        #expect(try fixture.sink.take().samples(Self.calls).map(\.value) == [0, 1, 2])
    }
}
