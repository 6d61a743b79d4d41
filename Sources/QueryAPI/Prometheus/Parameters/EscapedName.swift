/// Names with any characters in places that take the old form only: `U__http_2e_status` is `http.status`.
///
/// - Spec: Prometheus, "UTF-8 escaping schemes", values escaping.
enum EscapedName {
    /// A text that is not escaped, or not well, stays as it is.
    static func unescaped(_ text: String) -> String {
        guard text.hasPrefix("U__") else { return text }
        var rest = text.dropFirst(3)
        var result = String.UnicodeScalarView()
        while let first = rest.unicodeScalars.first {
            rest = Substring(rest.unicodeScalars.dropFirst())
            guard first == "_" else {
                result.append(first)
                continue
            }
            if rest.unicodeScalars.first == "_" {
                result.append("_")
                rest = Substring(rest.unicodeScalars.dropFirst())
                continue
            }
            guard let end = rest.unicodeScalars.firstIndex(of: "_") else { return text }
            let digits = rest[..<end]
            guard (1...6).contains(digits.utf8.count), digits.utf8.allSatisfy(isHexDigit),
                let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
            else { return text }
            result.append(scalar)
            rest = Substring(rest.unicodeScalars[end...].dropFirst())
        }
        return String(result)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
