/// The rule for times after a zone's last known transition: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// - Spec: POSIX.1, TZ, with the names in angle brackets; RFC 9636, section 3.3.
struct TimeZoneFooter: Sendable {
    private enum Day: Sendable {
        /// 1 to 365, February 29 never counted.
        case julian(Int)
        /// From 0, February 29 counted.
        case ordinal(Int)
        /// Of a month the week (5 is the last) and its weekday.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    private struct Change: Sendable {
        var day: Day
        /// Seconds after midnight by the clocks before the change; may be of another day.
        var time: Int64
    }

    private let standard: TimeZoneTable.Rule
    private let summer: (rule: TimeZoneTable.Rule, start: Change, end: Change)?

    /// Nil when there is none between the two line breaks, or it is none.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.first == UInt8(ascii: "\n") else { return nil }
        var reader = FooterReader(Array(bytes.dropFirst().prefix { $0 != UInt8(ascii: "\n") }))
        guard let name = reader.name(), let offset = reader.time() else { return nil }
        standard = TimeZoneTable.Rule(offset: -Int(offset), name: name, isSummer: false)
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard let summerName = reader.name() else { return nil }
        var summerOffset = standard.offset + 3600
        if !reader.isNext(UInt8(ascii: ",")) {
            guard let offset = reader.time() else { return nil }
            summerOffset = -Int(offset)
        }
        guard reader.take(UInt8(ascii: ",")), let start = Self.change(&reader), reader.take(UInt8(ascii: ",")),
            let end = Self.change(&reader), reader.isAtEnd
        else { return nil }
        summer = (TimeZoneTable.Rule(offset: summerOffset, name: summerName, isSummer: true), start, end)
    }

    /// The rule at a time, and from when until when it is valid; not before some time.
    func span(at seconds: Int64, after first: Int64) -> (rule: TimeZoneTable.Rule, start: Int64, end: Int64) {
        guard let summer else { return (standard, first, .max) }
        let days = Calendar.floorDivide(seconds &+ Int64(standard.offset), 86_400)
        let year = Calendar.civil(days).year
        var changes: [(time: Int64, isSummer: Bool)] = []
        for year in (year - 1)...(year + 1) {
            changes.append((Self.moment(summer.start, year, standard.offset), true))
            changes.append((Self.moment(summer.end, year, summer.rule.offset), false))
        }
        changes.sort { $0.time < $1.time }
        let next = changes.firstIndex { $0.time > seconds } ?? changes.count
        let isSummer = next > 0 ? changes[next - 1].isSummer : !changes[0].isSummer
        return (
            isSummer ? summer.rule : standard, max(first, next > 0 ? changes[next - 1].time : .min),
            next < changes.count ? changes[next].time : .max
        )
    }

    private static func moment(_ change: Change, _ year: Int64, _ offset: Int) -> Int64 {
        let first = Calendar.days(year: year, month: 1, day: 1)
        let day: Int64
        switch change.day {
        case .julian(let number):
            let isLater = Calendar.isLeap(Int(year)) && number >= 60
            day = first + Int64(number - 1 + (isLater ? 1 : 0))
        case .ordinal(let number): day = first + Int64(number)
        case .weekday(let month, let week, let weekday):
            let start = Calendar.days(year: year, month: Int64(month), day: 1)
            let startWeekday = Int(((start + 4) % 7 + 7) % 7)
            var number = (weekday - startWeekday + 7) % 7 + 7 * (week - 1)
            while number >= Calendar.daysIn(month: month, of: Int(year)) { number -= 7 }
            day = start + Int64(number)
        }
        return day &* 86_400 &+ change.time &- Int64(offset)
    }

    private static func change(_ reader: inout FooterReader) -> Change? {
        let day: Day
        if reader.take(UInt8(ascii: "M")) {
            guard let month = reader.number(), (1...12).contains(month), reader.take(UInt8(ascii: ".")),
                let week = reader.number(), (1...5).contains(week), reader.take(UInt8(ascii: ".")),
                let weekday = reader.number(), (0...6).contains(weekday)
            else { return nil }
            day = .weekday(month: month, week: week, weekday: weekday)
        } else if reader.take(UInt8(ascii: "J")) {
            guard let number = reader.number(), (1...365).contains(number) else { return nil }
            day = .julian(number)
        } else {
            guard let number = reader.number(), (0...365).contains(number) else { return nil }
            day = .ordinal(number)
        }
        var time: Int64 = 7200
        if reader.take(UInt8(ascii: "/")) {
            guard let value = reader.time() else { return nil }
            time = value
        }
        return Change(day: day, time: time)
    }
}

private struct FooterReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    func isNext(_ byte: UInt8) -> Bool { place < bytes.count && bytes[place] == byte }

    mutating func take(_ byte: UInt8) -> Bool {
        guard isNext(byte) else { return false }
        place += 1
        return true
    }

    mutating func name() -> String? {
        let isBracketed = take(UInt8(ascii: "<"))
        let start = place
        while place < bytes.count,
            isBracketed ? bytes[place] != UInt8(ascii: ">") : (bytes[place] | 0x20) &- UInt8(ascii: "a") < 26
        {
            place += 1
        }
        let name = String(decoding: bytes[start..<place], as: UTF8.self)
        if isBracketed, !take(UInt8(ascii: ">")) { return nil }
        return name.utf8.count >= 3 ? name : nil
    }

    mutating func number() -> Int? {
        var value: Int?
        while place < bytes.count, bytes[place] &- UInt8(ascii: "0") < 10 {
            value = min((value ?? 0) * 10 + Int(bytes[place] - UInt8(ascii: "0")), 100_000)
            place += 1
        }
        return value
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time() -> Int64? {
        let isNegative = take(UInt8(ascii: "-"))
        if !isNegative { _ = take(UInt8(ascii: "+")) }
        guard let hours = number(), hours <= 167 else { return nil }
        var seconds = hours * 3600
        if take(UInt8(ascii: ":")) {
            guard let minutes = number(), minutes < 60 else { return nil }
            seconds += minutes * 60
            if take(UInt8(ascii: ":")) {
                guard let rest = number(), rest < 60 else { return nil }
                seconds += rest
            }
        }
        return Int64(isNegative ? -seconds : seconds)
    }
}
