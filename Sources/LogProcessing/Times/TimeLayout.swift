package import TelemetryModel

/// A layout of times from a configuration: Go's reference time, strftime, or a name.
///
/// - Spec: Go `time.Layout` (`Mon Jan 2 15:04:05 MST 2006`), C `strftime`, and the names of Filebeat's timestamp
///   processor (`UNIX`, `UNIX_MS`) and of Promtail's (`RFC3339`, `RFC1123`, `UnixNs`, …).
package struct TimeLayout: Sendable {
    private enum Piece: Sendable, Equatable {
        case literal(UInt8)
        /// One or more spaces.
        case space
        case year4, year2
        case monthNumber, monthName
        case day
        case dayOfYear
        case hour24, hour12
        case minute, second
        /// A point or comma and digits, which may be missing.
        case fraction
        /// Digits of a fraction whose point is a literal.
        case fractionDigits
        case half
        case weekday
        case offset
        case zoneName
        case unixSeconds
    }

    private enum Kind: Sendable {
        case pieces([Piece])
        case unix(UnixTime.Unit?)
        /// Any form that needs no layout.
        case any
    }

    package let source: String
    private let kind: Kind

    /// Nil when nothing in the layout is part of a time.
    package init?(_ layout: String) {
        source = layout
        switch layout.lowercased() {
        case "unix", "epoch": kind = .unix(.seconds)
        case "unix_ms", "unixms", "epoch_millis": kind = .unix(.milliseconds)
        case "unix_us", "unixus": kind = .unix(.microseconds)
        case "unix_ns", "unixns": kind = .unix(.nanoseconds)
        case "iso8601", "auto", "rfc3339", "rfc3339nano", "rfc1123", "rfc1123z", "rfc822", "rfc822z", "rfc850",
            "ansic", "unixdate", "stamp", "stampmilli", "stampmicro", "stampnano", "datetime":
            kind = .any
        default:
            let bytes = Array(layout.utf8)
            let isStrftime = bytes.contains(UInt8(ascii: "%"))
            let pieces = bytes.withUnsafeBufferPointer {
                isStrftime ? Self.strftime(Text($0)) : Self.go(Text($0))
            }
            guard let pieces, pieces.contains(where: { if case .literal = $0 { false } else { $0 != .space } }) else {
                return nil
            }
            kind = .pieces(pieces)
        }
    }

    /// Nil when the text, or what is left of it, is not of the layout.
    package func parse(_ text: String, zone: LogTimeZone, readTime: Timestamp) -> Timestamp? {
        var text = text
        return text.withUTF8 { bytes -> Timestamp? in
            let text = Text(bytes).trimmed()
            switch kind {
            case .any: return TimeText.parse(text, zone: zone, readTime: readTime)
            case .unix(let unit): return UnixTime.timestamp(text, unit)
            case .pieces(let pieces): return Self.parse(text, pieces, zone: zone, readTime: readTime)
            }
        }
    }

    private static func parse(
        _ text: Text, _ pieces: [Piece], zone: LogTimeZone, readTime: Timestamp
    ) -> Timestamp? {
        var text = text
        var time = CivilTime()
        var hasYear = false, isAfternoon: Bool?, dayOfYear: Int?
        for piece in pieces {
            switch piece {
            case .literal(let byte): guard text.take(byte) else { return nil }
            case .space: guard text.skipSpaces() > 0 else { return nil }
            case .year4:
                guard let number = text.takeNumber(4, 4) else { return nil }
                time.year = number
                hasYear = true
            case .year2:
                guard let number = text.takeNumber(2, 2) else { return nil }
                // As in Go and POSIX: 69 to 99 are of the last century.
                time.year = number < 69 ? 2000 + number : 1900 + number
                hasYear = true
            case .monthNumber:
                guard let number = text.takeNumber(1, 2) else { return nil }
                time.month = number
            case .monthName:
                guard let number = TimeScanner.month(&text) else { return nil }
                time.month = number
            case .day:
                text.skipSpaces()
                guard let number = text.takeNumber(1, 2) else { return nil }
                time.day = number
            case .dayOfYear:
                guard let number = text.takeNumber(1, 3), (1...366).contains(number) else { return nil }
                dayOfYear = number
            case .hour24, .hour12:
                text.skipSpaces()
                guard let number = text.takeNumber(1, 2) else { return nil }
                time.hour = number
            case .minute:
                guard let number = text.takeNumber(1, 2) else { return nil }
                time.minute = number
            case .second:
                guard let number = text.takeNumber(1, 2) else { return nil }
                time.second = number
            case .fraction: time.nanosecond = TimeScanner.fraction(&text)
            case .fractionDigits:
                let digits = text.take { Bytes.isDigit($0) }
                guard !digits.isEmpty else { return nil }
                time.nanosecond = TimeScanner.nanoseconds(digits)
            case .half:
                let word = text.take { Bytes.isLetter($0) }
                guard word.equalsIgnoringCase("am") || word.equalsIgnoringCase("pm") else { return nil }
                isAfternoon = word.equalsIgnoringCase("pm")
            case .weekday: guard TimeScanner.weekday(&text) else { return nil }
            case .offset:
                if text.take(UInt8(ascii: "Z")) {
                    time.offset = 0
                } else {
                    guard let offset = TimeScanner.offset(&text) else { return nil }
                    time.offset = offset
                }
            case .zoneName:
                if let offset = TimeScanner.offset(&text) {
                    time.offset = offset
                } else {
                    // A name that we do not know leaves the zone to the configuration.
                    let name = text.take { Bytes.isLetter($0) }
                    guard !name.isEmpty else { return nil }
                    time.offset = TimeScanner.namedZone(name)
                }
            case .unixSeconds:
                let digits = text.take { Bytes.isDigit($0) }
                guard let base = UnixTime.timestamp(digits, .seconds) else { return nil }
                return text.isEmpty ? base : nil
            }
        }
        guard text.isEmpty else { return nil }
        if let isAfternoon {
            guard (1...12).contains(time.hour) else { return nil }
            time.hour = time.hour % 12 + (isAfternoon ? 12 : 0)
        }
        if !hasYear { time.year = TimeScanner.inferredYear(time, readTime: readTime, zone: zone) }
        guard let dayOfYear else { return time.timestamp(in: zone) }
        time.month = 1
        time.day = 1
        guard let base = time.timestamp(in: zone) else { return nil }
        let (sum, overflow) = base.nanoseconds.addingReportingOverflow(Int64(dayOfYear - 1) * 86_400_000_000_000)
        return overflow ? nil : Timestamp(nanoseconds: sum)
    }

    // MARK: Layouts

    private static let strftimePieces: [UInt8: [Piece]] = [
        UInt8(ascii: "Y"): [.year4], UInt8(ascii: "y"): [.year2], UInt8(ascii: "m"): [.monthNumber],
        UInt8(ascii: "b"): [.monthName], UInt8(ascii: "B"): [.monthName], UInt8(ascii: "h"): [.monthName],
        UInt8(ascii: "d"): [.day], UInt8(ascii: "e"): [.day], UInt8(ascii: "j"): [.dayOfYear],
        UInt8(ascii: "H"): [.hour24], UInt8(ascii: "k"): [.hour24], UInt8(ascii: "I"): [.hour12],
        UInt8(ascii: "l"): [.hour12], UInt8(ascii: "M"): [.minute], UInt8(ascii: "S"): [.second],
        UInt8(ascii: "f"): [.fractionDigits], UInt8(ascii: "L"): [.fractionDigits],
        UInt8(ascii: "N"): [.fractionDigits], UInt8(ascii: "p"): [.half], UInt8(ascii: "P"): [.half],
        UInt8(ascii: "a"): [.weekday], UInt8(ascii: "A"): [.weekday], UInt8(ascii: "z"): [.offset],
        UInt8(ascii: "Z"): [.zoneName], UInt8(ascii: "s"): [.unixSeconds], UInt8(ascii: "%"): [.literal(0x25)],
        UInt8(ascii: "T"): [.hour24, .literal(0x3A), .minute, .literal(0x3A), .second],
        UInt8(ascii: "R"): [.hour24, .literal(0x3A), .minute],
        UInt8(ascii: "F"): [.year4, .literal(0x2D), .monthNumber, .literal(0x2D), .day],
        UInt8(ascii: "D"): [.monthNumber, .literal(0x2F), .day, .literal(0x2F), .year2],
        UInt8(ascii: "n"): [.space], UInt8(ascii: "t"): [.space],
    ]

    private static func strftime(_ layout: Text) -> [Piece]? {
        var text = layout
        var pieces: [Piece] = []
        while !text.isEmpty {
            let byte = text.first
            text.skip(1)
            if byte == UInt8(ascii: " ") {
                text.skipSpaces()
                pieces.append(.space)
            } else if byte == UInt8(ascii: "%") {
                // Flags and widths (`%-d`, `%3N`) change only how times are printed.
                while text.first == UInt8(ascii: "-") || text.first == UInt8(ascii: "_")
                    || text.first == UInt8(ascii: "E")
                    || text.first == UInt8(ascii: ":") || Bytes.isDigit(text.first)
                { text.skip(1) }
                guard let more = strftimePieces[text.first] else { return nil }
                text.skip(1)
                pieces += more
            } else {
                pieces.append(.literal(byte))
            }
        }
        return pieces
    }

    /// The longest first, as Go's own scanner tries them.
    private static let goPieces: [(StaticString, Piece)] = [
        ("January", .monthName), ("Monday", .weekday), ("Z07:00:00", .offset), ("Z070000", .offset),
        ("-07:00:00", .offset), ("-070000", .offset), ("Z07:00", .offset), ("-07:00", .offset), ("Z0700", .offset),
        ("-0700", .offset), ("2006", .year4), ("Jan", .monthName), ("Mon", .weekday), ("MST", .zoneName),
        ("Z07", .offset), ("-07", .offset), ("002", .dayOfYear), ("__2", .dayOfYear), ("01", .monthNumber),
        ("02", .day), ("03", .hour12), ("04", .minute), ("05", .second), ("06", .year2), ("15", .hour24),
        ("_2", .day), ("PM", .half), ("pm", .half), ("1", .monthNumber), ("2", .day), ("3", .hour12), ("4", .minute),
        ("5", .second),
    ]

    private static func go(_ layout: Text) -> [Piece]? {
        var text = layout
        var pieces: [Piece] = []
        scan: while !text.isEmpty {
            // `.000`, `,999`: a fraction, wherever no digit follows.
            if text.first == UInt8(ascii: ".") || text.first == UInt8(ascii: ",") {
                var digits = text.dropping(1)
                let kind = digits.first
                if kind == UInt8(ascii: "0") || kind == UInt8(ascii: "9") {
                    _ = digits.take { $0 == kind }
                    if !Bytes.isDigit(digits.first) {
                        text = digits
                        pieces.append(.fraction)
                        continue
                    }
                }
            }
            if text.first == UInt8(ascii: " ") {
                text.skipSpaces()
                pieces.append(.space)
                continue
            }
            for (name, piece) in goPieces where text.hasPrefix(name) {
                text.skip(name.utf8CodeUnitCount)
                // Go takes a fraction after the seconds even if the layout has none.
                pieces.append(piece)
                if piece == .second, text.first != UInt8(ascii: "."), text.first != UInt8(ascii: ",") {
                    pieces.append(.fraction)
                }
                continue scan
            }
            pieces.append(.literal(text.first))
            text.skip(1)
        }
        return pieces
    }
}
