import Codecs
import TelemetryModel

/// A line of a log as the server tells of it.
struct LogRecordLine: Equatable {
    /// A label. In the order of the answer, which is by name.
    struct Field: Equatable {
        var name: String
        var value: String
    }

    /// Nanoseconds since the Unix epoch.
    var time: Int64
    /// What the query made of the line.
    var line: String
    /// Labels of the stream.
    var stream: [Field] = []
    /// Structured metadata: what the sender said beside the line.
    var metadata: [Field] = []
    /// What the query found in the line.
    var parsed: [Field] = []

    subscript(_ name: String) -> String? {
        for fields in [parsed, metadata, stream] {
            if let field = fields.first(where: { $0.name == name }) { return field.value }
        }
        return nil
    }

    var service: String { self["service_name"] ?? "" }

    var level: LogLevel {
        for name in ["detected_level", "level", "severity_text"] {
            if let level = self[name].map(LogLevel.init(name:)), level != .unknown { return level }
        }
        return .unknown
    }

    /// One object on a line, always in the same order.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("time")
        writer.string(LogTimeText.nanoseconds(time))
        writer.key("level")
        writer.string(level.name)
        writer.key("service")
        writer.string(service)
        writer.key("line")
        writer.string(line)
        for (name, fields) in [("labels", stream), ("metadata", metadata), ("parsed", parsed)] {
            writer.separate()
            writer.string(name)
            writer.bytes += Array(":{".utf8)
            for field in fields {
                writer.separate()
                writer.string(field.name)
                writer.bytes.append(UInt8(ascii: ":"))
                writer.string(field.value)
            }
            writer.close("}")
        }
        writer.close("}")
        return writer.bytes + [UInt8(ascii: "\n")]
    }
}

/// Times of lines.
enum LogTimeText {
    /// RFC 3339 in UTC with all nine digits: two lines of one millisecond stay apart.
    static func nanoseconds(_ time: Int64) -> String {
        let digits = String((time % 1_000_000_000 + 1_000_000_000) % 1_000_000_000)
        return Timestamp(nanoseconds: time).rfc3339.dropLast(4)
            + String(repeating: "0", count: 9 - digits.utf8.count) + digits + "Z"
    }
}
