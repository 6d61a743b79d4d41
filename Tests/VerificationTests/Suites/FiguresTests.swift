import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct FiguresTests {
    private static func figure(
        _ name: String, _ source: FixedSource = FixedSource(), _ recording: Recording = SuiteSamples.healthy,
        _ options: SuiteOptions = SuiteOptions()
    ) async -> FigureReport? {
        await Figures.measure(source, recording, options).first { $0.name == name }
    }

    @Test func theTableHasTheRowsOfTheReport() async {
        let figures = await Figures.measure(FixedSource(), Recording())
        #expect(
            figures.map(\.name) == [
                "Trace export latency", "Metric collection interval", "Log processing delay", "Telemetry overhead",
            ])
        #expect(figures.map(\.acceptable) == ["0–50 ms", "5–30 s", "0–5 s", "0–5 % CPU"])
        for figure in figures {
            #expect(figure.value.hasPrefix("not measured: "))
            #expect(figure.isAcceptable == nil)
        }
    }

    @Test(
        "a delay is judged by its median",
        arguments: [
            (["12", "3.5", "120.25", "900"], "p50 3.5 ms, p95 120 ms, max 900 ms", true),
            (["12", "70", "2500", "2500"], "p50 70 ms, p95 2.5 s, max 2.5 s", false),
            (["12", "-70", "1", "2"], "p50 -70.0 ms, p95 1.0 ms, max 2.0 ms, the sender's clock runs ahead", false),
        ] as [([String], String, Bool)])
    func delays(row: [String], value: String, isAcceptable: Bool) async {
        let source = FixedSource(answer: RawAnswer(columns: ["a", "b", "c", "d"], rows: [row]))
        let figure = await Self.figure("Trace export latency", source)
        #expect(figure?.value == value)
        #expect(figure?.isAcceptable == isAcceptable)
    }

    @Test(
        "what cannot be measured says why",
        arguments: [
            (RawAnswer(columns: [], rows: [], error: "no such table"), "not measured: no such table"),
            (RawAnswer(columns: ["a"], rows: [["0", "nan", "nan", "nan"]]), "not measured: nothing came"),
            (RawAnswer(columns: [], rows: []), "not measured: nothing came"),
        ])
    func notMeasured(answer: RawAnswer, value: String) async {
        let figure = await Self.figure("Log processing delay", FixedSource(answer: answer))
        #expect(figure?.value == value)
        #expect(figure?.isAcceptable == nil)
    }

    @Test func theIntervalIsTheMedianGap() async {
        // The sample has a point every ten seconds.
        let figure = await Self.figure("Metric collection interval")
        #expect(figure?.value == "10.0 s")
        #expect(figure?.isAcceptable == true)
    }

    @Test(
        arguments: [
            ([10, 20, 30, 31], "10.0 s"), ([10, 20], "10.0 s"), ([10, 10.2], "not measured"), ([10], "not measured"),
        ] as [([Double], String)])
    func thePointAtTheEndOfAProcessIsNoInterval(seconds: [Double], value: String) async {
        let recording = SuiteSamples.changed { recording in
            recording.series = [SuiteSamples.series("a", values: seconds.map { _ in .int(1) })]
            for (index, second) in seconds.enumerated() {
                recording.series[0].points[index].time = SuiteSamples.start + UInt64(second * 1e9)
            }
        }
        let figure = await Self.figure("Metric collection interval", FixedSource(), recording)
        #expect(figure?.value.hasPrefix(value) == true)
    }

    @Test func aCommandThatTakesNoTimeIsNotCompared() async {
        var options = SuiteOptions()
        options.command = CommandReport(
            words: ["true"], end: .exited(0), duration: .milliseconds(2), cpu: .milliseconds(2))
        options.commandWithoutTelemetry = CommandReport(
            words: ["true"], end: .exited(0), duration: .milliseconds(2), cpu: .milliseconds(1))
        let figure = await Self.figure("Telemetry overhead", FixedSource(), Recording(), options)
        #expect(figure?.isAcceptable == nil)
    }

    @Test(
        "overhead compares two runs of the command",
        arguments: [(1030, "3.0 % CPU", true), (1200, "20.0 % CPU", false)] as [(Int, String, Bool)])
    func overhead(milliseconds: Int, value: String, isAcceptable: Bool) async {
        var options = SuiteOptions()
        options.command = CommandReport(
            words: ["app"], end: .exited(0), duration: .seconds(2), cpu: .milliseconds(milliseconds))
        options.commandWithoutTelemetry = CommandReport(
            words: ["app"], end: .exited(0), duration: .seconds(2), cpu: .milliseconds(1000))
        let figure = await Self.figure("Telemetry overhead", FixedSource(), Recording(), options)
        #expect(figure?.value == value)
        #expect(figure?.isAcceptable == isAcceptable)
        options.commandWithoutTelemetry = nil
        let alone = await Self.figure("Telemetry overhead", FixedSource(), Recording(), options)
        #expect(
            alone?.value
                == "not measured: --measure-overhead runs the command a second time without telemetry")
    }
}
