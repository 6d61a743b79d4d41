import Testing

@testable import QueryAPI

@Suite("durations of the Tempo API")
struct TempoDurationTests {
    @Test(
        "durations are Go's",
        arguments: [
            ("0", 0), ("0s", 0), ("1s", 1_000_000_000), ("300ms", 300_000_000), ("1.5h", 5_400_000_000_000),
            ("1h30m", 5_400_000_000_000), ("1m0s", 60_000_000_000), (".5s", 500_000_000), ("1.s", 1_000_000_000),
            ("2us", 2_000), ("2µs", 2_000), ("3ns", 3), ("-2ms", -2_000_000), ("+1s", 1_000_000_000),
            ("9223372036854775807ns", .max),
        ] as [(String, Int64)])
    func goDurations(text: String, nanoseconds: Int64) {
        #expect(TempoDuration.parse(text) == nanoseconds)
    }

    @Test(
        "what is no duration is refused",
        arguments: [
            "", "-", "1", "s", "1x", "1 s", "1.2.3s", ".s", "1d", "9223372036854775808ns", "99999999999999999h", "1e3s",
            "1s1", "nan", "inf", String(repeating: "9", count: 100) + "s",
        ])
    func noDurations(text: String) {
        #expect(TempoDuration.parse(text) == nil)
    }

    @Test(
        "a step is a number of seconds or a duration with days",
        arguments: [
            ("30", 30_000_000_000), ("0.5", 500_000_000), ("30s", 30_000_000_000), ("1d", 86_400_000_000_000),
            ("1w", 604_800_000_000_000), ("nan", nil), ("inf", nil), ("1e300", nil), ("x", nil),
        ] as [(String, Int64?)])
    func steps(text: String, nanoseconds: Int64?) {
        #expect(TempoDuration.parseSecondsOrDuration(text) == nanoseconds)
    }

    @Test(
        "durations are printed as Go prints them",
        arguments: [
            (0, "0s"), (1, "1ns"), (1_500, "1.5µs"), (2_000_000, "2ms"), (446_979_497, "446.979497ms"),
            (1_500_000_000, "1.5s"), (60_000_000_000, "1m0s"), (3_661_100_000_000, "1h1m1.1s"), (-1_000, "-1µs"),
            (.min, "-2562047h47m16.854775808s"),
        ] as [(Int64, String)])
    func printing(nanoseconds: Int64, text: String) {
        #expect(TempoDuration.print(nanoseconds) == text)
    }
}
