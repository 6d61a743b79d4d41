import Codecs
import TelemetryModel

extension SyslogMessage {
    /// Received on 2024-03-10T12:00:00Z.
    static let receivedTime = Timestamp(nanoseconds: 1_710_072_000_000_000_000)

    static func parse(_ text: String, sender: String? = nil, zoneOffsetSeconds: Int64 = 0) -> SyslogMessage {
        parse(Array(text.utf8), sender: sender, zoneOffsetSeconds: zoneOffsetSeconds)
    }

    static func parse(_ bytes: [UInt8], sender: String? = nil, zoneOffsetSeconds: Int64 = 0) -> SyslogMessage {
        var parser = SyslogParser()
        parser.zoneOffsetSeconds = zoneOffsetSeconds
        return bytes.withUnsafeBufferPointer { parser.parse($0, receivedTime: receivedTime, sender: sender) }
    }

    var host: String? { resource("host.name") }
    var service: String? { resource("service.name") }

    private func resource(_ name: String) -> String? {
        guard case .string(let text) = record.resource.first(where: { $0.name == name })?.value else { return nil }
        return text
    }

    /// The time as RFC 3339 has it, with milliseconds where there are some; empty when there is none.
    var time: String {
        guard let text = record.time?.rfc3339 else { return "" }
        return text.hasSuffix(".000Z") ? text.dropLast(5) + "Z" : text
    }

    func text(_ name: String) -> String? {
        guard case .string(let text) = record["syslog." + name] else { return nil }
        return text
    }
}
