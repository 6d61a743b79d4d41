import PrometheusModel
import Testing

@Suite struct PrometheusDurationTests {
    @Test(
        "units from large to small, each at most once",
        arguments: [
            ("0", 0), ("0s", 0), ("5m", 300_000), ("1h30m", 5_400_000), ("100ms", 100), ("1y2w3d", 33_004_800_000),
            ("1m1ms", 60_001),
        ] as [(String, Int64)])
    func durations(text: String, milliseconds: Int64) throws {
        let parsed = try PrometheusDuration.parse(text)
        #expect(parsed == milliseconds)
    }

    @Test(
        "other texts are no durations",
        arguments: [
            ("", "empty duration string"), ("5", "not a valid duration string: \"5\""),
            ("5x", "not a valid duration string: \"5x\""), ("1m1h", "not a valid duration string: \"1m1h\""),
            ("1.5h", "not a valid duration string: \"1.5h\""), ("-1s", "not a valid duration string: \"-1s\""),
            ("1s ", "not a valid duration string: \"1s \""), ("300y", "duration out of range"),
            ("99999999999999999999s", "duration out of range"),
        ])
    func others(text: String, message: String) {
        #expect(throws: TemplateError(message)) { try PrometheusDuration.parse(text) }
    }
}
