package import TelemetryModel

/// Reads messages of syslog as records. Nothing is refused: what is no message becomes a body.
///
/// | part | becomes |
/// | --- | --- |
/// | severity | `severityText` (`emerg` … `debug`) and `severityNumber` |
/// | facility | `syslog.facility` (`kern` … `local7`) |
/// | HOSTNAME, else who sent it | `host.name` of the resource |
/// | APP-NAME, TAG | `service.name` of the resource, else `unknown_service` |
/// | PROCID | `syslog.procid` |
/// | MSGID, Cisco's `%FACILITY-SEVERITY-MNEMONIC` | `syslog.msgid` |
/// | VERSION | `syslog.version` |
/// | STRUCTURED-DATA | `syslog.structured_data.<id>.<name>`; a list for a name that repeats |
/// | MSG | the body, without a byte order mark |
///
/// A message without a priority has no severity and no facility here, where RFC 3164 would have a relay add 13: its
/// level may stand in its text.
///
/// - Spec: RFC 5424; RFC 3164 and what is sent as such; OpenTelemetry, "Logs Data Model", appendix A.
package struct SyslogParser: Sendable {
    /// Added to UTC by senders that write their local time and no zone, as RFC 3164 has it; seconds eastward.
    package var zoneOffsetSeconds: Int64 = 0

    package init() {}

    /// - Parameters:
    ///   - message: of one frame; line ends and NUL at its end are cut.
    ///   - sender: stands in where the message names no host.
    package func parse(
        _ message: UnsafeBufferPointer<UInt8>, receivedTime: Timestamp, sender: String? = nil
    ) -> SyslogMessage {
        var end = message.count
        while end > 0, [0x0A, 0x0D, 0x00].contains(message[end - 1]) { end -= 1 }
        var scanner = ByteScanner(UnsafeBufferPointer(rebasing: message[..<end]))
        var fields = SyslogFields()
        fields.priority = SyslogPriority.scan(&scanner)
        var format = SyslogMessage.Format.plain
        if fields.priority != nil, RFC5424.scan(&scanner, &fields) {
            format = .rfc5424
        } else if RFC3164.scan(&scanner, &fields, receivedTime: receivedTime, zoneOffsetSeconds: zoneOffsetSeconds) {
            format = .rfc3164
        }
        return SyslogMessage(format: format, record: fields.record(scanner.rest, receivedTime, sender))
    }
}

package struct SyslogMessage: Sendable, Equatable {
    package enum Format: Sendable, CaseIterable {
        case rfc5424
        /// What is sent as such, from a priority or a time on.
        case rfc3164
        /// Neither.
        case plain
    }

    package let format: Format
    package let record: LogDraft
}

/// The parts of a message, in place.
struct SyslogFields {
    var priority: SyslogPriority?
    var time: Timestamp?
    var version: Int64?
    var host = SyslogFields.nothing
    var application = SyslogFields.nothing
    var process = SyslogFields.nothing
    var messageID = SyslogFields.nothing
    /// Structured data.
    var attributes: [LogAttribute] = []

    static var nothing: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: nil, count: 0) }

    func record(_ body: UnsafeBufferPointer<UInt8>, _ receivedTime: Timestamp, _ sender: String?) -> LogDraft {
        var draft = LogDraft(observedTime: receivedTime)
        draft.time = time
        if let priority {
            draft.severityText = priority.severityText
            draft.severityNumber = priority.severityNumber
            draft.attributes.append(LogAttribute("syslog.facility", .string(priority.facilityText)))
        }
        if let version { draft.attributes.append(LogAttribute("syslog.version", .int(version))) }
        if !process.isEmpty { draft.attributes.append(LogAttribute("syslog.procid", .string(Self.text(process)))) }
        if !messageID.isEmpty { draft.attributes.append(LogAttribute("syslog.msgid", .string(Self.text(messageID)))) }
        draft.attributes += attributes
        let service = application.isEmpty ? "unknown_service" : Self.text(application)
        draft.resource.append(LogAttribute("service.name", .string(service)))
        if let host = host.isEmpty ? sender : Self.text(host) {
            draft.resource.append(LogAttribute("host.name", .string(host)))
        }
        draft.body = Self.text(body)
        return draft
    }

    static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
