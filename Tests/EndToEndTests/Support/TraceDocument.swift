import Foundation

/// Reads traces in the JSON of OTLP and in protobuf's own JSON, which differ in how they write ids.
enum TraceDocument {
    /// The spans of a list of ResourceSpans by name; of equal names one.
    static func spans(in blocks: JSONValue) -> [String: JSONValue] {
        Dictionary(allSpans(in: blocks).map { ($0["name"].string ?? "", $0) }) { $1 }
    }

    static func allSpans(in blocks: JSONValue) -> [JSONValue] {
        blocks.array.flatMap { $0["scopeSpans"].array }.flatMap { $0["spans"].array }
    }

    /// The attributes of a span, an event, a link or a resource by key.
    static func attributes(_ owner: JSONValue) -> [String: JSONValue] {
        Dictionary(owner["attributes"].array.map { ($0["key"].string ?? "", $0["value"]) }) { $1 }
    }

    /// The hexadecimal digits of an id that is given as such or in base64; empty when there is none. Tempo writes
    /// base64 in JSON, OTLP hexadecimal digits, and every reader takes both.
    static func id(_ value: JSONValue) -> String {
        guard let text = value.string else { return "" }
        if text.count == 16 || text.count == 32, text.allSatisfy(\.isHexDigit) { return text.lowercased() }
        return Data(base64Encoded: text).map { hexDigits([UInt8]($0)) } ?? text
    }
}
