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
        case .decimal(let text): decimal(text)
        case .string(let text): quoted(text)
        case .bytes(let bytes): quoted(String(decoding: bytes, as: UTF8.self))
        case .timestamp(let ticks, let perSecond, _): "\(ticks)/\(perSecond)"
        case .days(let days): "\(days)"
        case .list(let items): "[" + items.map(literal).joined(separator: ",") + "]"
        case .map(let pairs): "{" + pairs.map { literal($0.key) + ":" + literal($0.value) }.joined(separator: ",") + "}"
        case .structure(let members): "(" + members.map { literal($0.value) }.joined(separator: ",") + ")"
        }
    }

    /// ClickHouse writes `nan`, `inf`, `-inf`, whole numbers without a point, and an exponent only below 10^-6 and from
    /// 10^21 on.
    ///
    /// - Parameter shortest: Swift's text of the value, which has the same digits.
    static func number(_ value: Double, shortest: String) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let sign = shortest.hasPrefix("-") ? "-" : ""
        let parts = shortest.drop { $0 == "-" }.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = mantissa[0]
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? mantissa[1] : ""
        var digits = String(whole + fraction)
        // Where the point stands, counted from the first digit.
        var point = whole.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.count > 1, digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        if digits == "0" { return sign + "0" }
        if point > 21 || point < -5 {
            let rest = digits.dropFirst()
            return sign + digits.prefix(1) + (rest.isEmpty ? "" : "." + rest) + "e\(point - 1)"
        }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if point >= digits.count { return sign + digits + String(repeating: "0", count: point - digits.count) }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// Without zeros at the end of the fraction (output_format_decimal_trailing_zeros = 0).
    static func decimal(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = text[...]
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return String(text)
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
