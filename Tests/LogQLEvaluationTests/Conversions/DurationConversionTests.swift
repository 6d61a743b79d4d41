import LogQLEvaluation
import Testing

@Suite struct DurationConversionTests {
    // Values: Go, time.ParseDuration.
    @Test(
        "a text is a duration as Go reads it",
        arguments: [
            ("0", 0), ("5s", 5_000_000_000), ("1h30m", 5_400_000_000_000), ("-1.5s", -1_500_000_000),
            ("+5s", 5_000_000_000),
            ("100ms", 100_000_000), ("2us", 2000), ("2µs", 2000), ("2μs", 2000), ("7ns", 7), (".5m", 30_000_000_000),
            ("1.s", 1_000_000_000), ("1m1m", 120_000_000_000), ("0.3333333333333333333h", 1_200_000_000_000),
            ("9223372036854775807ns", .max), ("-9223372036854775808ns", .min), ("1.9ns", 1), ("-0s", 0),
            ("3600000000000ns", 3_600_000_000_000),
        ] as [(String, Int64)])
    func durations(text: String, nanoseconds: Int64) {
        var text = text
        #expect(text.withUTF8 { LogQLConversions.duration($0) } == nanoseconds)
    }

    @Test(
        "another text is none, and why",
        arguments: [
            ("", #"time: invalid duration """#), ("1", #"time: missing unit in duration "1""#),
            ("1d", #"time: unknown unit "d" in duration "1d""#), ("s", #"time: invalid duration "s""#),
            (".s", #"time: invalid duration ".s""#), ("-", #"time: invalid duration "-""#),
            ("1h2", #"time: missing unit in duration "1h2""#), ("1 s", #"time: unknown unit " s" in duration "1 s""#),
            ("9223372036854775808ns", #"time: invalid duration "9223372036854775808ns""#),
            ("3000000h", #"time: invalid duration "3000000h""#),
        ])
    func failures(text: String, reason: String) {
        var text = text
        #expect(text.withUTF8 { LogQLConversions.duration($0) } == nil)
        #expect(text.withUTF8 { LogQLConversions.durationFailure($0) } == reason)
    }

    @Test("seconds keep what is below one") func seconds() {
        var text = "1h0m0.5s"
        #expect(text.withUTF8 { LogQLConversions.durationSeconds($0) } == 3600.5)
        var small = "500ms"
        #expect(small.withUTF8 { LogQLConversions.durationSeconds($0) } == 0.5)
    }
}
