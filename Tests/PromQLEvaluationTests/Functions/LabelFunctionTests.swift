import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct LabelFunctionTests {
    private let engine = PromQLEngine(
        source: FixedSeries(minutes: [
            (["__name__": "m", "src": "a-10"], [1]), (["__name__": "m", "src": "a-9"], [2]),
            (["__name__": "m", "src": "a-9", "x": "1"], [3]),
        ]))

    @Test func groupsOfTheExpressionReplace() async throws {
        let result = try await engine.vector(#"label_replace(m{x=""}, "n", "${1}:$2", "src", "(.)-(\\d+)")"#, at: 0)
        #expect(
            result == [
                ["__name__": "m", "n": "a:10", "src": "a-10"]: 1, ["__name__": "m", "n": "a:9", "src": "a-9"]: 2,
            ])
    }

    @Test func onlyWholeValuesMatch() async throws {
        let result = try await engine.vector(#"label_replace(m{x="1"}, "n", "y", "src", "a")"#, at: 0)
        #expect(result == [["__name__": "m", "src": "a-9", "x": "1"]: 3])
    }

    @Test func brokenArgumentsAreErrors() async {
        let pattern = await engine.failure(#"label_replace(m, "n", "", "src", "(")"#, at: 0)
        #expect(pattern == "invalid regular expression in label_replace(): (")
        let name = await engine.failure(#"label_replace(m, "", "", "src", ".*")"#, at: 0)
        #expect(name == "invalid destination label name in label_replace(): ")
        let joined = await engine.failure(#"label_join(m, "", "", "src")"#, at: 0)
        #expect(joined == "invalid destination label name in label_join(): ")
        let source = await engine.failure(#"label_join(m, "a", "", "")"#, at: 0)
        #expect(source == "invalid source label name in label_join(): ")
    }

    @Test func seriesThatBecomeTheSameAreAnErrorWhenBothAreThere() async {
        let failure = await engine.failure(#"label_replace(m, "x", "", "", "")"#, at: 0)
        #expect(failure == "vector cannot contain metrics with the same labelset")
    }

    @Test func seriesThatBecomeTheSameOneAfterTheOtherAreJoined() async throws {
        var options = EvaluationOptions()
        options.lookback = 60_000
        let source = FixedSeries(minutes: [
            (["__name__": "m", "i": "1"], [1, nil]), (["__name__": "m", "i": "2"], [nil, 2]),
        ])
        let engine = PromQLEngine(source: source, options: options)
        let result = try await engine.matrix(
            #"label_replace(m, "i", "", "", "")"#, start: 0, end: 60_000, step: 60_000)
        #expect(result == [["__name__": "m"]: [0: 1, 60_000: 2]])
    }

    @Test func numbersInLabelsSortByTheirValue() async throws {
        guard case .vector(let up) = try await engine.instant(#"sort_by_label(m, "src")"#, at: 0).value else { return }
        #expect(up.map(\.value) == [2, 3, 1])
        guard case .vector(let down) = try await engine.instant(#"sort_by_label_desc(m, "src")"#, at: 0).value
        else { return }
        #expect(down.map(\.value) == [1, 3, 2])
    }
}
