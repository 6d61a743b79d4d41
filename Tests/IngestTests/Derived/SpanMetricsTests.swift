import OTLPMessages
import PrometheusModel
import TelemetryModel
import Testing

@testable import Ingest

@Suite struct SpanMetricsTests {
    private static let calls = "traces_spanmetrics_calls_total"
    private static let bucket = "traces_spanmetrics_latency_bucket"

    private func fixture(_ change: @escaping (inout SpanMetricsOptions) -> Void = { _ in }) -> DerivedFixture {
        DerivedFixture {
            $0.serviceGraph.isEnabled = false
            change(&$0.spanMetrics)
        }
    }

    @Test func `spans count by service, name, kind and status`() async throws {
        let fixture = fixture()
        fixture.observe(
            TestSpan(), TestSpan(), TestSpan(status: .error), TestSpan(kind: .client), TestSpan(name: "other"),
            TestSpan(service: "db"), TestSpan(kind: .unspecified), TestSpan(service: ""))
        await fixture.emit()
        let emission = try fixture.sink.take()
        let api = ["service": "api", "span_name": "GET /", "span_kind": "SPAN_KIND_SERVER"]
        #expect(emission.value(Self.calls, api.merging(["status_code": "STATUS_CODE_UNSET"]) { $1 }) == 2)
        #expect(emission.value(Self.calls, api.merging(["status_code": "STATUS_CODE_ERROR"]) { $1 }) == 1)
        #expect(emission.value(Self.calls, ["span_kind": "SPAN_KIND_CLIENT"]) == 1)
        #expect(emission.value(Self.calls, ["span_kind": "SPAN_KIND_UNSPECIFIED"]) == 1)
        #expect(emission.value(Self.calls, ["service": "db"]) == 1)
        #expect(emission.value(Self.calls, ["service": ""]) == 1)
        #expect(emission.series(Self.calls).count == 7)
        let names = Set(emission.series(Self.calls, ["service": "db"]).flatMap { $0.entries.map(\.name) })
        #expect(names == ["__name__", "service", "span_kind", "span_name", "status_code"])
    }

    @Test func `kinds and states that OTLP does not name keep their number`() async throws {
        let fixture = fixture()
        fixture.observe(TestSpan(kind: .UNRECOGNIZED(9), status: .UNRECOGNIZED(-3)))
        await fixture.emit()
        #expect(try fixture.sink.take().value(Self.calls, ["span_kind": "9", "status_code": "-3"]) == 1)
    }

    @Test func `the buckets are powers of two from 2 ms, a bound is inside its bucket`() async throws {
        let fixture = fixture()
        fixture.observe([0, 1, 2, 2.000001, 4, 100, 16_384, 16_384.000001, 60_000].map { TestSpan(milliseconds: $0) })
        await fixture.emit()
        let emission = try fixture.sink.take()
        let bounds = [
            "0.002", "0.004", "0.008", "0.016", "0.032", "0.064", "0.128", "0.256", "0.512", "1.024", "2.048", "4.096",
            "8.192", "16.384", "+Inf",
        ]
        let counts = bounds.map { emission.value(Self.bucket, ["le": $0]) }
        #expect(counts == [3, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 9])
        #expect(emission.series(Self.bucket).count == 15)
        #expect(emission.value("traces_spanmetrics_latency_count") == 9)
        let sum = try #require(emission.value("traces_spanmetrics_latency_sum"))
        #expect(abs(sum - 92.877000002) < 1e-9)
    }

