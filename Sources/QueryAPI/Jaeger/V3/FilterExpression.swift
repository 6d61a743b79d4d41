import Codecs
import TelemetryModel
import TraceQL

/// A structured filter of API v3: a call of an operator over attributes, fields and constants.
///
/// - Spec: jaeger-idl, `jaeger.expression.v1`; the names of built-in fields are those of its package `expression`.
indirect enum FilterExpression: Equatable {
    case attribute(key: String, level: String)
    case field(name: String, level: String)
    case nested(level: String)
    case scalar(String, type: String)
    case list([String], type: String)
    case call(String, [FilterExpression])

    /// - Parameter text: JSON of a `Call`. Its depth is bounded by the reader's.
    static func parse(_ text: String) throws(JaegerFailure) -> FilterExpression {
        do {
            return try JSONText.read(text) { (reader, bytes) throws(DecodeError) in try call(&reader, bytes) }
        } catch {
            throw .parameter("query.filter", error.message)
        }
    }

    private static func call(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) -> FilterExpression {
        var name = ""
        var arguments: [FilterExpression] = []
        try JSONText.object(&reader, bytes) { (key, reader) throws(DecodeError) in
            switch key {
            case "op": name = try reader.readString()
            case "args":
                var progress = try reader.beginList()
                while try reader.nextElement(&progress) { arguments.append(try expression(&reader, bytes)) }
            default: try reader.skipValue()
            }
        }
        return .call(name, arguments)
    }

    private static func expression(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) -> FilterExpression {
        var found: FilterExpression?
        let position = reader.position
        try JSONText.object(&reader, bytes) { (key, reader) throws(DecodeError) in
            switch key {
            case "call": found = try call(&reader, bytes)
            case "attr":
                let members = try members(&reader, bytes)
                found = .attribute(key: members["key"]?.first ?? "", level: members["level"]?.first ?? "")
            case "field":
                let members = try members(&reader, bytes)
                found = .field(name: members["name"]?.first ?? "", level: members["level"]?.first ?? "")
            case "nested":
                found = .nested(level: try members(&reader, bytes)["level"]?.first ?? "")
            case "scalar":
                let members = try members(&reader, bytes)
                found = .scalar(members["value"]?.first ?? "", type: members["type"]?.first ?? "")
            case "list":
                let members = try members(&reader, bytes)
                found = .list(members["values"] ?? [], type: members["type"]?.first ?? "")
            default: try reader.skipValue()
            }
        }
        guard let found else {
            throw DecodeError(
                code: .malformed, message: "an expression needs one of attr, field, nested, scalar, list, call",
                offset: position)
        }
        return found
    }

    /// Texts, and lists of texts, by name.
    private static func members(
        _ reader: inout JSONReader, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(DecodeError) -> [String: [String]] {
        var members: [String: [String]] = [:]
        try JSONText.object(&reader, bytes) { (key, reader) throws(DecodeError) in
            guard try reader.nextKind() == .list else {
                members[key] = [try JSONText.scalar(&reader, bytes)]
                return
            }
            var values: [String] = []
            var progress = try reader.beginList()
            while try reader.nextElement(&progress) { values.append(try JSONText.scalar(&reader, bytes)) }
            members[key] = values
        }
        return members
    }
}
