/// Rules of label and metric names. Since version 3 any UTF-8 text is a name; the forms of before need no quotes.
package enum LabelName {
    /// `[a-zA-Z_][a-zA-Z0-9_]*`
    package static func isClassic(_ name: String) -> Bool { isClassic(name, colon: false) }

    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`
    package static func isClassicMetricName(_ name: String) -> Bool { isClassic(name, colon: true) }

    private static func isClassic(_ name: String, colon: Bool) -> Bool {
        var isFirst = true
        for byte in name.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): break
            case UInt8(ascii: ":"): if !colon { return false }
            case UInt8(ascii: "0")...UInt8(ascii: "9"): if isFirst { return false }
            default: return false
            }
            isFirst = false
        }
        return !isFirst
    }

    /// Text in double quotes with the escapes of Go's `strconv.Quote`.
    package static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{07}": result += "\\a"
            case "\u{08}": result += "\\b"
            case "\u{0B}": result += "\\v"
            case "\u{0C}": result += "\\f"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\x" + (digits.count < 2 ? "0" : "") + digits
                } else if scalar.properties.generalCategory == .control || scalar.value == 0xFEFF {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
