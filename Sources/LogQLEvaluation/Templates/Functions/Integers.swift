import PrometheusModel

extension LineFunctions {
    /// Arithmetic of whole numbers, which wraps round at 64 bits. Operands may be texts; what is no number is 0.
    static let integers: TemplateFunctions = [
        "int": TemplateFunction(.any) { arguments throws(TemplateError) in .int(integer(arguments[0])) },
        "add": TemplateFunction(rest: .any) { arguments throws(TemplateError) in
            .int(arguments.reduce(0) { $0 &+ integer($1) })
        },
        "sub": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            .int(integer(arguments[0]) &- integer(arguments[1]))
        },
        "mul": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .int(arguments.dropFirst().reduce(integer(arguments[0])) { $0 &* integer($1) })
        },
        "div": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            let divisor = integer(arguments[1])
            guard divisor != 0 else { throw TemplateError("runtime error: integer divide by zero") }
            return .int(integer(arguments[0]).dividedReportingOverflow(by: divisor).partialValue)
        },
        "mod": TemplateFunction(.any, .any) { arguments throws(TemplateError) in
            let divisor = integer(arguments[1])
            guard divisor != 0 else { throw TemplateError("runtime error: integer divide by zero") }
            return .int(integer(arguments[0]).remainderReportingOverflow(dividingBy: divisor).partialValue)
        },
        "max": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .int(arguments.map(integer).max() ?? 0)
        },
        "min": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .int(arguments.map(integer).min() ?? 0)
        },
    ]

    /// Texts as Go's `strconv.ParseInt` reads them with the base in the prefix; a fraction of nothing but zeros is
    /// allowed, another one is none.
    static func integer(_ value: TemplateValue) -> Int {
        switch value {
        case .int(let value): return value
        case .float(let value):
            if let whole = Int(exactly: value.rounded(.towardZero)) { return whole }
            return value > 0 ? .max : value < 0 ? .min : 0
        case .bool(let value): return value ? 1 : 0
        case .string(let text): return integer(text)
        default: return 0
        }
    }

    private static func integer(_ text: String) -> Int {
        var digits = text[...]
        if let point = digits.firstIndex(of: "."), digits[digits.index(after: point)...].allSatisfy({ $0 == "0" }) {
            digits = digits[..<point]
        }
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits = digits.dropFirst() }
        guard let first = digits.utf8.first, first &- UInt8(ascii: "0") < 10 else { return 0 }
        var radix = 10
        if first == UInt8(ascii: "0"), digits.utf8.count > 1 {
            switch digits.utf8.dropFirst().first.map({ $0 | 0x20 }) {
            case UInt8(ascii: "x"): (radix, digits) = (16, digits.dropFirst(2))
            case UInt8(ascii: "b"): (radix, digits) = (2, digits.dropFirst(2))
            case UInt8(ascii: "o"): (radix, digits) = (8, digits.dropFirst(2))
            default: (radix, digits) = (8, digits.dropFirst())
            }
        }
        guard digits.first != "+", digits.first != "-" else { return 0 }
        return Int((isNegative ? "-" : "") + digits.filter { $0 != "_" }, radix: radix) ?? 0
    }
}
