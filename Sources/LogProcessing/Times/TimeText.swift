package import TelemetryModel

/// A whole text that is a time in any form we know.
package enum TimeText {
    /// Nil unless all of the text but white space around it is a time.
    package static func parse(_ text: String, zone: LogTimeZone = .utc, readTime: Timestamp) -> Timestamp? {
        var text = text
        return text.withUTF8 { parse(Text($0), zone: zone, readTime: readTime) }
    }

    static func parse(_ text: Text, zone: LogTimeZone, readTime: Timestamp) -> Timestamp? {
        let text = text.trimmed()
        // The longest form is that of RFC 1123 with a fraction and a zone.
        guard text.count >= 4, text.count <= 64 else { return nil }
        func whole(_ read: (inout Text) -> CivilTime?) -> CivilTime? {
            var rest = text
            guard let time = read(&rest), rest.isEmpty else { return nil }
            return time
        }
        if Bytes.isDigit(text.first) {
            if let time = whole(TimeScanner.iso) ?? whole(TimeScanner.accessLog) ?? whole(TimeScanner.mail) {
                return time.timestamp(in: zone)
            }
            return UnixTime.timestamp(text)
        }
        let time =
            whole(TimeScanner.mail) ?? whole(TimeScanner.asctime)
            ?? whole { TimeScanner.syslog(&$0, readTime: readTime, zone: zone) }
        return time?.timestamp(in: zone)
    }
}
