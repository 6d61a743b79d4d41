/// How a time is written: Go's layouts, which show how the second of January 2006, 15:04:05 would look.
///
/// - Spec: Go, package time, constants and `Time.Format`.
package struct TimeLayout: Sendable {
    enum Part: Sendable, Equatable {
        case literal([UInt8])
        case longYear, year
        case longMonth, shortMonth, zeroMonth, month
        case longWeekday, shortWeekday
        case zeroDay, spaceDay, day, zeroDayOfYear, spaceDayOfYear
        case hour, zeroHour12, hour12, zeroMinute, minute, zeroSecond, second
        case capitalHalf, smallHalf
        case zoneName
        /// `-0700` and its like; with `Z` for UTC, with colons, hours only or down to seconds.
        case offset(isZ: Bool, hasColons: Bool, parts: Int)
        /// `.000` and `.999`: digits of a second, the latter without trailing zeros.
        case fraction(digits: Int, isTrimmed: Bool, separator: UInt8)
    }

    let parts: [Part]

    package init(_ text: String) {
        let bytes = Array(text.utf8)
        var parts: [Part] = []
        var literal: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard let (part, length) = Self.part(bytes, index) else {
                literal.append(bytes[index])
                index += 1
                continue
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal.removeAll()
            parts.append(part)
            index += length
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    // MARK: Layouts

    private static func part(_ bytes: [UInt8], _ index: Int) -> (Part, Int)? {
        func has(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard index + count <= bytes.count else { return false }
            return word.withUTF8Buffer { word in
                for offset in 0..<count where bytes[index + offset] != word[offset] { return false }
                return true
            }
        }
        /// A word that goes on in lower case is another word.
        func isLowercase(after count: Int) -> Bool {
            index + count < bytes.count && bytes[index + count] &- UInt8(ascii: "a") < 26
        }
        switch bytes[index] {
        case UInt8(ascii: "J"):
            if has("January") { return (.longMonth, 7) }
            if has("Jan"), !isLowercase(after: 3) { return (.shortMonth, 3) }
        case UInt8(ascii: "M"):
            if has("Monday") { return (.longWeekday, 6) }
            if has("Mon"), !isLowercase(after: 3) { return (.shortWeekday, 3) }
            if has("MST") { return (.zoneName, 3) }
        case UInt8(ascii: "0"):
            if has("002") { return (.zeroDayOfYear, 3) }
            guard index + 1 < bytes.count else { return nil }
            switch bytes[index + 1] {
            case UInt8(ascii: "1"): return (.zeroMonth, 2)
            case UInt8(ascii: "2"): return (.zeroDay, 2)
            case UInt8(ascii: "3"): return (.zeroHour12, 2)
            case UInt8(ascii: "4"): return (.zeroMinute, 2)
            case UInt8(ascii: "5"): return (.zeroSecond, 2)
            case UInt8(ascii: "6"): return (.year, 2)
            default: return nil
            }
        case UInt8(ascii: "1"): return has("15") ? (.hour, 2) : (.month, 1)
        case UInt8(ascii: "2"): return has("2006") ? (.longYear, 4) : (.day, 1)
        case UInt8(ascii: "_"):
            // Here the underscore is one, before the year.
            if has("_2006") { return nil }
            if has("_2") { return (.spaceDay, 2) }
            if has("__2") { return (.spaceDayOfYear, 3) }
        case UInt8(ascii: "3"): return (.hour12, 1)
        case UInt8(ascii: "4"): return (.minute, 1)
        case UInt8(ascii: "5"): return (.second, 1)
        case UInt8(ascii: "P"): return has("PM") ? (.capitalHalf, 2) : nil
        case UInt8(ascii: "p"): return has("pm") ? (.smallHalf, 2) : nil
        case UInt8(ascii: "-"), UInt8(ascii: "Z"):
            let isZ = bytes[index] == UInt8(ascii: "Z")
            if has("-070000") || has("Z070000") { return (.offset(isZ: isZ, hasColons: false, parts: 3), 7) }
            if has("-07:00:00") || has("Z07:00:00") { return (.offset(isZ: isZ, hasColons: true, parts: 3), 9) }
            if has("-0700") || has("Z0700") { return (.offset(isZ: isZ, hasColons: false, parts: 2), 5) }
            if has("-07:00") || has("Z07:00") { return (.offset(isZ: isZ, hasColons: true, parts: 2), 6) }
            if has("-07") || has("Z07") { return (.offset(isZ: isZ, hasColons: false, parts: 1), 3) }
        case UInt8(ascii: "."), UInt8(ascii: ","):
            guard index + 1 < bytes.count else { return nil }
            let digit = bytes[index + 1]
            guard digit == UInt8(ascii: "0") || digit == UInt8(ascii: "9") else { return nil }
            var end = index + 1
            while end < bytes.count, bytes[end] == digit { end += 1 }
            guard end == bytes.count || bytes[end] &- UInt8(ascii: "0") >= 10 else { return nil }
            return (
                .fraction(
                    digits: end - index - 1, isTrimmed: digit == UInt8(ascii: "9"), separator: bytes[index]),
                end - index
            )
        default: break
        }
        return nil
    }

    // MARK: Printing

    package func print(_ time: TemplateTime) -> String {
        let moment = Calendar.Parts(time)
        var output: [UInt8] = []
        output.reserveCapacity(32)
        for part in parts { Self.print(part, moment, time.nanosecond, into: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    private static func print(
        _ part: Part, _ moment: Calendar.Parts, _ nanosecond: Int, into output: inout [UInt8]
    ) {
        let hour12 = moment.hour % 12 == 0 ? 12 : moment.hour % 12
        switch part {
        case .literal(let bytes): output += bytes
        case .longYear:
            if moment.year < 0 { output.append(UInt8(ascii: "-")) }
            pad(Int(moment.year.magnitude), 4, into: &output)
        case .year: pad(Int(moment.year.magnitude) % 100, 2, into: &output)
        case .longMonth: output += Calendar.months[moment.month - 1].utf8
        case .shortMonth: output += Calendar.months[moment.month - 1].utf8.prefix(3)
        case .zeroMonth: pad(moment.month, 2, into: &output)
        case .month: pad(moment.month, 1, into: &output)
        case .longWeekday: output += Calendar.weekdays[moment.weekday].utf8
        case .shortWeekday: output += Calendar.weekdays[moment.weekday].utf8.prefix(3)
        case .zeroDay: pad(moment.day, 2, into: &output)
        case .spaceDay: pad(moment.day, 2, with: UInt8(ascii: " "), into: &output)
        case .day: pad(moment.day, 1, into: &output)
        case .zeroDayOfYear: pad(moment.dayOfYear, 3, into: &output)
        case .spaceDayOfYear: pad(moment.dayOfYear, 3, with: UInt8(ascii: " "), into: &output)
        case .hour: pad(moment.hour, 2, into: &output)
        case .zeroHour12: pad(hour12, 2, into: &output)
        case .hour12: pad(hour12, 1, into: &output)
        case .zeroMinute: pad(moment.minute, 2, into: &output)
        case .minute: pad(moment.minute, 1, into: &output)
        case .zeroSecond: pad(moment.second, 2, into: &output)
        case .second: pad(moment.second, 1, into: &output)
        case .capitalHalf: output += (moment.hour >= 12 ? "PM" : "AM").utf8
        case .smallHalf: output += (moment.hour >= 12 ? "pm" : "am").utf8
        case .zoneName:
            if moment.zoneName.isEmpty {
                print(
                    .offset(isZ: false, hasColons: false, parts: moment.offset % 3600 == 0 ? 1 : 2), moment, 0,
                    into: &output)
            } else {
                output += moment.zoneName.utf8
            }
        case .offset(let isZ, let hasColons, let count):
            guard !isZ || moment.offset != 0 else {
                output.append(UInt8(ascii: "Z"))
                return
            }
            output.append(moment.offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            let offset = Int(moment.offset.magnitude)
            pad(offset / 3600, 2, into: &output)
            if count > 1 {
                if hasColons { output.append(UInt8(ascii: ":")) }
                pad(offset / 60 % 60, 2, into: &output)
            }
            if count > 2 {
                if hasColons { output.append(UInt8(ascii: ":")) }
                pad(offset % 60, 2, into: &output)
            }
        case .fraction(let count, let isTrimmed, let separator):
            var digits: [UInt8] = []
            pad(nanosecond, 9, into: &digits)
            if count > 9 { digits += [UInt8](repeating: UInt8(ascii: "0"), count: min(count - 9, 1024)) }
            digits = Array(digits.prefix(count))
            if isTrimmed { while digits.last == UInt8(ascii: "0") { digits.removeLast() } }
            if digits.isEmpty { return }
            output.append(separator)
            output += digits
        }
    }

    private static func pad(
        _ value: Int, _ width: Int, with byte: UInt8 = UInt8(ascii: "0"), into output: inout [UInt8]
    ) {
        let digits = String(value).utf8
        for _ in 0..<max(0, width - digits.count) { output.append(byte) }
        output += digits
    }
}
