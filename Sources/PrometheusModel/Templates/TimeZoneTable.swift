/// The rules of a time zone: how far its clocks are from UTC, and when.
///
/// - Spec: RFC 9636 (TZif): the version 1 block is passed over where there is a second one; times after the last
///   transition follow the rule of the footer.
package struct TimeZoneTable: Sendable {
    package struct Rule: Sendable, Equatable {
        /// Seconds east of Greenwich.
        package let offset: Int
        /// `CEST`
        package let name: String
        let isSummer: Bool
    }

    private let rules: [Rule]
    /// When rule `transitions[i].rule` begins, ascending.
    private let transitions: [(time: Int64, rule: Int)]
    /// Before the first transition.
    private let first: Rule
    private let footer: TimeZoneFooter?

    package static let utc = TimeZoneTable(name: "UTC", offset: 0)

    /// Zones with one rule for ever.
    package init(name: String, offset: Int) {
        first = Rule(offset: offset, name: name, isSummer: false)
        (rules, transitions, footer) = ([], [], nil)
    }

    /// Decodes a file of the time zone database; nil when it is none.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count <= 1 << 20, let header = Header(bytes, at: 0) else { return nil }
        var data = header
        if header.version >= 2 {
            guard let second = Header(bytes, at: header.end) else { return nil }
            data = second
        }
        guard data.end <= bytes.count, data.types > 0 else { return nil }
        var rules: [Rule] = []
        for index in 0..<data.types {
            let place = data.typesStart + 6 * index
            let nameStart = data.namesStart + Int(bytes[place + 5])
            guard nameStart < data.namesStart + data.nameBytes else { return nil }
            let name = bytes[nameStart..<data.namesStart + data.nameBytes].prefix { $0 != 0 }
            let offset = Header.number(bytes, at: place, width: 4)
            // Nobody's clocks are a week apart from UTC.
            guard offset.magnitude <= 604_800 else { return nil }
            rules.append(
                Rule(
                    offset: Int(offset), name: String(decoding: name, as: UTF8.self), isSummer: bytes[place + 4] != 0))
        }
        var transitions: [(time: Int64, rule: Int)] = []
        for index in 0..<data.times {
            let rule = Int(bytes[data.indexesStart + index])
            guard rule < rules.count else { return nil }
            let time = Header.number(bytes, at: data.timesStart + data.timeWidth * index, width: data.timeWidth)
            if let last = transitions.last, last.time >= time { return nil }
            transitions.append((time, rule))
        }
        self.rules = rules
        self.transitions = transitions
        first = rules.first { !$0.isSummer } ?? rules[0]
        footer = header.version >= 2 ? TimeZoneFooter(bytes[data.end...]) : nil
    }

    package func rule(at seconds: Int64) -> Rule { span(at: seconds).rule }

    /// When a clock in the zone shows a time, given as if it were UTC. A time that it shows twice is the first of them, as
    /// Go has it in most cases; one that it never shows is moved by the gap.
    package func moment(ofLocal seconds: Int64) -> Int64 {
        let guess = span(at: seconds)
        let moment = seconds &- Int64(guess.rule.offset)
        if moment >= guess.start, moment < guess.end { return moment }
        return seconds &- Int64(rule(at: moment).offset)
    }

    /// How far the clocks are from UTC under a rule's name, if there is one; that at about a time is preferred.
    package func offset(named name: String, at seconds: Int64) -> Int? {
        for rule in rules + [first] where rule.name == name {
            if self.rule(at: seconds &- Int64(rule.offset)).name == name { return rule.offset }
        }
        return (rules + [first]).first { $0.name == name }?.offset
    }

    private func span(at seconds: Int64) -> (rule: Rule, start: Int64, end: Int64) {
        guard let last = transitions.last else {
            return footer?.span(at: seconds, after: .min) ?? (first, .min, .max)
        }
        if seconds >= last.time {
            return footer?.span(at: seconds, after: last.time) ?? (rules[last.rule], last.time, .max)
        }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].time <= seconds { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return (first, .min, transitions[0].time) }
        return (rules[transitions[low - 1].rule], transitions[low - 1].time, transitions[low].time)
    }
}

/// Where things are in a block of a TZif file.
private struct Header {
    let version: Int
    let times: Int, types: Int, nameBytes: Int
    let timeWidth: Int
    let timesStart: Int, indexesStart: Int, typesStart: Int, namesStart: Int
    let end: Int

    init?(_ bytes: [UInt8], at start: Int) {
        guard start + 44 <= bytes.count, Array(bytes[start..<start + 4]) == Array("TZif".utf8) else { return nil }
        version = bytes[start + 4] == 0 ? 1 : Int(bytes[start + 4]) - Int(UInt8(ascii: "0"))
        var counts: [Int] = []
        for index in 0..<6 {
            let count = Int(Self.number(bytes, at: start + 20 + 4 * index, width: 4))
            guard count >= 0, count <= bytes.count else { return nil }
            counts.append(count)
        }
        let (flagsUTC, flagsStandard, leaps) = (counts[0], counts[1], counts[2])
        (times, types, nameBytes) = (counts[3], counts[4], counts[5])
        timeWidth = start == 0 ? 4 : 8
        timesStart = start + 44
        indexesStart = timesStart + timeWidth * times
        typesStart = indexesStart + times
        namesStart = typesStart + 6 * types
        end = namesStart + nameBytes + leaps * (timeWidth + 4) + flagsStandard + flagsUTC
        guard end <= bytes.count else { return nil }
    }

    /// A signed number, its highest byte first.
    static func number(_ bytes: [UInt8], at place: Int, width: Int) -> Int64 {
        var value: Int64 = bytes[place] >= 0x80 ? -1 : 0
        for byte in bytes[place..<place + width] { value = value << 8 | Int64(byte) }
        return value
    }
}
