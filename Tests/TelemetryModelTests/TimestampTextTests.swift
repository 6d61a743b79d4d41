import TelemetryModel
import Testing

@Suite struct TimestampTextTests {
    // The texts are those of `date -u -d @SECONDS`.
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (999_999, "1970-01-01T00:00:00.000Z"),
        (1_000_000, "1970-01-01T00:00:00.001Z"),
        (86_399_999_999_999, "1970-01-01T23:59:59.999Z"),
        (86_400_000_000_000, "1970-01-02T00:00:00.000Z"),
        (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
        (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000Z"),
        (1_709_251_199_999_999_999, "2024-02-29T23:59:59.999Z"),
        (1_709_251_200_000_000_000, "2024-03-01T00:00:00.000Z"),
        (1_735_689_599_000_000_000, "2024-12-31T23:59:59.000Z"),
        (1_740_787_200_000_000_000, "2025-03-01T00:00:00.000Z"),
        (1_795_264_496_789_000_000, "2026-11-21T12:34:56.789Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
        (Int64.max, "2262-04-11T23:47:16.854Z"),
    ])
    func printsInstants(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).rfc3339 == text)
    }

    @Test(arguments: [
        (-1, "1969-12-31T23:59:59.999Z"),
        (-1_000_000, "1969-12-31T23:59:59.999Z"),
        (-1_000_000_000, "1969-12-31T23:59:59.000Z"),
        (-86_400_000_000_000, "1969-12-31T00:00:00.000Z"),
        (-86_400_000_000_001, "1969-12-30T23:59:59.999Z"),
        (-2_203_891_200_000_000_000, "1900-03-01T00:00:00.000Z"),
    ])
    func printsInstantsBeforeTheEpoch(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).rfc3339 == text)
    }

    @Test(arguments: [
        (0, 0), (1, 1), (UInt64(Int64.max), Int64.max), (UInt64(Int64.max) + 1, Int64.max), (UInt64.max, Int64.max),
    ])
    func unsignedTimesPastTheRangeAreHeldAtItsEnd(unsigned: UInt64, nanoseconds: Int64) {
        #expect(Timestamp(clamping: unsigned).nanoseconds == nanoseconds)
    }

    @Test func timesAreOrderedByInstant() {
        #expect(Timestamp(nanoseconds: -1) < Timestamp(nanoseconds: 0))
        #expect(!(Timestamp(nanoseconds: 1) < Timestamp(nanoseconds: 1)))
    }
}
