/// The number in front of a message: a facility times eight and a severity.
///
/// - Spec: RFC 5424, section 6.2.1. OpenTelemetry, "Logs Data Model", appendix B, for the severity numbers.
package struct SyslogPriority: Sendable, Equatable {
    package let facility: Int
    package let severity: Int

    /// Nil for a number above 191.
    init?(_ value: Int64) {
        guard (0...191).contains(value) else { return nil }
        facility = Int(value / 8)
        severity = Int(value % 8)
    }

    /// Takes `<13>`; nil, and the scanner where it was, when there is none.
    static func scan(_ scanner: inout ByteScanner) -> SyslogPriority? {
        var copy = scanner
        guard copy.take(UInt8(ascii: "<")), let value = copy.number(most: 3), copy.take(UInt8(ascii: ">")),
            let priority = SyslogPriority(value)
        else { return nil }
        scanner = copy
        return priority
    }

    package var severityText: String {
        switch severity {
        case 0: "emerg"
        case 1: "alert"
        case 2: "crit"
        case 3: "err"
        case 4: "warning"
        case 5: "notice"
        case 6: "info"
        default: "debug"
        }
    }

    /// OTLP's `SeverityNumber`.
    package var severityNumber: Int32 {
        switch severity {
        case 0: 21  // FATAL
        case 1: 19  // ERROR3
        case 2: 18  // ERROR2
        case 3: 17  // ERROR
        case 4: 13  // WARN
        case 5: 10  // INFO2
        case 6: 9  // INFO
        default: 5  // DEBUG
        }
    }

    package var facilityText: String {
        Self.facilities[facility]
    }

    private static let facilities = [
        "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp",
        "audit", "alert", "clock", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
    ]
}
