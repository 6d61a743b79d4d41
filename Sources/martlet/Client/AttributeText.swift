import Codecs
import PrometheusModel

/// An attribute of an answer, its value as text.
struct AttributeText: Equatable {
    var name: String
    var value: String

    /// A list `[{"key":…,"value":{"stringValue":…}}, …]`.
    ///
    /// - Spec: OTLP, JSON encoding of `KeyValue`.
    static func readList(_ reader: inout JSONReader) throws(DecodeError) -> [AttributeText] {
        var attributes: [AttributeText] = []
        try reader.readElements { (reader) throws(DecodeError) in
            var attribute = AttributeText(name: "", value: "")
            try reader.readMembers { (name, reader) throws(DecodeError) in
                switch name {
                case "key": attribute.name = try reader.readString()
                case "value": attribute.value = try readValue(&reader)
                default: try reader.skipValue()
                }
            }
            attributes.append(attribute)
        }
        return attributes
    }

    /// The reader refuses what is nested too deep before this does.
    private static func readValue(_ reader: inout JSONReader) throws(DecodeError) -> String {
        var text = ""
        try reader.readMembers { (name, reader) throws(DecodeError) in
            switch name {
            case "stringValue", "bytesValue": text = try reader.readString()
            case "intValue": text = String(try reader.readInteger())
            case "boolValue": text = try reader.readBool() ? "true" : "false"
            case "doubleValue": text = NumberText.json(try reader.readDouble() ?? .nan)
            case "arrayValue":
                var items: [String] = []
                try reader.readMembers { (name, reader) throws(DecodeError) in
                    guard name == "values" else { return try reader.skipValue() }
                    try reader.readElements { (reader) throws(DecodeError) in items.append(try readValue(&reader)) }
                }
                text = "[\(items.joined(separator: ", "))]"
            default: try reader.skipValue()
            }
        }
        return text
    }
}
