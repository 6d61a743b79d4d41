import TelemetryModel
import Testing

@testable import martlet

@Suite("References to runs")
struct RunReferenceTests {
    private static let now = Timestamp(nanoseconds: 1_767_322_800_000_000_000)

    @Test("a window is given by its length up to now, or by two times")
    func windows() throws {
        let end = Self.now.nanoseconds
        #expect(
            try RunReference("since=15m", now: Self.now)
                == .window(TraceTimes(start: end - 900_000_000_000, end: end + 1)))
        #expect(
            try RunReference("-30m..-15m", now: Self.now)
                == .window(TraceTimes(start: end - 1_800_000_000_000, end: end - 900_000_000_000)))
        #expect(
            try RunReference("now-1h..", now: Self.now)
                == .window(TraceTimes(start: end - 3_600_000_000_000, end: end + 1)))
        #expect(
            try RunReference("2026-01-02T02:00:00Z..2026-01-02T03:00:00Z", now: Self.now)
                == .window(TraceTimes(start: end - 3_600_000_000_000, end: end)))
    }

    @Test("a slash makes a path, an at sign a process, all else is a name")
    func others() throws {
        #expect(try RunReference("./main", now: Self.now) == .path("./main"))
        #expect(try RunReference("../a..b", now: Self.now) == .path("../a..b"))
        #expect(try RunReference("shop@3f2a", now: Self.now) == .process(service: "shop", instance: "3f2a"))
        #expect(try RunReference("a@b@c", now: Self.now) == .process(service: "a@b", instance: "c"))
        #expect(try RunReference("main.run-2", now: Self.now) == .name("main.run-2"))
    }

    @Test(
        "wrong windows are wrong usage",
        arguments: ["since=", "since=0s", "since=15", "-15m..-30m", "x..y", "..", "..now", ""])
    func wrong(text: String) {
        #expect(throws: CommandFailure.self) { try RunReference(text, now: Self.now) }
    }
}
