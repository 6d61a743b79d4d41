/// Texts of labels read as numbers, as `unwrap` and label filters do it. Each takes UTF-8 as it is, surrounding space is
/// an error, and gives nil when the text is none; the reason is made by `…Failure` only when somebody wants it.
package enum LogQLConversions {
    package typealias Text = UnsafeBufferPointer<UInt8>

    /// Why a text is no value, in the words of the Go functions that Loki calls; it becomes `__error_details__`.
    static func quoted(_ text: Text) -> String {
        var result = "\""
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\x" + (digits.utf8.count < 2 ? "0" : "") + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
