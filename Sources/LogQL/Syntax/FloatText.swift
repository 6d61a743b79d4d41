import PrometheusModel

/// Numbers as Go's `strconv.ParseFloat` reads them.
enum FloatText {
    struct Complaint: Error, Equatable {
        let message: String
    }

    /// `1`, `.5`, `1.`, `1e3`, `0x1p4`, `1_000`; not `0x10`, `0b1` and `0o7`, which are integers only.
    static func parse(_ text: String) -> Result<Double, Complaint> {
        let malformed = Complaint(
            message: "strconv.ParseFloat: parsing \(LabelName.quoted(text)): invalid syntax")
        let bytes = Array(text.utf8)
        let isHexadecimal = bytes.count > 2 && bytes[0] == UInt8(ascii: "0") && bytes[1] | 0x20 == UInt8(ascii: "x")
        guard hasGoodUnderscores(bytes, isHexadecimal: isHexadecimal),
            !isHexadecimal || bytes.contains(where: { $0 | 0x20 == UInt8(ascii: "p") })
        else { return .failure(malformed) }
        var digits = bytes.filter { $0 != UInt8(ascii: "_") }
        // Swift reads neither `.5` nor `1.`.
        if let dot = digits.firstIndex(of: UInt8(ascii: ".")) {
            let next = dot + 1 < digits.count ? digits[dot + 1] : 0
            let isFraction = Lexer.isDigit(next) || (isHexadecimal && next | 0x20 >= 0x61 && next | 0x20 <= 0x66)
            guard isFraction || dot > 0 else { return .failure(malformed) }
            if !isFraction { digits.insert(UInt8(ascii: "0"), at: dot + 1) }
            if dot == 0 { digits.insert(UInt8(ascii: "0"), at: 0) }
        }
        guard let first = digits.first, Lexer.isDigit(first),
            let value = Double(String(decoding: digits, as: UTF8.self))
        else { return .failure(malformed) }
        guard value.isFinite else {
            return .failure(
                Complaint(message: "strconv.ParseFloat: parsing \(LabelName.quoted(text)): value out of range"))
        }
        return .success(value)
    }

    /// An underscore stands between two digits, or after `0x`.
    private static func hasGoodUnderscores(_ bytes: [UInt8], isHexadecimal: Bool) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool {
            Lexer.isDigit(byte) || (isHexadecimal && byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
        }
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
            guard index > 0, index + 1 < bytes.count, isDigit(bytes[index + 1]),
                isDigit(bytes[index - 1]) || (isHexadecimal && index == 2)
            else { return false }
        }
        return true
    }
}
