/// Go's `fmt.Sprintf`, `Sprint` and `Sprintln` over the values of templates.
///
/// - Spec: Go, package fmt: verbs v T t d b o O x X c q U e E f F g G s, flags `+-# 0`, width and precision as numbers
///   or `*`, explicit argument indexes; mistakes are printed into the text (`%!d(string=hi)`).
package struct GoFormat {
    /// Go's own bound on a width or precision.
    private static let widthMax = 1_000_000

    private let arguments: [TemplateValue]
    private var next = 0
    private var hasIndexes = false
    private var result = ""

    private struct Flags {
        var plus = false, minus = false, sharp = false, space = false, zero = false
        var width: Int?
        var precision: Int?
    }

    private init(_ arguments: [TemplateValue]) { self.arguments = arguments }

    /// - Throws: when the text gets longer than `TemplateLimits.outputBytesMax`.
    package static func sprintf(_ format: String, _ arguments: [TemplateValue]) throws(TemplateError) -> String {
        var run = GoFormat(arguments)
        try run.run(Array(format.unicodeScalars))
        return run.result
    }

    /// Spaces between operands neither of which is a text.
    static func sprint(_ arguments: [TemplateValue]) -> String {
        var result = ""
        var wasText = true
        for argument in arguments {
            var isText = false
            if case .string = argument { isText = true }
            if !isText, !wasText { result += " " }
            result += argument.nestedText
            wasText = isText
        }
        return result
    }

    static func sprintln(_ arguments: [TemplateValue]) -> String {
        arguments.map(\.nestedText).joined(separator: " ") + "\n"
    }

    private mutating func run(_ format: [Unicode.Scalar]) throws(TemplateError) {
        var position = 0
        while position < format.count {
            let scalar = format[position]
            position += 1
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            directive(format, &position)
            guard result.utf8.count <= TemplateLimits.outputBytesMax else {
                throw TemplateError("text is longer than \(TemplateLimits.outputBytesMax) bytes")
            }
        }
        guard !hasIndexes, next < arguments.count else { return }
        let extra = arguments[next...].map { value in
            if case .none = value { return "<nil>" }
            return "\(value.typeName)=\(value.text)"
        }
        result += "%!(EXTRA " + extra.joined(separator: ", ") + ")"
    }

    private mutating func directive(_ format: [Unicode.Scalar], _ position: inout Int) {
        var flags = Flags()
        flagLoop: while position < format.count {
            switch format[position] {
            case "+": flags.plus = true
            case "-": flags.minus = true
            case "#": flags.sharp = true
            case " ": flags.space = true
            case "0": flags.zero = true
            default: break flagLoop
            }
            position += 1
        }
        var isIndexGood = index(format, &position)
        if position < format.count, format[position] == "*" {
            position += 1
            if let width = integerArgument() {
                flags.minus = flags.minus || width < 0
                flags.width = Int(width.magnitude)
            } else {
                result += "%!(BADWIDTH)"
            }
        } else {
            flags.width = number(format, &position)
        }
        if position < format.count, format[position] == "." {
            position += 1
            isIndexGood = index(format, &position) && isIndexGood
            if position < format.count, format[position] == "*" {
                position += 1
                flags.precision = integerArgument()
                if flags.precision.map({ $0 < 0 }) ?? true {
                    flags.precision = nil
                    result += "%!(BADPREC)"
                }
            } else {
                flags.precision = number(format, &position) ?? 0
            }
        }
        isIndexGood = index(format, &position) && isIndexGood
        guard position < format.count else {
            result += "%!(NOVERB)"
            return
        }
        let verb = format[position]
        position += 1
        if verb == "%" {
            result += "%"
        } else if !isIndexGood {
            result += "%!\(verb)(BADINDEX)"
        } else if next >= arguments.count {
            result += "%!\(verb)(MISSING)"
        } else {
            let value = arguments[next]
            next += 1
            result += text(value, verb, flags)
        }
    }

    /// `[n]`; true when there is none.
    private mutating func index(_ format: [Unicode.Scalar], _ position: inout Int) -> Bool {
        guard position < format.count, format[position] == "[" else { return true }
        hasIndexes = true
        position += 1
        let value = number(format, &position)
        guard position < format.count, format[position] == "]", let value, value >= 1, value <= arguments.count else {
            while position < format.count, format[position] != "]" { position += 1 }
            position += 1
            return false
        }
        position += 1
        next = value - 1
        return true
    }

    private func number(_ format: [Unicode.Scalar], _ position: inout Int) -> Int? {
        var value: Int?
        while position < format.count, case "0"..."9" = format[position] {
            value = min((value ?? 0) * 10 + Int(format[position].value) - 48, Self.widthMax)
            position += 1
        }
        return value
    }

    private mutating func integerArgument() -> Int? {
        guard next < arguments.count else { return nil }
        defer { next += 1 }
        guard case .int(let value) = arguments[next], value.magnitude <= Self.widthMax else { return nil }
        return value
    }

    // MARK: Values

    private func text(_ value: TemplateValue, _ verb: Unicode.Scalar, _ flags: Flags) -> String {
        if verb == "T" { return pad(value.typeName == "nil" ? "<nil>" : value.typeName, flags) }
        switch value {
        case .none: return verb == "v" ? pad("<nil>", flags) : "%!\(verb)(<nil>)"
        case .bool: return verb == "t" || verb == "v" ? pad(value.text, flags) : bad(value, verb, flags)
        case .int(let number): return integer(number, verb, flags) ?? bad(value, verb, flags)
        case .float(let number): return float(number, verb, flags) ?? bad(value, verb, flags)
        case .string(let text): return string(text, verb, flags) ?? bad(value, verb, flags)
        case .time, .opaque: return string(value.text, verb, flags) ?? bad(value, verb, flags)
        case .texts, .map, .list, .samples, .sample, .record:
            return verb == "v" || verb == "s" ? pad(value.text, flags) : bad(value, verb, flags)
        }
    }

    /// A verb that the value's type does not have.
    private func bad(_ value: TemplateValue, _ verb: Unicode.Scalar, _ flags: Flags) -> String {
        "%!\(verb)(\(value.typeName)=\(verb == "v" ? value.text : text(value, "v", flags)))"
    }

    private func string(_ text: String, _ verb: Unicode.Scalar, _ flags: Flags) -> String? {
        var text = text
        if let precision = flags.precision, verb == "s" || verb == "v" || verb == "q" {
            text = String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision)))
        }
        switch verb {
        case "s": return pad(text, flags)
        case "v": return pad(flags.sharp ? LabelName.quoted(text) : text, flags)
        case "q":
            if flags.sharp, !text.contains("`") { return pad("`\(text)`", flags) }
            return pad(LabelName.quoted(text), flags)
        case "x", "X":
            var digits = flags.sharp && !text.isEmpty ? "0x" : ""
            for byte in text.utf8.prefix(flags.precision ?? .max) {
                digits += byte < 16 ? "0" : ""
                digits += String(byte, radix: 16)
            }
            return pad(verb == "X" ? digits.uppercased() : digits, flags)
        default: return nil
        }
    }

    private func integer(_ value: Int, _ verb: Unicode.Scalar, _ flags: Flags) -> String? {
        let radix: Int
        switch verb {
        case "d", "v": radix = 10
        case "b": radix = 2
        case "o", "O": radix = 8
        case "x", "X": radix = 16
        case "c", "q", "U":
            let scalar = UInt32(exactly: value).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
            if verb == "U" {
                let digits = String(value.magnitude, radix: 16, uppercase: true)
                return pad("U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits, flags)
            }
            if verb == "c" { return pad(String(scalar), flags) }
            let quoted =
                scalar == "'"
                ? "\\'" : scalar == "\"" ? "\"" : String(LabelName.quoted(String(scalar)).dropFirst().dropLast())
            return pad("'\(quoted)'", flags)
        default: return nil
        }
        var digits = String(value.magnitude, radix: radix, uppercase: verb == "X")
        if let precision = flags.precision {
            digits = precision == 0 && value == 0 ? "" : zeros(precision - digits.utf8.count) + digits
        }
        let sign = value < 0 ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        let prefix: String =
            switch verb {
            case "O": "0o"
            case "x" where flags.sharp: "0x"
            case "X" where flags.sharp: "0X"
            case "o" where flags.sharp: digits.first == "0" ? "" : "0"
            case "b" where flags.sharp: "0b"
            default: ""
            }
        // Zeros stand between the sign and the digits.
        if flags.zero, !flags.minus, flags.precision == nil, let width = flags.width {
            digits = zeros(width - sign.utf8.count - digits.utf8.count) + digits
        }
        return pad(sign + prefix + digits, flags, withZeros: false)
    }

    private func float(_ value: Double, _ verb: Unicode.Scalar, _ flags: Flags) -> String? {
        var text: String
        switch verb {
        case "v", "g", "G":
            text = flags.precision.map { GoFloat.text(value, verb: "g", precision: $0) } ?? GoFloat.shortest(value)
        case "e", "E": text = GoFloat.text(value, verb: "e", precision: flags.precision ?? 6)
        case "f", "F": text = GoFloat.text(value, verb: "f", precision: flags.precision ?? 6)
        default: return nil
        }
        if value.isFinite, verb == "G" || verb == "E" { text = text.uppercased() }
        var sign = ""
        if text.first == "-" || text.first == "+" { sign = String(text.removeFirst()) }
        if flags.plus, sign.isEmpty { sign = "+" }
        if flags.space, sign.isEmpty || (sign == "+" && !flags.plus) { sign = " " }
        if flags.zero, !flags.minus, value.isFinite, let width = flags.width {
            text = zeros(width - sign.utf8.count - text.utf8.count) + text
        }
        return pad(sign + text, flags, withZeros: false)
    }

    private func zeros(_ count: Int) -> String { String(repeating: "0", count: max(0, count)) }

    private func pad(_ text: String, _ flags: Flags, withZeros: Bool = true) -> String {
        guard let width = flags.width else { return text }
        let missing = width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        if flags.minus { return text + String(repeating: " ", count: missing) }
        return String(repeating: flags.zero && withZeros ? "0" : " ", count: missing) + text
    }
}
