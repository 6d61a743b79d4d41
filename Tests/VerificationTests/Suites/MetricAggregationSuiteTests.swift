import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct MetricAggregationSuiteTests {
    private typealias Suite = MetricAggregationSuite

    private static func only(_ series: RecordedSeries...) -> Recording {
        SuiteSamples.changed { $0.series = series }
    }

    private static func outcome(_ name: String, _ series: RecordedSeries...) async throws -> CheckReport.Outcome? {
        try await Suite.outcome(name, SuiteSamples.changed { $0.series = series })
    }

    @Test func aCounterFallsOnlyWithANewStart() async throws {
        let name = "cumulative counters do not fall"
        let falls = try await Self.outcome(name, SuiteSamples.series("a.b", values: [.int(5), .int(3)]))
        #expect(falls == .failed)
        let begins = try await Self.outcome(
            name, SuiteSamples.series("a.b", values: [.int(5), .int(3)], startTimes: [1, 2]))
        #expect(begins == .passed)
        let rises = try await Self.outcome(name, SuiteSamples.series("a.b", values: [.int(5), .none, .int(5)]))
        #expect(rises == .passed)
        let histogram = try await Self.outcome(
            name,
            SuiteSamples.series(
                "a.b", kind: .histogram,
                values: [SuiteSamples.histogram(), SuiteSamples.histogram(count: 1, sum: 0, counts: [1, 0, 0])]))
        #expect(histogram == .failed)
        let gauge = try await Self.outcome(name, SuiteSamples.series("a.b", kind: .gauge, values: [.int(5), .int(3)]))
        #expect(gauge == .skipped)
        let upDown = try await Self.outcome(
            name, SuiteSamples.series("a.b", isMonotonic: false, values: [.int(5), .int(3)]))
        #expect(upDown == .skipped)
        let none = try await Self.outcome(name)
        #expect(none == .vacuous)
    }

    @Test func deltasAreNotNegative() async throws {
        let name = "deltas of counters are not negative"
        let negative = try await Self.outcome(
            name, SuiteSamples.series("a.b", temporality: .delta, values: [.int(5), .double(-1)]))
        #expect(negative == .failed)
        let positive = try await Self.outcome(
            name, SuiteSamples.series("a.b", temporality: .delta, values: [.int(5), .int(1)]))
        #expect(positive == .passed)
        let cumulative = try await Self.outcome(name, SuiteSamples.series("a.b", values: [.int(5)]))
        #expect(cumulative == .skipped)
    }

    @Test(
        "buckets, counts and bounds fit",
        arguments: [
            (3, [0.1, 0.5], [1, 1, 1], CheckReport.Outcome.passed, CheckReport.Outcome.passed),
            (4, [0.1, 0.5], [1, 1, 1], .failed, .passed),
            (3, [0.1], [1, 1, 1], .failed, .passed),
            (3, [0.5, 0.1], [1, 1, 1], .passed, .failed),
            (3, [0.1, 0.1], [1, 1, 1], .passed, .failed),
            (3, [], [], .passed, .skipped),
        ] as [(UInt64, [Double], [UInt64], CheckReport.Outcome, CheckReport.Outcome)])
    func histograms(
        count: UInt64, bounds: [Double], counts: [UInt64], countOutcome: CheckReport.Outcome,
        boundsOutcome: CheckReport.Outcome
    ) async throws {
        let series = SuiteSamples.series(
            "a.b", kind: .histogram,
            values: [SuiteSamples.histogram(count: count, sum: nil, bounds: bounds, counts: counts)])
        let counted = try await Self.outcome("histogram counts are the sum of their buckets", series)
        let ascending = try await Self.outcome("histogram bounds ascend", series)
        #expect(counted == countOutcome)
        #expect(ascending == boundsOutcome)
    }

    @Test(
        "a sum is one that the buckets allow",
        arguments: [
            (0.8, nil, nil, CheckReport.Outcome.passed), (0.61, nil, nil, .passed), (0.5, nil, nil, .failed),
            (2.9, 0.05, 1.0, .passed), (3.1, 0.05, 1.0, .failed), (.nan, nil, nil, .failed),
        ] as [(Double, Double?, Double?, CheckReport.Outcome)])
    func sums(sum: Double, min: Double?, max: Double?, outcome: CheckReport.Outcome) async throws {
        let found = try await Self.outcome(
            "histogram sums fit their buckets",
            SuiteSamples.series(
                "a.b", kind: .histogram, values: [SuiteSamples.histogram(sum: sum, min: min, max: max)]))
        #expect(found == outcome)
    }

    @Test func anEmptyHistogramHasNoSum() async throws {
        let found = try await Self.outcome(
            "histogram sums fit their buckets",
            SuiteSamples.series(
                "a.b", kind: .histogram, values: [SuiteSamples.histogram(count: 0, sum: 1, counts: [0, 0, 0])]))
        #expect(found == .failed)
    }

    @Test func dottedNamesNeedAUnit() async throws {
        let name = "metrics have a unit"
        let without = try await Self.outcome(name, SuiteSamples.series("a.b", unit: "", values: [.int(1)]))
        #expect(without == .failed)
        let with = try await Self.outcome(name, SuiteSamples.series("a.b", unit: "By", values: [.int(1)]))
        #expect(with == .passed)
        let prometheus = try await Self.outcome(name, SuiteSamples.series("a_total", unit: "", values: [.int(1)]))
        #expect(prometheus == .skipped)
    }

    @Test func databaseCountersRise() async throws {
        let name = "counts of database operations rise"
        let still = try await Self.outcome(
            name, SuiteSamples.series("spacetimedb_database_operations_total", values: [.int(0), .int(0)]))
        #expect(still == .failed)
        // One of several series is enough: not every table is written to.
        let one = try await Self.outcome(
            name,
            SuiteSamples.series("spacetimedb_database_operations_total", ["t": .int(1)], values: [.int(1), .int(1)]),
            SuiteSamples.series("spacetimedb_database_operations_total", ["t": .int(2)], values: [.int(1), .int(3)]))
        #expect(one == .passed)
        let unknown = try await Self.outcome(
            name, SuiteSamples.series("spacetimedb_database_operations_total", values: [.int(42)], startTimes: [0]))
        #expect(unknown == .skipped)
        let since = try await Self.outcome(
            name, SuiteSamples.series("spacetimedb_database_operations_total", values: [.int(42)]))
        #expect(since == .passed)
    }

    @Test(
        "a duration lies between nothing and the limit",
        arguments: [
            (0.25, "s", CheckReport.Outcome.passed), (4000, "s", .failed), (4000, "ms", .passed), (-1, "s", .failed),
            (4000, "By", .skipped),
        ] as [(Double, String, CheckReport.Outcome)])
    func executionTimes(value: Double, unit: String, outcome: CheckReport.Outcome) async throws {
        let found = try await Self.outcome(
            "execution times are plausible",
            SuiteSamples.series("wasm.execution.duration", unit: unit, kind: .gauge, values: [.double(value)]))
        #expect(found == outcome)
    }

    @Test func theUnitMayStandInTheName() async throws {
        let found = try await Self.outcome(
            "execution times are plausible",
            SuiteSamples.series(
                "spacetimedb_wasm_execution_duration_seconds", unit: "", kind: .histogram,
                values: [SuiteSamples.histogram(count: 1, sum: 5000, counts: [0, 0, 1])]))
        #expect(found == .failed)
    }

    @Test func operationsAreCountedByOutcome() async throws {
        let name = "error rates are tracked"
        let silent = try await Self.outcome(name, SuiteSamples.series("api_requests_total", values: [.int(1)]))
        #expect(silent == .failed)
        let byStatus = try await Self.outcome(
            name, SuiteSamples.series("api_requests_total", ["status": .int(200)], values: [.int(1)]))
        #expect(byStatus == .passed)
        let byCounter = try await Self.outcome(
            name, SuiteSamples.series("api_requests_total", values: [.int(1)]),
            SuiteSamples.series("api_errors_total", values: [.int(0)]))
        #expect(byCounter == .passed)
        let nothing = try await Self.outcome(
            name, SuiteSamples.series("memory", kind: .gauge, values: [.int(1)]))
        #expect(nothing == .skipped)
    }

    @Test func thereAreNoMoreSpansThanRequests() async throws {
        let name = "request counters agree with spans"
        let few = SuiteSamples.changed {
            $0.spans += (10...13).map {
                SuiteSamples.span($0, parent: 1, from: 1, ["http.request.method": .string("GET")])
            }
        }
        let report = try await Suite.check(name, few)
        #expect(report?.outcome == .failed)
        let fine = try await Suite.outcome(name, SuiteSamples.healthy)
        #expect(fine == .passed)
        let none = try await Self.outcome(name)
        #expect(none == .skipped)
    }
}
