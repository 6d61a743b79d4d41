import PrometheusModel
import PromQLEvaluation
import Testing

@Suite struct InfoTests {
    private let engine = PromQLEngine(
        source: FixedSeries(minutes: [
            (["__name__": "m", "instance": "a", "job": "1"], [1, 2, 3]),
            (["__name__": "m", "instance": "b", "job": "1"], [4, 5, 6]),
            (["__name__": "target_info", "instance": "a", "job": "1", "version": "v1", "zone": "x"], [1, 1, 1]),
            (["__name__": "build_info", "instance": "a", "job": "1", "commit": "c"], [1, 1, 1]),
        ]))

    @Test func dataLabelsOfTargetInfoAreAdded() async throws {
        let result = try await engine.vector("info(m)", at: 120_000)
        #expect(
            result == [
                ["__name__": "m", "instance": "a", "job": "1", "version": "v1", "zone": "x"]: 3,
                ["__name__": "m", "instance": "b", "job": "1"]: 6,
            ])
    }

    @Test func conditionsChooseLabelsAndSeries() async throws {
        let result = try await engine.vector("info(m, {version=~\".+\"})", at: 120_000)
        #expect(result == [["__name__": "m", "instance": "a", "job": "1", "version": "v1"]: 3])
        let named = try await engine.vector("info(m{instance=\"a\"}, {__name__=\"build_info\"})", at: 120_000)
        #expect(named == [["__name__": "m", "commit": "c", "instance": "a", "job": "1"]: 3])
    }

    @Test func infoSeriesThemselvesStayAsTheyAre() async throws {
        let result = try await engine.vector("info(target_info)", at: 0)
        #expect(result.keys.first?["version"] == "v1")
        #expect(result.count == 1)
    }

    @Test func theLatestInfoSampleCounts() async throws {
        let engine = PromQLEngine(
            source: FixedSeries(minutes: [
                (["__name__": "m", "instance": "a", "job": "1"], [1, 2, 3]),
                (["__name__": "target_info", "instance": "a", "job": "1", "version": "v1"], [1, nil, nil]),
                (["__name__": "target_info", "instance": "a", "job": "1", "version": "v2"], [nil, 1, nil]),
            ]))
        let result = try await engine.matrix("info(m)", start: 0, end: 120_000, step: 60_000)
        #expect(
            result == [
                ["__name__": "m", "instance": "a", "job": "1", "version": "v1"]: [0: 1],
                ["__name__": "m", "instance": "a", "job": "1", "version": "v2"]: [60_000: 2, 120_000: 3],
            ])
    }
}
