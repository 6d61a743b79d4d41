import TelemetryModel
import Testing

@Suite struct TimestampRangeTests {
    /// In a process of its own, because a trap would end this one.
    @Test func theFirstNanosecondThatAnInt64HoldsIsPrinted() async {
        await #expect(processExitsWith: .success) {
            precondition(Timestamp(nanoseconds: .min).rfc3339 == "1677-09-21T00:12:43.145Z")
        }
    }
}
