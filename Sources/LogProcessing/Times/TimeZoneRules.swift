import TelemetryModel

/// The changes of a time zone's offset, as a file of the zone database tells them.
package struct TimeZoneRules: Sendable, Equatable {
    /// Seconds since the epoch, ascending, and the offset from then on.
    private let changes: [(at: Int, offset: Int)]
    private let firstOffset: Int
    private let tail: PosixZone?

    /// Changes that a file may have.
    private static let changesMax = 10_000

    package static func == (left: TimeZoneRules, right: TimeZoneRules) -> Bool {
        left.firstOffset == right.firstOffset && left.tail == right.tail
            && left.changes.elementsEqual(right.changes) { $0.at == $1.at && $0.offset == $1.offset }
    }

    /// Nil when the bytes are no zone file of version 2 or later (RFC 8536).
    package init?(zoneFile bytes: [UInt8]) {
        func number(_ place: Int, _ width: Int) -> Int? {
            guard place >= 0, place + width <= bytes.count else { return nil }
            var value: UInt64 = bytes[place] >= 0x80 ? .max : 0
            for byte in bytes[place..<place + width] { value = value << 8 | UInt64(byte) }
            return Int(Int64(bitPattern: value))
        }
        struct Header {
            let body: Int
            let counts: [Int]
            func length(_ timeBytes: Int) -> Int {
                counts[3] * timeBytes + counts[3] + counts[4] * 6 + counts[5] + counts[2] * (timeBytes + 4) + counts[1]
                    + counts[0]
            }
        }
        func header(_ place: Int) -> Header? {
            guard place + 44 <= bytes.count, bytes[place..<place + 4].elementsEqual("TZif".utf8),
                bytes[place + 4] >= UInt8(ascii: "2")
            else { return nil }
            let counts = (0..<6).compactMap { number(place + 20 + 4 * $0, 4) }
            guard counts.count == 6, counts.allSatisfy({ (0...TimeZoneRules.changesMax).contains($0) }) else {
                return nil
            }
            return Header(body: place + 44, counts: counts)
        }
        // The first block has times of 32 bits, for readers of version 1.
        guard let first = header(0), let second = header(first.body + first.length(4)) else { return nil }
        let times = second.body, count = second.counts[3], types = second.counts[4]
        let kinds = times + count * 8
        let offsets = (0..<types).compactMap { number(kinds + count + 6 * $0, 4) }
        guard offsets.count == types, let firstOffset = offsets.first, kinds + count <= bytes.count else { return nil }
        var changes: [(at: Int, offset: Int)] = []
        for index in 0..<count {
            guard let time = number(times + 8 * index, 8), offsets.indices.contains(Int(bytes[kinds + index])) else {
                return nil
            }
            // Files may hold the big bang; local times of that are not asked for.
            changes.append((max(-1 << 40, min(1 << 40, time)), offsets[Int(bytes[kinds + index])]))
        }
        self.changes = changes
        self.firstOffset = firstOffset
        let footer = bytes.dropFirst(second.body + second.length(8) + 1).prefix { $0 != 0x0A }
        tail = PosixZone(Array(footer))
    }

    func offset(ofLocalSeconds local: Int) -> Int {
        if let tail, local > (changes.last?.at ?? .min) &+ 86400 * 2 || changes.isEmpty {
            return tail.offset(ofLocalSeconds: local)
        }
        // The last change at or before the local time: the clock then read its time with the offset from before.
        var low = 0, high = changes.count
        while low < high {
            let middle = (low + high) / 2
            let before = middle == 0 ? firstOffset : changes[middle - 1].offset
            // With clocks set back the first of the two times is meant, which is before the change.
            if changes[middle].at + max(before, changes[middle].offset) <= local {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low == 0 ? firstOffset : changes[low - 1].offset
    }
}

/// The rule in the footer of a zone file, for times after its last change: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// - Spec: POSIX.1, environment variable TZ, of whose date forms zone files use `Mm.w.d` and `Jn`.
struct PosixZone: Sendable, Equatable {
    private struct Change: Sendable, Equatable {
        var month = 0, week = 0, weekday = 0
        /// Day of the year from 1 without leap days, in place of the month's.
        var day: Int?
        var seconds = 7200

        func localSeconds(in year: Int) -> Int {
            if let day {
                let isLeap = CivilTime.days(year, 3, 1) - CivilTime.days(year, 2, 1) == 29
                return (CivilTime.days(year, 1, 1) + day - 1 + (isLeap && day >= 60 ? 1 : 0)) * 86400 + seconds
            }
            let first = CivilTime.days(year, month, 1)
            let next = month == 12 ? CivilTime.days(year + 1, 1, 1) : CivilTime.days(year, month + 1, 1)
            // 1970-01-01 was a Thursday.
            let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
            var date = first + (weekday - weekdayOfFirst + 7) % 7 + (week - 1) * 7
            while date >= next { date -= 7 }
            return date * 86400 + seconds
        }
    }

    private let standard: Int
    private let daylight: Int
    private let begin: Change?
    private let end: Change?

    init?(_ bytes: [UInt8]) {
        let parsed = bytes.withUnsafeBufferPointer { buffer -> (Int, Int, Change?, Change?)? in
            var text = Text(buffer)
            guard Self.name(&text), let west = Self.time(&text) else { return nil }
            guard !text.isEmpty else { return (-west, -west, nil, nil) }
            guard Self.name(&text) else { return nil }
            var daylight = 3600 - west
            if text.first != UInt8(ascii: ",") {
                guard let west = Self.time(&text) else { return nil }
                daylight = -west
            }
            guard text.take(UInt8(ascii: ",")), let begin = Self.change(&text), text.take(UInt8(ascii: ",")),
                let end = Self.change(&text)
            else { return nil }
            return (-west, daylight, begin, end)
        }
        guard let parsed else { return nil }
        (standard, daylight, begin, end) = parsed
    }

    func offset(ofLocalSeconds local: Int) -> Int {
        guard let begin, let end else { return standard }
        let year = CivilTime.year(
            of: .init(nanoseconds: Int64(max(-9_000_000_000, min(9_000_000_000, local))) * 1_000_000_000))
        let from = begin.localSeconds(in: year) + (daylight - standard)
        let to = end.localSeconds(in: year)
        let isDaylight = from < to ? (from <= local && local < to) : !(to <= local && local < from)
        return isDaylight ? daylight : standard
    }

    private static func name(_ text: inout Text) -> Bool {
        if text.take(UInt8(ascii: "<")) { return text.take(until: UInt8(ascii: ">")) != nil }
        return text.take { Bytes.isLetter($0) }.count >= 3
    }

    private static func time(_ text: inout Text) -> Int? {
        let isNegative = text.take(UInt8(ascii: "-"))
        if !isNegative { _ = text.take(UInt8(ascii: "+")) }
        guard let hours = text.takeNumber(1, 3) else { return nil }
        var seconds = hours * 3600
        if text.take(UInt8(ascii: ":")) {
            guard let minutes = text.takeNumber(2, 2) else { return nil }
            seconds += minutes * 60
            if text.take(UInt8(ascii: ":")) { seconds += text.takeNumber(2, 2) ?? 0 }
        }
        return isNegative ? -seconds : seconds
    }

    private static func change(_ text: inout Text) -> Change? {
        var change = Change()
        if text.take(UInt8(ascii: "J")) {
            guard let day = text.takeNumber(1, 3), (1...365).contains(day) else { return nil }
            change.day = day
        } else {
            guard text.take(UInt8(ascii: "M")), let month = text.takeNumber(1, 2), text.take(UInt8(ascii: ".")),
                let week = text.takeNumber(1, 1), text.take(UInt8(ascii: ".")), let weekday = text.takeNumber(1, 1),
                (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
            else { return nil }
            change.month = month
            change.week = week
            change.weekday = weekday
        }
        if text.take(UInt8(ascii: "/")) {
            guard let seconds = time(&text) else { return nil }
            change.seconds = seconds
        }
        return change
    }
}
