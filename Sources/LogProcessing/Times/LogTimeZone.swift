/// The zone of times whose text names none.
package enum LogTimeZone: Sendable, Equatable {
    /// Seconds east of UTC.
    case fixed(Int)
    /// A zone whose offset changes.
    case rules(TimeZoneRules)

    package static let utc = LogTimeZone.fixed(0)

    /// `UTC`, `Z`, `GMT`, `+02:00`, `-0530`, `UTC+2`; nil for names, whose rules the caller reads of a zone file.
    package init?(offset name: String) {
        var name = name
        let offset = name.withUTF8 { bytes -> Int? in
            var text = Text(bytes).trimmed()
            if text.take("UTC") || text.take("GMT") || text.take("Z") || text.take("Etc/UTC") {
                if text.isEmpty { return 0 }
            }
            let isEast = text.first == UInt8(ascii: "+")
            if let offset = TimeScanner.offset(&text), text.isEmpty { return offset }
            // A single digit of hours.
            guard isEast || text.first == UInt8(ascii: "-") else { return nil }
            text.skip(1)
            guard let hours = text.takeNumber(1, 1), text.isEmpty else { return nil }
            return (isEast ? hours : -hours) * 3600
        }
        guard let offset else { return nil }
        self = .fixed(offset)
    }

    /// Seconds east of UTC at a local time (seconds since the epoch as if it were UTC). Of a time that a clock showed
    /// twice the first is meant; one that it never showed has the offset from before the change.
    func offset(ofLocalSeconds local: Int) -> Int {
        switch self {
        case .fixed(let offset): offset
        case .rules(let rules): rules.offset(ofLocalSeconds: local)
        }
    }
}
