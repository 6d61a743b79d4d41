import PrometheusModel
import Testing

@testable import LogQLEvaluation

@Suite struct TimeLayoutTests {
    // Values: Go, time.Parse with the same layout and text, as Unix seconds and nanoseconds.
    @Test(
        "a text is read as its layout says",
        arguments: [
            ("2006-01-02", "2021-11-02", 1_635_811_200, 0),
            ("2006-01-02T15:04:05Z07:00", "2021-11-02T01:02:03+02:00", 1_635_807_723, 0),
            ("2006-01-02T15:04:05Z07:00", "2021-11-02T01:02:03.25Z", 1_635_814_923, 250_000_000),
            ("2006-01-02 15:04:05.000", "2021-11-02 01:02:03.007", 1_635_814_923, 7_000_000),
            ("02/Jan/2006:15:04:05 -0700", "02/Nov/2021:01:02:03 -0100", 1_635_818_523, 0),
            ("Mon Jan _2 15:04:05 2006", "Tue Nov  2 01:02:03 2021", 1_635_814_923, 0),
            ("Jan 2 3:04PM 2006", "Nov 2 1:02PM 2021", 1_635_858_120, 0), ("2006 002", "2021 306", 1_635_811_200, 0),
            ("06-1-2", "70-1-1", 0, 0),
            ("Monday, 02-Jan-06 15:04:05 MST", "Tuesday, 02-Nov-21 01:02:03 UTC", 1_635_814_923, 0),
            ("15:04", "00:01", -62_167_219_140, 0),
            ("2006-01-02 15:04:05,999", "2021-11-02 01:02:03", 1_635_814_923, 0),
        ] as [(String, String, Int64, Int)])
    func reads(layout: String, text: String, seconds: Int64, nanosecond: Int) throws {
        let time = try #require(TimeLayout(layout).parse(text, in: .utc))
        #expect(time.seconds == seconds)
        #expect(time.nanosecond == nanosecond)
    }

    @Test(
        "another text is no time",
        arguments: [
            ("2006-01-02", "2021-13-02"), ("2006-01-02", "2021-02-30"), ("2006-01-02", "2021-02-28x"),
            ("2006-01-02", ""), ("15:04", "25:00"), ("15:04", "12:60"), ("Jan 2", "Foo 2"), ("2006", "21"),
            ("05.000", "05.0"), ("-0700", "+2500"), ("Z07:00", "z"), ("PM", "XM"), ("2006 002", "2021 366"),
        ])
    func refuses(layout: String, text: String) { #expect(TimeLayout(layout).parse(text, in: .utc) == nil) }

    @Test(
        "a time is printed as its layout says",
        arguments: [
            ("January Jan 01 1", "March Mar 03 3"), ("Monday Mon", "Saturday Sat"),
            ("02 _2 2 002 __2", "07 " + " 7 7 066  66"),
            ("15 03 3 PM pm", "21 09 9 PM pm"), ("04 4 05 5", "08 8 09 9"), ("2006 06 _2006", "2026 26 _2026"),
            ("MST -0700 -07:00 -07 Z0700 Z07:00 -07:00:00", "UTC +0000 +00:00 +00 Z Z +00:00:00"),
            (".000 .999 .00 ,9", ".120 .12 .12 ,1"), ("Janet Month Z-07x", "Janet Month Z+00x"),
        ])
    func prints(layout: String, text: String) {
        // 2026-03-07T21:08:09.12Z
        let time = TemplateTime(seconds: 1_772_917_689, nanosecond: 120_000_000)
        #expect(time.format(layout) == text)
    }

    @Test("a zone's clocks are followed through the year") func zones() throws {
        guard let berlin = TimeZoneFiles.zone("Europe/Berlin") else {
            print("skipped: this machine has no time zone database")
            return
        }
        let layout = TimeLayout("2006-01-02 15:04:05")
        for (text, seconds, zone) in [
            ("2021-01-15 12:00:00", 1_610_708_400, "+0100 CET"), ("2021-07-15 12:00:00", 1_626_343_200, "+0200 CEST"),
            // Beyond what tables hold.
            ("2050-07-15 12:00:00", 2_541_492_000, "+0200 CEST"), ("2050-01-15 12:00:00", 2_525_857_200, "+0100 CET"),
        ] as [(String, Int64, String)] {
            let time = try #require(layout.parse(text, in: berlin))
            #expect(time.seconds == seconds, "\(text)")
            #expect(time.format("-0700 MST") == zone)
        }
        let named = try #require(TimeLayout("2006-01-02 MST").parse("2021-07-15 CEST", in: berlin))
        #expect(named.seconds == 1_626_300_000)
        #expect(TimeZoneFiles.zone("../../etc/passwd") == nil)
        #expect(TimeZoneFiles.zone("/etc/localtime") == nil)
        #expect(TimeZoneFiles.zone("Europe") == nil)
    }

    @Test("no bytes make the decoder of zones trap") func random() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            var bytes = Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15)
            for _ in 0..<Int.random(in: 0...160, using: &generator) {
                bytes.append(UInt8.random(in: 0...3, using: &generator))
            }
            bytes += Array("\nA-1B,M3.5.0,M10.5.0/3\n".utf8)
            if let zone = TimeZoneTable(bytes) {
                for time in [Int64.min, -1, 0, 4_000_000_000, .max] {
                    _ = TemplateTime(seconds: time, zone: zone).description
                    _ = zone.moment(ofLocal: time)
                }
            }
        }
    }
}
