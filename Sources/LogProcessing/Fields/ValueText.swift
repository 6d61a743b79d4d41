import Codecs
import TelemetryModel

/// Values as text.
enum ValueText {
    /// A string as it is, a number or boolean in digits or words, lists and objects as JSON, and null as nothing.
    static func plain(_ value: LogValue) -> String {
        switch value {
        case .null: return ""
        case .string(let text): return text
        case .int(let number): return "\(number)"
        case .bool(let flag): return flag ? "true" : "false"
        case .double, .list, .object:
            var writer = JSONWriter()
            write(value, to: &writer)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    /// Appends the value as JSON.
    static func write(_ value: LogValue, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.bytes.append(contentsOf: "null".utf8)
        case .string(let text): writer.string(text)
        case .int(let number): writer.integer(number)
        case .double(let number): writer.double(number)
        case .bool(let flag): writer.bool(flag)
        case .list(let values):
            writer.open("[")
            for (index, value) in values.enumerated() {
                if index > 0 { writer.bytes.append(UInt8(ascii: ",")) }
                write(value, to: &writer)
            }
            writer.close("]")
        case .object(let members):
            writer.open("{")
            for (index, member) in members.enumerated() {
                if index > 0 { writer.bytes.append(UInt8(ascii: ",")) }
                writer.string(member.name)
                writer.bytes.append(UInt8(ascii: ":"))
                write(member.value, to: &writer)
            }
            writer.close("}")
        }
    }
}
