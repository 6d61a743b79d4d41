import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct VectorJoinTests {
    private let engine = PromQLEngine(
        source: FixedSeries(minutes: [
            (["__name__": "cpu", "i": "1", "mode": "idle"], [3]), (["__name__": "cpu", "i": "1", "mode": "user"], [1]),
            (["__name__": "cpu", "i": "2", "mode": "idle"], [8]), (["__name__": "role", "i": "1", "role": "db"], [1]),
            (["__name__": "role", "i": "2", "role": "web"], [2]), (["__name__": "twice", "i": "1", "x": "a"], [1]),
            (["__name__": "twice", "i": "1", "x": "b"], [1]),
        ]))

    @Test func labelsOfTheOneSideAreIncluded() async throws {
        let result = try await engine.vector("cpu * on (i) group_left (role) role", at: 0)
        #expect(
            result == [
                ["i": "1", "mode": "idle", "role": "db"]: 3, ["i": "1", "mode": "user", "role": "db"]: 1,
                ["i": "2", "mode": "idle", "role": "web"]: 16,
            ])
        let swapped = try await engine.vector("role - on (i) group_right (role) cpu", at: 0)
        #expect(swapped[["i": "2", "mode": "idle", "role": "web"]] == -6)
    }

    @Test func comparisonsKeepTheLeftValueAndName() async throws {
        let result = try await engine.vector("cpu >= on (i) group_left role", at: 0)
        #expect(result[["__name__": "cpu", "i": "2", "mode": "idle"]] == 8)
        let right = try await engine.vector("role < on (i) group_right cpu", at: 0)
        #expect(
            right == [
                ["__name__": "cpu", "i": "1", "mode": "idle"]: 1, ["__name__": "cpu", "i": "2", "mode": "idle"]: 2,
            ])
    }

    @Test func severalSeriesOnTheOneSideAreAnError() async {
        let text =
            "found duplicate series for the match group {i=\"1\"} on the right hand-side of the operation: "
            + "[{__name__=\"twice\", i=\"1\", x=\"b\"}, {__name__=\"twice\", i=\"1\", x=\"a\"}]"
            + ";many-to-many matching not allowed: matching labels must be unique on one side"
        let failure = await engine.failure("cpu * on (i) group_left twice", at: 0)
        #expect(failure == text)
        let left = await engine.failure("twice * on (i) group_right cpu", at: 0)
        #expect(left?.contains("on the left hand-side") == true)
    }

    @Test func manyMatchesHaveToBeAskedFor() async {
        let failure = await engine.failure("cpu * on (i) role", at: 0)
        #expect(
            failure == "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)")
        let unique = await engine.failure("cpu * on (i) group_left (mode) role", at: 0)
        #expect(unique == "multiple matches for labels: grouping labels must ensure unique matches")
    }

    @Test func nothingMeetsNothingWithoutAnError() async throws {
        let result = try await engine.vector("none * on (i) twice", at: 0)
        #expect(result.isEmpty)
    }

    @Test func setOperationsLookAtWhatIsThereAtTheTime() async throws {
        let engine = PromQLEngine(
            source: FixedSeries(minutes: [
                (["__name__": "a", "i": "1"], [1, 1, nil]), (["__name__": "b", "i": "1"], [nil, 2, 2]),
            ]))
        var options = EvaluationOptions()
        options.lookback = 60_000
        let close = PromQLEngine(source: engine.source, options: options)
        let both = try await close.matrix("a and b", start: 0, end: 120_000, step: 60_000)
        #expect(both == [["__name__": "a", "i": "1"]: [60_000: 1]])
        let either = try await close.matrix("a or b", start: 0, end: 120_000, step: 60_000)
        #expect(
            either == [["__name__": "a", "i": "1"]: [0: 1, 60_000: 1], ["__name__": "b", "i": "1"]: [120_000: 2]])
        let only = try await close.matrix("a unless b", start: 0, end: 120_000, step: 60_000)
        #expect(only == [["__name__": "a", "i": "1"]: [0: 1]])
    }
}