    @Test func `a span that ends before it starts counts with no duration`() async throws {
        let fixture = fixture()
        fixture.observe(TestSpan(milliseconds: -5))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.value(Self.bucket, ["le": "0.002"]) == 1)
        #expect(emission.value("traces_spanmetrics_latency_sum") == 0)
    }

    @Test func `a bucket has the latest trace as its exemplar, once`() async throws {
        let fixture = fixture()
        fixture.observe(
            TestSpan(trace: 0xAA, at: 1000, milliseconds: 1), TestSpan(trace: 0xBB, at: 2000, milliseconds: 2),
            TestSpan(trace: 0xCC, at: 3000, milliseconds: 500))
        await fixture.emit()
        let first = try fixture.sink.take()
        let small = try #require(first.series(Self.bucket, ["le": "0.002"]).first)
        let exemplar = try #require(first.exemplars[small]?.first)
        #expect(exemplar.trace == "000000000000000000000000000000bb")
        #expect(exemplar.value == 0.002)
        #expect(exemplar.time == 2002)
        #expect(first.exemplars.count == 2)
        fixture.observe(TestSpan(trace: 0xDD, milliseconds: 500))
        await fixture.emit()
        let second = try fixture.sink.take()
        #expect(second.exemplars.keys.map { $0["le"] } == ["0.512"])
    }

    @Test func `an exemplar of a span from another time stands at the emission`() async throws {
        let fixture = fixture()
        fixture.observe(TestSpan(at: 86_400_000))
        await fixture.emit()
        #expect(try fixture.sink.take().exemplars.values.first?.first?.time == 15_000)
    }

    @Test func `label sets beyond the limit are counted and not made`() async throws {
        let fixture = fixture { $0.labelSetsMax = 3 }
        fixture.observe((0..<10).map { TestSpan(name: "n\($0)") })
        fixture.observe((0..<10).map { TestSpan(name: "n\($0)") })
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.series(Self.calls).count == 3)
        #expect(emission.series(Self.calls).allSatisfy { emission.samples[$0]?.last?.value == 2 })
        let statistics = fixture.metrics.statistics
        #expect(statistics.spanLabelSets == 3)
        #expect(statistics.spansRefused == 14)
        #expect(statistics.spansObserved == 20)
    }

    @Test func `a dimension is the resource's attribute, or else the span's`() async throws {
        let fixture = fixture { $0.dimensions = ["http.route", "deployment.environment", "service"] }
        fixture.observe(
            TestSpan(
                attributes: ["http.route": "/a", "deployment.environment": "span"],
                resource: ["deployment.environment": "prod", "service": "x"]),
            TestSpan(attributes: ["deployment.environment": "span"]))
        // The resource is not written again.
        fixture.observe(
            TestSpan(
                attributes: ["http.route": "/a"], resource: ["deployment.environment": "prod", "service": "x"]))
        await fixture.emit()
        let emission = try fixture.sink.take()
        let both = ["http_route": "/a", "deployment_environment": "prod", "__service": "x", "service": "api"]
        #expect(emission.value(Self.calls, both) == 2)
        #expect(emission.value(Self.calls, ["http_route": "", "deployment_environment": "span", "__service": ""]) == 1)
    }

    @Test func `job and instance are there when asked for`() async throws {
        let fixture = fixture { $0.hasTargetLabels = true }
        fixture.observe(
            TestSpan(resource: ["service.namespace": "shop", "service.instance.id": "i1"]), TestSpan(service: "alone"))
        await fixture.emit()
        let emission = try fixture.sink.take()
        #expect(emission.value(Self.calls, ["job": "shop/api", "instance": "i1"]) == 1)
        #expect(emission.value(Self.calls, ["job": "alone", "instance": ""]) == 1)
    }

    @Test func `the status message is a label when asked for`() async throws {
        let fixture = fixture { $0.hasStatusMessage = true }
        fixture.observe(TestSpan(status: .error, statusMessage: "timeout"), TestSpan())
        await fixture.emit()
        #expect(try fixture.sink.take().value(Self.calls, ["status_message": "timeout"]) == 1)
    }

    @Test func `a long name is cut between characters, and what is then the same counts together`() async throws {
        let fixture = fixture()
        let long = String(repeating: "a", count: 1023) + "é"
        fixture.observe(TestSpan(name: long + "1"), TestSpan(name: long + "2"))
        await fixture.emit()
        let name = String(repeating: "a", count: 1023)
        #expect(try fixture.sink.take().value(Self.calls, ["span_name": name]) == 2)
    }

    @Test func `names that Unicode takes for the same are one series`() async throws {
        let fixture = fixture()
        fixture.observe(TestSpan(name: "caf\u{E9}"), TestSpan(name: "cafe\u{301}"))
        fixture.observe(TestSpan(name: "cafe\u{301}"))
        await fixture.emit()
        #expect(try fixture.sink.take().value(Self.calls) == 3)
    }

    @Test func `spans from another time do not count when there is a slack`() async throws {
        let fixture = DerivedFixture { $0.slack = .seconds(30) }
        fixture.observe(TestSpan(at: 0), TestSpan(at: 40_000), TestSpan(at: 29_000))
        await fixture.emit()
        #expect(try fixture.sink.take().value(Self.calls) == 2)
        #expect(fixture.metrics.statistics.spansOutOfRange == 1)
    }

    @Test func `many label sets in many blocks keep their own counts`() async throws {
        let fixture = fixture()
        for block in 0..<3 {
            fixture.observe((0..<300).map { TestSpan(service: "s\($0 % 7)", name: "n\(($0 + block) % 300)") })
        }
        await fixture.emit()
        let emission = try fixture.sink.take()
        let total = emission.series(Self.calls).reduce(0) { $0 + (emission.samples[$1]?.last?.value ?? 0) }
        #expect(total == 900)
        #expect(emission.value("traces_spanmetrics_latency_count", ["span_name": "n5", "service": "s5"]) == 1)
    }
}
