import PromQL
import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct PromQLEngineTests {
    private static let series = FixedSeries(minutes: [
        (["__name__": "up", "job": "a"], [1, 1, 0, 1, 1]), (["__name__": "up", "job": "b"], [0, 1, 1, nil, 1]),
    ])
    private let engine = PromQLEngine(source: Self.series)

    @Test func aQueryOfEachTypeHasThatResult() async throws {
        let scalar = try await engine.instant("1 + time()", at: 60_000).value
        guard case .scalar(60_000, 61) = scalar else { throw Unexpected("\(scalar)") }
        let string = try await engine.instant("\"text\"", at: 5).value
        guard case .string(5, "text") = string else { throw Unexpected("\(string)") }
        let vector = try await engine.vector("up", at: 120_000)
        #expect(vector == [["__name__": "up", "job": "a"]: 0, ["__name__": "up", "job": "b"]: 1])
        let matrix = try await engine.instant("up[3m]", at: 180_000).value
        guard case .matrix(let set) = matrix else { throw Unexpected("\(matrix)") }
        #expect(set.labels == [["__name__": "up", "job": "a"], ["__name__": "up", "job": "b"]])
        // The range is open on the left.
        #expect(set.times == [60_000, 120_000, 180_000, 60_000, 120_000])
        #expect(set.bounds == [0, 3, 5])
    }

    @Test func aRangeQueryOfARangeVectorOrStringIsInvalid() async {
        for (query, type) in [("up[5m]", "range vector"), ("\"x\"", "string")] {
            await #expect {
                try await engine.range(query, start: 0, end: 60_000, step: 60_000)
            } throws: { error in
                (error as? QueryError)?.kind == .invalid
                    && (error as? QueryError)?.message
                        == "invalid expression type \"\(type)\" for range query, must be Scalar or instant Vector"
            }
        }
    }

    @Test func stepsGoFromStartToEndAndNotBeyond() async throws {
        let matrix = try await engine.matrix("vector(1)", start: 1000, end: 4500, step: 1000)
        #expect(matrix[[:]]?.keys.sorted() == [1000, 2000, 3000, 4000])
        let empty = try await engine.matrix("vector(1)", start: 1000, end: 999, step: 1000)
        #expect(empty.isEmpty)
    }

    @Test func aQueryThatDoesNotParseIsInvalid() async {
        await #expect {
            try await engine.instant("sum(", at: 0)
        } throws: { ($0 as? QueryError)?.kind == .invalid }
    }

    @Test func equalSelectorsAreFetchedOnce() async throws {
        let source = FixedSeries(minutes: [(["__name__": "up"], [1, 2, 3])])
        _ = try await PromQLEngine(source: source).instant("up + up + rate(up[5m]) + rate(up[5m])", at: 120_000)
        let requests = await source.requests()
        #expect(requests.count == 2)
        #expect(Set(requests.map(\.hints.function)) == ["", "rate"])
    }

    @Test func theTimesAskedForCoverWhatAllStepsLookAt() async throws {
        let source = FixedSeries(minutes: [(["__name__": "x"], [1, 2, 3])])
        let engine = PromQLEngine(source: source)
        _ = try await engine.range("x offset 1m", start: 600_000, end: 900_000, step: 60_000)
        _ = try await engine.range("rate(x[2m] @ 500)", start: 600_000, end: 900_000, step: 60_000)
        _ = try await engine.range("max_over_time(x[5m:1m])", start: 600_000, end: 900_000, step: 60_000)
        let spans = await source.requests().map { [$0.startExclusive, $0.end] }
        #expect(spans == [[240_000, 840_000], [380_000, 500_000], [60_000, 900_000]])
    }

    @Test func moreSamplesThanAllowedAreAnError() async {
        var options = EvaluationOptions()
        options.samplesMax = 6
        let engine = PromQLEngine(source: Self.series, options: options)
        let text = "query processing would load too many samples into memory in query execution"
        // Fetched, as a result, and as steps of a subquery.
        for query in ["up[10m]", "sum_over_time(vector(1)[10m:1s])", "sum_over_time(up[1y:1ms])"] {
            let failure = await engine.failure(query, at: 600_000)
            #expect(failure == text, "\(query)")
        }
        await #expect(throws: QueryError.self) {
            try await engine.range("vector(1)", start: 0, end: .max, step: 1)
        }
    }

    @Test func theSelectorsOfAQueryShareTheLimitOfSamples() async throws {
        let source = FixedSeries(minutes: [(["__name__": "a"], [1, 2, 3, 4]), (["__name__": "b"], [1, 2, 3, 4])])
        var options = EvaluationOptions()
        options.samplesMax = 7
        let engine = PromQLEngine(source: source, options: options)
        _ = try await engine.instant("sum_over_time(a[10m])", at: 300_000)
        let failure = await engine.failure("sum_over_time(a[10m]) + sum_over_time(b[10m])", at: 300_000)
        #expect(failure == "query processing would load too many samples into memory in query execution")
        // Storage is told what is left.
        let left = await source.requests().map(\.hints.samplesMax)
        #expect(left == [7, 7, 3])
    }

    @Test func moreStepsThanAllowedFailBeforeAnythingIsRead() async {
        let source = FixedSeries(minutes: [(["__name__": "up"], [1, 2, 3])])
        let engine = PromQLEngine(source: source)
        let failure = await engine.failure("abs(max_over_time(rate(up[1m])[13h:1ms]))", at: 50_000_000)
        #expect(failure == "expression is evaluated at 46800000 steps, limit is 1000000")
        await #expect(throws: QueryError.self) {
            try await engine.range("up", start: 0, end: 1_000_000, step: 1)
        }
        let requests = await source.requests()
        #expect(requests.isEmpty)
    }

    @Test func rowsThatInfoMakesAreWithinTheLimitOfSamples() async throws {
        // One info series after the other holds: each makes a row of all steps.
        let infos = (0..<20).map { number -> FixedSeries.Series in
            FixedSeries.Series(
                labels: ["__name__": "target_info", "instance": "a", "job": "b", "version": "\(number)"],
                times: [Int64(number) * 60_000], values: [1])
        }
        let base = FixedSeries.Series(
            labels: ["__name__": "up", "instance": "a", "job": "b"], times: (0..<20).map { $0 * 60_000 },
            values: (0..<20).map { _ in 1 })
        let source = FixedSeries(infos + [base])
        var options = EvaluationOptions()
        let rows = try await PromQLEngine(source: source).matrix("info(up)", start: 0, end: 1_140_000, step: 60_000)
        #expect(rows.count == 20)
        options.samplesMax = 500
        await #expect {
            try await PromQLEngine(source: source, options: options)
                .range("info(up)", start: 0, end: 1_140_000, step: 60_000)
        } throws: { ($0 as? QueryError)?.message == SampleLimit.text }
    }

    @Test func anEvaluationBeyondItsTimeEnds() async {
        var options = EvaluationOptions()
        options.timeout = .zero
        let engine = PromQLEngine(source: Self.series, options: options)
        await #expect {
            try await engine.instant("up", at: 0)
        } throws: { ($0 as? QueryError)?.kind == .timeout }
    }

    @Test func aCancelledTaskEndsItsEvaluation() async {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await engine.instant("up", at: 0)
        }
        task.cancel()
        await #expect {
            try await task.value
        } throws: { ($0 as? QueryError)?.kind == .cancelled }
    }

    @Test func anErrorOfStorageIsOne() async {
        struct Broken: SeriesSource {
            struct Failure: Error {}
            func select(_ request: SeriesRequest) async throws -> SeriesSet { throw Failure() }
        }
        for query in ["up", "up + down"] {
            await #expect {
                try await PromQLEngine(source: Broken()).instant(query, at: 0)
            } throws: { ($0 as? QueryError)?.kind == .storage }
        }
        let own = FixedSeries([], failure: QueryError(.execution, "over a limit"))
        let failure = await PromQLEngine(source: own).failure("up", at: 0)
        #expect(failure == "over a limit")
    }

    @Test func warningsOfStorageAndOfTheEvaluationAreTold() async throws {
        struct Warning: SeriesSource {
            func select(_ request: SeriesRequest) async throws -> SeriesSet {
                var set = SeriesSet()
                set.labels = [["__name__": "up"]]
                set.times = [0, 1000]
                set.values = [1, 2]
                set.bounds = [0, 2]
                set.warnings = ["some data are missing"]
                return set
            }
        }
        let result = try await PromQLEngine(source: Warning()).instant("\n  quantile(2, rate(up[1m]))", at: 2000)
        #expect(
            result.warnings == [
                "PromQL warning: quantile value should be between 0 and 1, got 2 (2:12)", "some data are missing",
            ])
        #expect(
            result.infos == [
                "PromQL info: metric might not be a counter, name does not end in "
                    + "_total/_sum/_count/_bucket: \"up\" (2:20)"
            ])
        #expect(result.samplesRead == 2)
    }

    @Test func aChainAsLongAsTheParserAllowsIsEvaluated() async throws {
        let sum = Array(repeating: "up", count: 480).joined(separator: " + ")
        let value = try await engine.vector("sum(\(sum))", at: 60_000)
        #expect(value == [[:]: 960])
        let nested = String(repeating: "abs(", count: 150) + "up" + String(repeating: ")", count: 150)
        let names = try await engine.vector(nested, at: 60_000)
        #expect(names.count == 2)
    }

    @Test func experimentalFunctionsCanBeForbidden() async {
        var options = EvaluationOptions()
        options.experimental = false
        let engine = PromQLEngine(source: Self.series, options: options)
        for query in ["mad_over_time(up[5m])", "limitk(1, up)", "rate(up[5m * 2])"] {
            await #expect {
                try await engine.instant(query, at: 0)
            } throws: { ($0 as? QueryError)?.kind == .invalid }
        }
    }
}

private enum SampleLimit {
    static let text = "query processing would load too many samples into memory in query execution"
}

struct Unexpected: Error {
    let text: String
    init(_ text: String) { self.text = text }
}
