extension TemplateFunctions {
    static let printing: TemplateFunctions = [
        "print": TemplateFunction(rest: .any) { arguments throws(TemplateError) in .string(GoFormat.sprint(arguments))
        },
        "println": TemplateFunction(rest: .any) { arguments throws(TemplateError) in
            .string(GoFormat.sprintln(arguments))
        },
        "printf": TemplateFunction(.string, rest: .any) { arguments throws(TemplateError) in
            guard case .string(let format) = arguments[0] else { return .none }
            return .string(try GoFormat.sprintf(format, Array(arguments.dropFirst())))
        },
        "html": TemplateFunction(rest: .any) { arguments throws(TemplateError) in
            .string(escapeHTML(joined(arguments)))
        },
        "js": TemplateFunction(rest: .any) { arguments throws(TemplateError) in
            .string(escapeJavaScript(joined(arguments)))
        },
        "urlquery": TemplateFunction(rest: .any) { arguments throws(TemplateError) in
            .string(QueryEscape.encode(joined(arguments)))
        },
    ]

    /// As the escaping functions read their arguments: one text as it is, others as `print` has them.
    private static func joined(_ arguments: [TemplateValue]) -> String {
        GoFormat.sprint(
            arguments.map { argument in
                if case .none = argument { return .string(argument.text) }
                return argument
            })
    }

    private static func escapeHTML(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\0": result += "\u{FFFD}"
            case "\"": result += "&#34;"
            case "'": result += "&#39;"
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escapeJavaScript(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "'": result += "\\'"
            case "\"": result += "\\\""
            case "<": result += "\\u003C"
            case ">": result += "\\u003E"
            case "&": result += "\\u0026"
            case "=": result += "\\u003D"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Percent-encoding of a query's value: Go's `url.QueryEscape`.
package enum QueryEscape {
    package static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
                UInt8(ascii: "~"):
                result.append(byte)
            case UInt8(ascii: " "): result.append(UInt8(ascii: "+"))
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
