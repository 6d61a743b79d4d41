import TelemetryModel
import Testing

@testable import MartletServer

@Suite("health")
struct HealthUptimeTests {
    @Test(
        "the uptime prints hours, minutes and seconds to the millisecond, larger units only when needed",
        arguments: [
            (0, "0s"), (-5_000_000_000, "0s"), (999_999, "0s"), (1_500_000_000, "1.5s"), (1_001_999_999, "1.001s"),
            (59_999_000_000, "59.999s"), (60_000_000_000, "1m0s"), (61_250_000_000, "1m1.25s"),
            (3_599_999_000_000, "59m59.999s"), (3_600_000_000_000, "1h0m0s"), (3_723_500_000_000, "1h2m3.5s"),
            (90_000_000_000_000, "25h0m0s"), (31_536_000_007_000_000, "8760h0m0.007s"),
        ] as [(Int64, String)])
    func uptime(nanoseconds: Int64, text: String) {
        #expect(HealthSurface.uptime(nanoseconds: nanoseconds) == text)
    }

    @Test("readiness begins and ends")
    func readiness() {
        let readiness = Readiness()
        #expect(readiness.since == nil)
        readiness.becomeReady(at: Timestamp(nanoseconds: 7))
        #expect(readiness.since?.nanoseconds == 7)
        readiness.stop()
        #expect(readiness.since == nil)
    }
}
