import TelemetryModel

/// `Oct 11 22:14:15`, and with a year, a fraction or a zone, as Cisco's devices write it: `*Mar  1 18:48:50.483 UTC`,
/// `Jan 01 2024 10:00:00`, `2024 Mar  1 18:48:50`.
enum BSDTime {
    /// The time where the scanner stands, which it then stands behind; nil, and the scanner where it was, when there is
    /// none.
    ///
    /// - Parameters:
    ///   - receivedTime: tells the year where none is written.
    ///   - offsetSeconds: of the zone where none is written.
    static func scan(_ scanner: inout ByteScanner, receivedTime: Timestamp, offsetSeconds: Int64) -> Timestamp? {
        var copy = scanner
        // A clock that was never set, or has lost its source.
        if !copy.take(UInt8(ascii: "*")) { _ = copy.take(UInt8(ascii: ".")) }
        var moment = CalendarTime.Moment()
        moment.offsetSeconds = offsetSeconds
        var year: Int64?
        if let first = copy.digits(4) {
            guard copy.take(0x20) else { return nil }
            year = first
            copy.skipSpaces()
        }
        guard let month = month(&copy), copy.take(0x20) else { return nil }
        copy.skipSpaces()
        guard let day = copy.number(most: 2), copy.take(0x20) else { return nil }
        copy.skipSpaces()
        if year == nil, copy.peek(4) == 0x20, let between = copy.digits(4) {
            year = between
            copy.skipSpaces()
        }
        guard let hour = copy.digits(2), copy.take(UInt8(ascii: ":")), let minute = copy.digits(2),
            copy.take(UInt8(ascii: ":")), let second = copy.digits(2)
        else { return nil }
        if copy.current == UInt8(ascii: "."), let digit = copy.peek(1), ByteScanner.isDigit(digit) {
            copy.position += 1
            moment.nanosecond = copy.fraction()
        }
        (moment.month, moment.day) = (month, day)
        (moment.hour, moment.minute, moment.second) = (hour, minute, second)
        if year == nil { year = yearBehind(&copy) }
        if let offset = zone(&copy) { moment.offsetSeconds = offset }
        let time: Timestamp?
        if let year {
            moment.year = year
            time = moment.timestamp
        } else {
            time = inYear(moment, receivedTime)
        }
        guard let time else { return nil }
        scanner = copy
        return time
    }

    /// The latest year in which the time is no more than a day after it was received: clocks differ, logs are sent
    /// late, and none comes from the future. The 29th of February needs a leap year, of which two may be eight years
    /// apart.
    private static func inYear(_ moment: CalendarTime.Moment, _ receivedTime: Timestamp) -> Timestamp? {
        let (latest, overflow) = receivedTime.nanoseconds.addingReportingOverflow(86_400_000_000_000)
        let year = CalendarTime.year(of: receivedTime)
        var moment = moment
        for candidate in stride(from: year + 1, through: year - 8, by: -1) {
            moment.year = candidate
            if let time = moment.timestamp, overflow || time.nanoseconds <= latest { return time }
        }
        return nil
    }

    private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    private static func month(_ scanner: inout ByteScanner) -> Int64? {
        guard scanner.position + 3 <= scanner.bytes.count else { return nil }
        let name = scanner.bytes[scanner.position..<scanner.position + 3].map { $0 | 0x20 }
        guard let index = months.firstIndex(where: { $0.utf8.elementsEqual(name) }) else { return nil }
        scanner.position += 3
        return Int64(index + 1)
    }

    /// `Oct 11 22:14:15 2024`, when a space, a colon or the end follows.
    private static func yearBehind(_ scanner: inout ByteScanner) -> Int64? {
        var copy = scanner
        guard copy.take(0x20), let year = copy.digits(4), (1970...2262).contains(year),
            copy.isAtEnd || copy.current == 0x20 || copy.current == UInt8(ascii: ":")
        else { return nil }
        scanner = copy
        return year
    }

    /// The names that are in use for one zone only, in seconds eastward.
    private static let zones: [(name: String, hours: Int64)] = [
        ("UTC", 0), ("GMT", 0), ("Z", 0), ("WET", 0), ("WEST", 1), ("CET", 1), ("CEST", 2), ("EET", 2), ("EEST", 3),
        ("MSK", 3), ("JST", 9), ("KST", 9), ("EST", -5), ("EDT", -4), ("CDT", -5), ("MST", -7), ("MDT", -6),
        ("PST", -8), ("PDT", -7), ("AKST", -9), ("AKDT", -8), ("HST", -10),
    ]

    /// A zone's name behind a space, when a colon, a space or the end follows; or `+02:00`.
    private static func zone(_ scanner: inout ByteScanner) -> Int64? {
        var copy = scanner
        guard copy.take(0x20) else { return nil }
        let word = copy.take { $0 > 0x20 && $0 != UInt8(ascii: ":") }
        guard let zone = zones.first(where: { $0.name.utf8.elementsEqual(word) }) else { return nil }
        scanner = copy
        return zone.hours * 3600
    }
}
