import TelemetryModel

/// `2003-10-11T22:14:15.003Z`
///
/// - Spec: RFC 3339, section 5.6. Taken besides: a space for the T, a comma before the fraction, an offset without its
///   colon, and where it is allowed no offset at all, which is UTC.
enum RFC3339Time {
    /// A text that is a time and nothing else.
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Timestamp? {
        var scanner = ByteScanner(text)
        guard let time = scan(&scanner, needsOffset: true), scanner.isAtEnd else { return nil }
        return time
    }

    /// The time where the scanner stands, which it then stands behind; nil, and the scanner where it was, when there is
    /// none.
    static func scan(_ scanner: inout ByteScanner, needsOffset: Bool) -> Timestamp? {
        var copy = scanner
        var moment = CalendarTime.Moment()
        guard let year = copy.digits(4), copy.take(UInt8(ascii: "-")), let month = copy.digits(2),
            copy.take(UInt8(ascii: "-")), let day = copy.digits(2),
            copy.take(UInt8(ascii: "T")) || copy.take(UInt8(ascii: "t")) || copy.take(0x20),
            let hour = copy.digits(2), copy.take(UInt8(ascii: ":")), let minute = copy.digits(2),
            copy.take(UInt8(ascii: ":")), let second = copy.digits(2)
        else { return nil }
        (moment.year, moment.month, moment.day) = (year, month, day)
        (moment.hour, moment.minute, moment.second) = (hour, minute, second)
        if let first = copy.peek(1), ByteScanner.isDigit(first),
            copy.take(UInt8(ascii: ".")) || copy.take(UInt8(ascii: ","))
        {
            moment.nanosecond = copy.fraction()
        }
        if let offset = offset(&copy) {
            moment.offsetSeconds = offset
        } else if needsOffset {
            return nil
        }
        guard let time = moment.timestamp else { return nil }
        scanner = copy
        return time
    }

    private static func offset(_ scanner: inout ByteScanner) -> Int64? {
        if scanner.take(UInt8(ascii: "Z")) || scanner.take(UInt8(ascii: "z")) { return 0 }
        var copy = scanner
        let isWest = copy.take(UInt8(ascii: "-"))
        guard isWest || copy.take(UInt8(ascii: "+")), let hours = copy.digits(2), hours < 24 else { return nil }
        _ = copy.take(UInt8(ascii: ":"))
        guard let minutes = copy.digits(2), minutes < 60 else { return nil }
        scanner = copy
        return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
