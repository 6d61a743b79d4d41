extension TimeLayout {
    /// Reads a text as the layout says.
    ///
    /// - Parameter zone: where the text names none.
    /// - Returns: nil when the text is not written so, or there is no such day or time.
    /// - Spec: Go, `time.ParseInLocation`: a second may have digits after a point that the layout does not ask for; a
    ///   space in the layout stands for any number of them.
    package func parse(_ text: String, in zone: TimeZoneTable) -> TemplateTime? {
        var reader = TimeReader(Array(text.utf8))
        for (index, part) in parts.enumerated() {
            let next = index + 1 < parts.count ? parts[index + 1] : nil
            guard reader.read(part, next: next) else { return nil }
        }
        return reader.finish(in: zone)
    }
}

/// What a text said of a time so far.
private struct TimeReader {
    private let bytes: [UInt8]
    private var place = 0

    private var year = 0
    private var month: Int?
    private var day: Int?
    private var dayOfYear: Int?
    private var hour = 0
    private var minute = 0
    private var second = 0
    private var nanosecond = 0
    private var isAfternoon = false
    private var isMorning = false
    private var offset: Int?
    private var isUTC = false
    private var zoneName: String?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ ahead: Int = 0) -> UInt8? { place + ahead < bytes.count ? bytes[place + ahead] : nil }

    private func isDigit(_ ahead: Int = 0) -> Bool { byte(ahead).map { $0 &- UInt8(ascii: "0") < 10 } ?? false }

    mutating func read(_ part: TimeLayout.Part, next: TimeLayout.Part?) -> Bool {
        switch part {
        case .literal(let literal): return skip(literal)
        case .longYear:
            guard let value = number(digits: 4) else { return false }
            year = value
        case .year:
            guard let value = number(digits: 2) else { return false }
            year = value >= 69 ? 1900 + value : 2000 + value
        case .longMonth, .shortMonth:
            guard let index = name(Calendar.months, isShort: part == .shortMonth) else { return false }
            month = index + 1
        case .longWeekday, .shortWeekday: return name(Calendar.weekdays, isShort: part == .shortWeekday) != nil
        case .zeroMonth, .month:
            guard let value = number(isFixed: part == .zeroMonth), (1...12).contains(value) else { return false }
            month = value
        case .zeroDay, .spaceDay, .day:
            if part == .spaceDay, byte() == UInt8(ascii: " ") { place += 1 }
            guard let value = number(isFixed: part == .zeroDay) else { return false }
            day = value
        case .zeroDayOfYear, .spaceDayOfYear:
            var blanks = 0
            while part == .spaceDayOfYear, blanks < 2, byte() == UInt8(ascii: " ") {
                place += 1
                blanks += 1
            }
            guard let value = number(digits: 3 - blanks) else { return false }
            dayOfYear = value
        case .hour:
            guard let value = number(isFixed: false), value < 24 else { return false }
            hour = value
        case .zeroHour12, .hour12:
            guard let value = number(isFixed: part == .zeroHour12), value <= 12 else { return false }
            hour = value
        case .zeroMinute, .minute:
            guard let value = number(isFixed: part == .zeroMinute), value < 60 else { return false }
            minute = value
        case .zeroSecond, .second:
            guard let value = number(isFixed: part == .zeroSecond), value < 60 else { return false }
            second = value
            if case .fraction = next { return true }
            readFraction()
        case .capitalHalf, .smallHalf: return readHalf(isCapital: part == .capitalHalf)
        case .zoneName: return readZoneName()
        case .offset(let isZ, let hasColons, let count): return readOffset(isZ, hasColons, count)
        case .fraction(let count, let isTrimmed, _):
            if isTrimmed {
                readFraction()
                return true
            }
            guard byte() == UInt8(ascii: ".") || byte() == UInt8(ascii: ","),
                (1...count).allSatisfy({ isDigit($0) })
            else { return false }
            place += 1
            nanosecond = fraction(count)
        }
        return true
    }

    func finish(in zone: TimeZoneTable) -> TemplateTime? {
        guard place == bytes.count else { return nil }
        var hour = hour
        if isAfternoon, hour < 12 { hour += 12 }
        if isMorning, hour == 12 { hour = 0 }
        var (month, day) = (month, day)
        if let dayOfYear {
            guard dayOfYear >= 1, dayOfYear <= (Calendar.isLeap(year) ? 366 : 365) else { return nil }
            let first = Calendar.days(year: Int64(year), month: 1, day: 1)
            let date = Calendar.civil(first + Int64(dayOfYear) - 1)
            guard month == nil || month == Int(date.month), day == nil || day == Int(date.day) else { return nil }
            (month, day) = (Int(date.month), Int(date.day))
        }
        let (wantedMonth, wantedDay) = (month ?? 1, day ?? 1)
        guard wantedDay >= 1, wantedDay <= Calendar.daysIn(month: wantedMonth, of: year) else { return nil }
        let days = Calendar.days(year: Int64(year), month: Int64(wantedMonth), day: Int64(wantedDay))
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        if isUTC { return TemplateTime(seconds: seconds, nanosecond: nanosecond) }
        if let offset {
            let moment = seconds - Int64(offset)
            let rule = zone.rule(at: moment)
            let isSame = rule.offset == offset && (zoneName == nil || zoneName == rule.name)
            return TemplateTime(
                seconds: moment, nanosecond: nanosecond,
                zone: isSame ? zone : TimeZoneTable(name: zoneName ?? "", offset: offset))
        }
        if let zoneName {
            // A name that the zone does not have is taken for one at Greenwich, but for `GMT+3`.
            if let offset = zone.offset(named: zoneName, at: seconds) {
                return TemplateTime(seconds: seconds - Int64(offset), nanosecond: nanosecond, zone: zone)
            }
            var offset = 0
            if zoneName.hasPrefix("GMT"), let hours = Int(zoneName.dropFirst(3)), hours.magnitude < 24 {
                offset = hours * 3600
            }
            return TemplateTime(
                seconds: seconds - Int64(offset), nanosecond: nanosecond,
                zone: TimeZoneTable(name: zoneName, offset: offset))
        }
        return TemplateTime(seconds: zone.moment(ofLocal: seconds), nanosecond: nanosecond, zone: zone)
    }

    // MARK: Parts

    private mutating func skip(_ literal: [UInt8]) -> Bool {
        var index = 0
        while index < literal.count {
            if literal[index] == UInt8(ascii: " ") {
                guard byte() == nil || byte() == UInt8(ascii: " ") else { return false }
                while index < literal.count, literal[index] == UInt8(ascii: " ") { index += 1 }
                while byte() == UInt8(ascii: " ") { place += 1 }
                continue
            }
            guard byte() == literal[index] else { return false }
            index += 1
            place += 1
        }
        return true
    }

    private mutating func number(digits: Int) -> Int? {
        guard (0..<digits).allSatisfy({ isDigit($0) }) else { return nil }
        var value = 0
        for byte in bytes[place..<place + digits] { value = value * 10 + Int(byte - UInt8(ascii: "0")) }
        place += digits
        return value
    }

    /// Two digits, or one where it is not fixed.
    private mutating func number(isFixed: Bool) -> Int? { number(digits: isFixed || isDigit(1) ? 2 : 1) }

    private mutating func name(_ names: [String], isShort: Bool) -> Int? {
        for (index, name) in names.enumerated() {
            let wanted = isShort ? Array(name.utf8.prefix(3)) : Array(name.utf8)
            guard place + wanted.count <= bytes.count else { continue }
            let isSame = zip(wanted, bytes[place..<place + wanted.count]).allSatisfy { $0 | 0x20 == $1 | 0x20 }
            guard isSame else { continue }
            place += wanted.count
            return index
        }
        return nil
    }

    /// Digits after a point or a comma, any number of them or none.
    private mutating func readFraction() {
        guard byte() == UInt8(ascii: ".") || byte() == UInt8(ascii: ","), isDigit(1) else { return }
        place += 1
        var count = 0
        while isDigit(count) { count += 1 }
        nanosecond = fraction(count)
    }

    private mutating func fraction(_ count: Int) -> Int {
        var value = 0
        for index in 0..<9 {
            value = value * 10 + (index < count ? Int(bytes[place + index] - UInt8(ascii: "0")) : 0)
        }
        place += count
        return value
    }

    private mutating func readHalf(isCapital: Bool) -> Bool {
        guard let first = byte(), byte(1) == UInt8(ascii: isCapital ? "M" : "m") else { return false }
        if first == UInt8(ascii: isCapital ? "P" : "p") {
            isAfternoon = true
        } else if first == UInt8(ascii: isCapital ? "A" : "a") {
            isMorning = true
        } else {
            return false
        }
        place += 2
        return true
    }

    private mutating func readZoneName() -> Bool {
        var count = 0
        while let letter = byte(count), letter &- UInt8(ascii: "A") < 26 { count += 1 }
        if count == 0, byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") {
            count = 1
            while isDigit(count) { count += 1 }
            guard count == 3 || count == 5 else { return false }
        } else {
            guard (3...5).contains(count) else { return false }
            let isGMT = String(decoding: bytes[place..<place + count], as: UTF8.self) == "GMT"
            if isGMT, byte(count) == UInt8(ascii: "+") || byte(count) == UInt8(ascii: "-"), isDigit(count + 1) {
                count += 1
                while isDigit(count), count < 6 { count += 1 }
            }
        }
        let name = String(decoding: bytes[place..<place + count], as: UTF8.self)
        place += count
        if name == "UTC" { isUTC = true } else { zoneName = name }
        return true
    }

    private mutating func readOffset(_ isZ: Bool, _ hasColons: Bool, _ count: Int) -> Bool {
        if isZ, byte() == UInt8(ascii: "Z") {
            place += 1
            isUTC = true
            return true
        }
        guard let sign = byte(), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return false }
        place += 1
        var values = [0, 0, 0]
        for index in 0..<count {
            if index > 0, hasColons {
                guard byte() == UInt8(ascii: ":") else { return false }
                place += 1
            }
            guard let value = number(digits: 2) else { return false }
            values[index] = value
        }
        guard values[0] <= 24, values[1] < 60, values[2] < 60 else { return false }
        let seconds = values[0] * 3600 + values[1] * 60 + values[2]
        offset = sign == UInt8(ascii: "-") ? -seconds : seconds
        return true
    }
}
