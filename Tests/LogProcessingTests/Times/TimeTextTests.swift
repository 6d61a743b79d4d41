import LogProcessing
import TelemetryModel
import Testing

struct TimeTextTests {
    private static func parse(_ text: String, _ zone: LogTimeZone = .utc) -> String? {
        TimeText.parse(text, zone: zone, readTime: TestEvents.readTime)?.rfc3339
    }

    @Test(arguments: [
        ("2024-05-24T23:22:00Z", "2024-05-24T23:22:00.000Z"),
        ("2024-05-24T23:22:00.123456789Z", "2024-05-24T23:22:00.123Z"),
        ("2024-05-24T23:22:00,5Z", "2024-05-24T23:22:00.500Z"),
        ("2024-05-24T23:22:00.1234567890123+02:00", "2024-05-24T21:22:00.123Z"),
        ("2024-05-24T23:22:00-0530", "2024-05-25T04:52:00.000Z"), ("2024-05-24 23:22:00", "2024-05-24T23:22:00.000Z"),
        ("2024-05-24 23:22:00.1 +0200", "2024-05-24T21:22:00.100Z"),
        ("2024-05-24 23:22:00 UTC", "2024-05-24T23:22:00.000Z"),
        ("2024-05-24T23:22", "2024-05-24T23:22:00.000Z"), ("2024/05/24 23:22:00", "2024-05-24T23:22:00.000Z"),
        ("20240524T232200Z", "2024-05-24T23:22:00.000Z"), ("2024-05-24T23:22:00+02", "2024-05-24T21:22:00.000Z"),
        ("1716592920", "2024-05-24T23:22:00.000Z"), ("1716592920.123", "2024-05-24T23:22:00.123Z"),
        ("1716592920123", "2024-05-24T23:22:00.123Z"), ("1716592920123456", "2024-05-24T23:22:00.123Z"),
        ("1716592920123456789", "2024-05-24T23:22:00.123Z"),
        ("Fri, 24 May 2024 23:22:00 GMT", "2024-05-24T23:22:00.000Z"),
        ("Fri, 24 May 2024 23:22:00 +0200", "2024-05-24T21:22:00.000Z"),
        ("24 May 24 23:22 EST", "2024-05-25T04:22:00.000Z"),
        ("Friday, 24-May-24 23:22:00 GMT", "2024-05-24T23:22:00.000Z"),
        ("24/May/2024:23:22:00 -0700", "2024-05-25T06:22:00.000Z"),
        ("Fri May 24 23:22:00 2024", "2024-05-24T23:22:00.000Z"), ("May 24 23:22:00", "2024-05-24T23:22:00.000Z"),
        ("May  4 03:02:01.5", "2024-05-04T03:02:01.500Z"), ("Dec 31 23:59:59", "2023-12-31T23:59:59.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"), ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000Z"),
        (" 2024-02-29T00:00:00Z ", "2024-02-29T00:00:00.000Z"),
    ])
    func timesAreRead(_ text: String, _ expected: String) { #expect(Self.parse(text) == expected) }

    @Test(arguments: [
        "", "x", "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-05-24T24:00:00Z", "2024-05-24T23:60:00Z",
        "2024-05-24", "24", "2024-05-24T23:22:00Zx", "2024-05-24T23:22:00+99:99", "9999-01-01T00:00:00Z",
        "99999999999999999999", "0000-01-01T00:00:00Z", "-", "May", "May 32 00:00:00", "1716592920.x",
    ])
    func whatIsNoTimeIsRefused(_ text: String) { #expect(Self.parse(text) == nil) }

    @Test func textsWithoutZoneAreOfTheConfigured() {
        #expect(Self.parse("2024-05-24 23:22:00", .fixed(7200)) == "2024-05-24T21:22:00.000Z")
        #expect(Self.parse("2024-05-24 23:22:00Z", .fixed(7200)) == "2024-05-24T23:22:00.000Z")
    }

    @Test(arguments: [
        ("UTC", 0), ("Z", 0), ("+02:00", 7200), ("-0530", -19800), ("UTC+2", 7200), ("GMT-05:00", -18000),
    ])
    func offsetsAreZones(_ name: String, _ seconds: Int) { #expect(LogTimeZone(offset: name) == .fixed(seconds)) }

    @Test(arguments: [
        ("2006-01-02 15:04:05", "2024-05-24 23:22:00", "2024-05-24T23:22:00.000Z"),
        ("2006-01-02T15:04:05.999Z07:00", "2024-05-24T23:22:00.123+02:00", "2024-05-24T21:22:00.123Z"),
        ("Jan _2 15:04:05", "May  4 23:22:00", "2024-05-04T23:22:00.000Z"),
        ("02/Jan/2006:15:04:05 -0700", "24/May/2024:23:22:00 +0200", "2024-05-24T21:22:00.000Z"),
        ("Mon Jan _2 15:04:05 2006", "Fri May 24 23:22:00 2024", "2024-05-24T23:22:00.000Z"),
        ("3:04PM 02.01.06", "9:05PM 24.05.24", "2024-05-24T21:05:00.000Z"),
        ("2006-01-02 15:04:05,000", "2024-05-24 23:22:00,123", "2024-05-24T23:22:00.123Z"),
        ("Monday, 02-Jan-06 15:04:05 MST", "Friday, 24-May-24 23:22:00 CEST", "2024-05-24T21:22:00.000Z"),
        ("2006-002", "2024-145", "2024-05-24T00:00:00.000Z"),
        ("%Y-%m-%d %H:%M:%S", "2024-05-24 23:22:00", "2024-05-24T23:22:00.000Z"),
        ("%d/%b/%Y:%H:%M:%S %z", "24/May/2024:23:22:00 +0200", "2024-05-24T21:22:00.000Z"),
        ("%Y-%m-%dT%H:%M:%S.%f", "2024-05-24T23:22:00.123456", "2024-05-24T23:22:00.123Z"),
        ("%F %T", "2024-05-24 23:22:00", "2024-05-24T23:22:00.000Z"), ("%s", "1716592920", "2024-05-24T23:22:00.000Z"),
        ("%I:%M %p %e %B %y", "09:05 pm  4 May 24", "2024-05-04T21:05:00.000Z"),
        ("UNIX", "1716592920.5", "2024-05-24T23:22:00.500Z"), ("UNIX_MS", "1716592920123", "2024-05-24T23:22:00.123Z"),
        ("UnixNs", "1716592920123456789", "2024-05-24T23:22:00.123Z"),
        ("RFC3339Nano", "2024-05-24T23:22:00.123456789Z", "2024-05-24T23:22:00.123Z"),
    ])
    func layoutsAreFollowed(_ layout: String, _ text: String, _ expected: String) throws {
        let layout = try #require(TimeLayout(layout))
        #expect(layout.parse(text, zone: .utc, readTime: TestEvents.readTime)?.rfc3339 == expected)
        #expect(layout.parse("x" + text, zone: .utc, readTime: TestEvents.readTime) == nil)
        #expect(layout.parse(text + "0x", zone: .utc, readTime: TestEvents.readTime) == nil)
    }

    @Test(arguments: ["", "abc", "%Q", "--"])
    func whatIsNoLayoutIsRefused(_ layout: String) { #expect(TimeLayout(layout) == nil) }

    // A hand-made zone file of version 2: no changes, and the rule of Central Europe.
    @Test func aZoneFilesRuleIsFollowed() throws {
        func block(_ footer: String) -> [UInt8] {
            var bytes = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
            for count: UInt8 in [0, 0, 0, 0, 1, 4] { bytes += [0, 0, 0, count] }
            return bytes + [0, 0, 0x0E, 0x10, 0, 0] + Array("CET\0".utf8) + Array(footer.utf8)
        }
        let bytes = block("") + block("\nCET-1CEST,M3.5.0,M10.5.0/3\n")
        let rules = try #require(TimeZoneRules(zoneFile: bytes))
        #expect(Self.parse("2024-01-15 12:00:00", .rules(rules)) == "2024-01-15T11:00:00.000Z")
        #expect(Self.parse("2024-07-15 12:00:00", .rules(rules)) == "2024-07-15T10:00:00.000Z")
        #expect(Self.parse("2024-03-31 03:30:00", .rules(rules)) == "2024-03-31T01:30:00.000Z")
        #expect(Self.parse("2024-10-27 03:30:00", .rules(rules)) == "2024-10-27T02:30:00.000Z")
        for length in 0..<bytes.count { _ = TimeZoneRules(zoneFile: Array(bytes.prefix(length))) }
    }
}
