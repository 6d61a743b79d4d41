import ClickHouse
import TelemetryModel

/// Values as ClickHouse's text formats show them.
enum ValueText {
    /// A value that stands alone: strings without quotes.
    static func plain(_ value: ResultValue) -> String {
        switch value {
        case .string(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        default: literal(value)
        }
    }

    /// A value inside another: strings in quotes.
    static func literal(_ value: ResultValue) -> String {
        switch value {
        case .null: "NULL"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): "\(value)"
        case .unsigned(let value): "\(value)"
        case .float(let value): number(Double(value), shortest: value.description)
        case .double(let value): number(value, shortest: value.description)
        case .decimal(let text): text
        case .string(let text): quoted(text)
        case .bytes(let bytes): quoted(String(decoding: bytes, as: UTF8.self))
        case .timestamp(let ticks, let perSecond, _): "\(ticks)/\(perSecond)"
        case .days(let days): "\(days)"
        case .list(let items): "[" + items.map(literal).joined(separator: ",") + "]"
        case .map(let pairs): "{" + pairs.map { literal($0.key) + ":" + literal($0.value) }.joined(separator: ",") + "}"
        case .structure(let members): "(" + members.map { literal($0.value) }.joined(separator: ",") + ")"
        }
    }

    /// ClickHouse writes `nan`, `inf`, `-inf`, and whole numbers without a point.
    static func number(_ value: Double, shortest: String) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        return shortest.hasSuffix(".0") ? String(shortest.dropLast(2)) : shortest
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "'"
        for character in text.unicodeScalars {
            switch character {
            case "'": quoted += "\\'"
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\0": quoted += "\\0"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "'"
    }
}
