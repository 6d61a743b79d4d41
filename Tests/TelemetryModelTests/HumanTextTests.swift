import Testing

@testable import TelemetryModel

@Suite struct HumanTextTests {
    @Test(arguments: [
        (0, "0 ns"), (999, "999 ns"), (1_000, "1.00 µs"), (1_234_567, "1.23 ms"), (12_345_678, "12.3 ms"),
        (123_456_789, "123 ms"), (1_000_000_000, "1.00 s"), (59_940_000_000, "59.9 s"),
        (60_000_000_000, "1 min 00 s"), (125_000_000_000, "2 min 05 s"), (3_600_000_000_000, "1 h 00 min"),
        (11_220_000_000_000, "3 h 07 min"), (187_200_000_000_000, "2 d 04 h"), (-1_234_567, "-1.23 ms"),
    ])
    func `durations have three digits and a unit`(nanoseconds: Int64, expected: String) {
        #expect(HumanText.duration(nanoseconds) == expected)
    }

    @Test(arguments: [
        (9_994, "9.99 µs"), (9_995, "10.0 µs"), (99_949, "99.9 µs"), (99_950, "100 µs"), (999_499, "999 µs"),
        (999_500, "1.00 ms"), (999_500_000, "1.00 s"), (59_950_000_000, "1 min 00 s"),
    ])
    func `what rounds up to the next unit is shown in it`(nanoseconds: Int64, expected: String) {
        #expect(HumanText.duration(nanoseconds) == expected)
    }

    @Test func `the extremes do not trap`() {
        // 2^63 ns are 106,751 days, 23 hours and 47 minutes.
        #expect(HumanText.duration(.max) == "106,752 d 00 h")
        #expect(HumanText.duration(.min) == "-106,752 d 00 h")
        #expect(HumanText.bytes(.max) == "16.0 EiB")
    }

    @Test(arguments: [
        (0, "0 B"), (1_023, "1023 B"), (1_024, "1.00 KiB"), (12_897_485, "12.3 MiB"), (1_073_741_824, "1.00 GiB"),
        (1_047_552, "1023 KiB"), (1_048_064, "1.00 MiB"),
    ])
    func `sizes are in powers of 1024`(bytes: UInt64, expected: String) {
        #expect(HumanText.bytes(bytes) == expected)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567"), (-12_345, "-12,345"), (-123, "-123"),
        (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func `counts have a comma at every third digit`(number: Int, expected: String) {
        #expect(HumanText.count(number) == expected)
    }
}
