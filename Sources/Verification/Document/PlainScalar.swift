import Yams

/// A single value of a document.
enum PlainScalar: Sendable, Equatable {
    case text(String)
    case int(Int64)
    case double(Double)
    case flag(Bool)
    case nothing

    /// Quoted and block texts are texts; of plain ones YAML 1.2's core schema says what they are. That is what editors
    /// and the JSON Schema go by; YAML 1.1, where `no` is false and `1:30` is ninety, has surprised too many.
    ///
    /// - Spec: YAML 1.2.2, section 10.3.2.
    init(_ scalar: Node.Scalar) {
        let text = scalar.string
        guard scalar.style == .plain || scalar.style == .any else {
            self = .text(text)
            return
        }
        switch text {
        case "", "~", "null", "Null", "NULL": self = .nothing
        case "true", "True", "TRUE": self = .flag(true)
        case "false", "False", "FALSE": self = .flag(false)
        case ".nan", ".NaN", ".NAN": self = .double(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": self = .double(-.infinity)
        default: self = Self.number(text) ?? .text(text)
        }
    }

    /// As it is shown in messages, with what it is.
    var described: String {
        switch self {
        case .text(let text): "the text \(Quoted.text(text))"
        case .int(let value): "the number \(value)"
        case .double(let value): "the number \(FigureText.print(value))"
        case .flag(let value): "\(value)"
        case .nothing: "nothing"
        }
    }

    private static func number(_ text: String) -> PlainScalar? {
        if text.hasPrefix("0x") { return Int64(text.dropFirst(2), radix: 16).map { .int($0) } }
        if text.hasPrefix("0o") { return Int64(text.dropFirst(2), radix: 8).map { .int($0) } }
        // Swift's parsers take `inf`, `nan` and hexadecimal fractions, which are texts in YAML.
        let isNumeric = text.utf8.allSatisfy {
            (0x30...0x39).contains($0) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
        }
        guard isNumeric, text.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
        if let value = Int64(text) { return .int(value) }
        var text = text
        if text.hasSuffix(".") { text += "0" }
        return Double(text).map { .double($0) }
    }
}
