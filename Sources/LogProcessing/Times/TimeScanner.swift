import TelemetryModel

/// Reads the times that log lines begin with, without a layout: each function takes what it knows from the start of a
/// text, or takes nothing.
enum TimeScanner {
    /// `2024-05-24T23:22:00.123456Z`, `2024-05-24 23:22:00,123`, `2024/05/24 23:22:00`, `2024.05.24 23:22:00.1`,
    /// `20240524T232200Z`, with or without an offset.
    ///
    /// - Spec: RFC 3339, and what loggers make of it: comma fractions, a space before the offset, no offset.
    static func iso(_ text: inout Text) -> CivilTime? {
        var rest = text
        var time = CivilTime()
        guard let year = rest.takeNumber(4, 4) else { return nil }
        time.year = year
        let separator = rest.first
        switch separator {
        case UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "."):
            rest.skip(1)
            guard let month = rest.takeNumber(1, 2), rest.take(separator), let day = rest.takeNumber(1, 2) else {
                return nil
            }
            time.month = month
            time.day = day
        default:
            guard let month = rest.takeNumber(2, 2), let day = rest.takeNumber(2, 2), rest.first == UInt8(ascii: "T")
            else { return nil }
            time.month = month
            time.day = day
        }
        guard
            rest.take(UInt8(ascii: "T")) || rest.take(UInt8(ascii: " ")) || rest.take(UInt8(ascii: "t"))
                || rest.take(UInt8(ascii: "_"))
        else { return nil }
        guard clock(&rest, into: &time) else { return nil }
        zone(&rest, into: &time)
        guard time.isValid else { return nil }
        text = rest
        return time
    }

    /// `23:22:00.123`, `232200`; seconds may be missing.
    static func clock(_ text: inout Text, into time: inout CivilTime) -> Bool {
        var rest = text
        guard let hour = rest.takeNumber(1, 2) else { return false }
        let hasColons = rest.take(UInt8(ascii: ":"))
        guard let minute = rest.takeNumber(2, 2) else { return false }
        time.hour = hour
        time.minute = minute
        time.second = 0
        if hasColons ? rest.first == UInt8(ascii: ":") && Bytes.isDigit(rest[1]) : Bytes.isDigit(rest.first) {
            if hasColons { rest.skip(1) }
            guard let second = rest.takeNumber(2, 2) else { return false }
            time.second = second
            time.nanosecond = fraction(&rest)
        }
        text = rest
        return true
    }

    /// `.123456789` or `,123`: nanoseconds; digits past the ninth are dropped. Zero, and nothing taken, for none.
    static func fraction(_ text: inout Text) -> Int {
        guard text.first == UInt8(ascii: ".") || text.first == UInt8(ascii: ","), Bytes.isDigit(text[1]) else {
            return 0
        }
        text.skip(1)
        let digits = text.take { Bytes.isDigit($0) }
        return nanoseconds(digits)
    }

    /// Digits behind the point as nanoseconds.
    static func nanoseconds(_ digits: Text) -> Int {
        var value = 0
        for index in 0..<9 {
            let byte = digits[index]
            value = value * 10 + (Bytes.isDigit(byte) ? Int(byte &- 0x30) : 0)
        }
        return value
    }

    /// `Z`, `+02:00`, `+0200`, ` +0200`, ` UTC`, ` GMT`: nothing is taken when there is none.
    static func zone(_ text: inout Text, into time: inout CivilTime) {
        var rest = text
        if rest.take(UInt8(ascii: "Z")) || rest.take(UInt8(ascii: "z")) {
            guard !Bytes.isWord(rest.first) else { return }
            time.offset = 0
            text = rest
            return
        }
        let hasSpace = rest.take(UInt8(ascii: " "))
        if hasSpace {
            if rest.take("UTC") || rest.take("GMT") {
                guard !Bytes.isWord(rest.first) else { return }
                time.offset = 0
                text = rest
                return
            }
            // Behind a space only the form that cannot be a number of the message.
            guard Bytes.isDigit(rest[4]) || rest[3] == UInt8(ascii: ":") else { return }
        }
        guard let offset = offset(&rest) else { return }
        time.offset = offset
        text = rest
    }

    /// `+02:00`, `-0530`, `+02`: seconds east of UTC.
    static func offset(_ text: inout Text) -> Int? {
        var rest = text
        let isWest = rest.first == UInt8(ascii: "-")
        guard isWest || rest.first == UInt8(ascii: "+") else { return nil }
        rest.skip(1)
        guard let hours = rest.takeNumber(2, 2) else { return nil }
        var minutes = 0
        if rest.first == UInt8(ascii: ":") {
            rest.skip(1)
            guard let number = rest.takeNumber(2, 2) else { return nil }
            minutes = number
        } else if Bytes.isDigit(rest.first) {
            guard let number = rest.takeNumber(2, 2) else { return nil }
            minutes = number
        }
        guard hours <= 24, minutes < 60, !Bytes.isDigit(rest.first) else { return nil }
        text = rest
        return (isWest ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    /// `24/May/2024:23:22:00 +0200`, as access logs have it.
    static func accessLog(_ text: inout Text) -> CivilTime? {
        var rest = text
        var time = CivilTime()
        guard let day = rest.takeNumber(1, 2), rest.take(UInt8(ascii: "/")), let month = month(&rest),
            rest.take(UInt8(ascii: "/")), let year = rest.takeNumber(4, 4), rest.take(UInt8(ascii: ":"))
        else { return nil }
        time.day = day
        time.month = month
        time.year = year
        guard clock(&rest, into: &time) else { return nil }
        zone(&rest, into: &time)
        guard time.isValid else { return nil }
        text = rest
        return time
    }

    /// `May 24 23:22:00`, `May  4 23:22:00.123`, `May 24 2024 23:22:00`: the year is that which brings the time nearest
    /// to, and not more than a day past, the time of reading (RFC 3164 has no year).
    static func syslog(_ text: inout Text, readTime: Timestamp, zone: LogTimeZone) -> CivilTime? {
        var rest = text
        var time = CivilTime()
        guard let month = month(&rest), rest.skipSpaces() > 0, let day = rest.takeNumber(1, 2), rest.skipSpaces() > 0
        else { return nil }
        time.month = month
        time.day = day
        var hasYear = false
        if rest[4] == UInt8(ascii: " "), let year = rest.takeNumber(4, 4) {
            time.year = year
            hasYear = true
            rest.skipSpaces()
        }
        guard clock(&rest, into: &time) else { return nil }
        if hasYear {
            self.zone(&rest, into: &time)
        } else {
            time.year = inferredYear(time, readTime: readTime, zone: zone)
        }
        guard time.isValid else { return nil }
        text = rest
        return time
    }

    /// `Fri May 24 23:22:00.123456 2024` (C's `asctime`, Apache's error log).
    static func asctime(_ text: inout Text) -> CivilTime? {
        var rest = text
        var time = CivilTime()
        guard weekday(&rest), rest.skipSpaces() > 0, let month = month(&rest), rest.skipSpaces() > 0,
            let day = rest.takeNumber(1, 2), rest.skipSpaces() > 0, clock(&rest, into: &time), rest.skipSpaces() > 0
        else { return nil }
        // `date` puts the zone before the year.
        if rest.take("UTC ") || rest.take("GMT ") { time.offset = 0 }
        guard let year = rest.takeNumber(4, 4) else { return nil }
        time.year = year
        time.month = month
        time.day = day
        guard time.isValid else { return nil }
        text = rest
        return time
    }

    /// RFC 1123 and RFC 822: `Fri, 24 May 2024 23:22:00 GMT`, `24 May 24 23:22 +0200`; RFC 850's dashes too.
    static func mail(_ text: inout Text) -> CivilTime? {
        var rest = text
        var time = CivilTime()
        if Bytes.isLetter(rest.first) {
            guard weekday(&rest), rest.take(UInt8(ascii: ",")) else { return nil }
            rest.skipSpaces()
        }
        func separator() -> Bool { rest.take(UInt8(ascii: "-")) || rest.skipSpaces() > 0 }
        guard let day = rest.takeNumber(1, 2), separator(), let month = month(&rest), separator() else { return nil }
        let yearStart = rest.start
        guard let year = rest.takeNumber(2, 4), rest.start - yearStart != 3, rest.skipSpaces() > 0 else { return nil }
        // RFC 2822: two digits from 50 on are of the last century.
        time.year = year < 50 ? 2000 + year : year < 100 ? 1900 + year : year
        time.month = month
        time.day = day
        guard clock(&rest, into: &time) else { return nil }
        zone(&rest, into: &time)
        if time.offset == nil, rest.first == UInt8(ascii: " ") {
            var name = rest
            name.skip(1)
            if let offset = namedZone(name.take { Bytes.isLetter($0) }) {
                time.offset = offset
                rest = name
            }
        }
        guard time.isValid else { return nil }
        text = rest
        return time
    }

    static func inferredYear(_ time: CivilTime, readTime: Timestamp, zone: LogTimeZone) -> Int {
        let limit = Timestamp(
            nanoseconds: readTime.nanoseconds.addingReportingOverflow(86_400_000_000_000).partialValue)
        let year = CivilTime.year(of: limit)
        var candidate = time
        // The 29th of February may be eight years back.
        for back in 0...8 {
            candidate.year = year - back
            if let time = candidate.timestamp(in: zone), time <= limit { return candidate.year }
        }
        return year
    }

    /// `May`, `may` or `MAY`, and long names.
    static func month(_ text: inout Text) -> Int? {
        var rest = text
        let word = rest.take { Bytes.isLetter($0) }
        guard word.count >= 3 else { return nil }
        let key = UInt32(word[0] | 0x20) << 16 | UInt32(word[1] | 0x20) << 8 | UInt32(word[2] | 0x20)
        guard let place = months.firstIndex(where: { $0.key == key }) else { return nil }
        guard word.count == 3 || word.equalsIgnoringCase(months[place].long) || word.equalsIgnoringCase("sept") else {
            return nil
        }
        text = rest
        return place + 1
    }

    static func weekday(_ text: inout Text) -> Bool {
        var rest = text
        let word = rest.take { Bytes.isLetter($0) }
        guard word.count >= 3, word.count <= 9 else { return false }
        let key = UInt32(word[0] | 0x20) << 16 | UInt32(word[1] | 0x20) << 8 | UInt32(word[2] | 0x20)
        guard weekdays.contains(key) else { return false }
        text = rest
        return true
    }

    /// The names of RFC 822 and the usual ones of Europe.
    static func namedZone(_ name: Text) -> Int? {
        if name == "UTC" || name == "GMT" || name == "UT" || name == "Z" || name == "WET" { return 0 }
        if name == "CET" || name == "BST" || name == "WEST" { return 3600 }
        if name == "CEST" || name == "EET" { return 7200 }
        if name == "EEST" || name == "MSK" { return 10800 }
        if name == "EST" { return -18000 }
        if name == "EDT" { return -14400 }
        if name == "CST" { return -21600 }
        if name == "CDT" { return -18000 }
        if name == "MST" { return -25200 }
        if name == "MDT" { return -21600 }
        if name == "PST" { return -28800 }
        if name == "PDT" { return -25200 }
        return nil
    }

    private static let months: [(key: UInt32, long: StaticString)] = [
        (0x6A616E, "january"), (0x666562, "february"), (0x6D6172, "march"), (0x617072, "april"), (0x6D6179, "may"),
        (0x6A756E, "june"), (0x6A756C, "july"), (0x617567, "august"), (0x736570, "september"), (0x6F6374, "october"),
        (0x6E6F76, "november"), (0x646563, "december"),
    ]
    private static let weekdays: [UInt32] = [0x6D6F6E, 0x747565, 0x776564, 0x746875, 0x667269, 0x736174, 0x73756E]
}
