/// The values of numbers and durations in a query.
enum NumberSyntax {
    struct Failure: Error {
        let reason: String
    }

    /// A number as Go reads it: `0x1F`, octal `017`, `1_000`, `1.5e-3`, `Inf`, `nan`.
    static func number(_ text: String) throws(Failure) -> Double {
        let lower = text.lowercased()
        switch lower {
        case "inf": return .infinity
        case "nan": return .nan
        default: break
        }
        let bytes = Array(lower.utf8)
        let isHexadecimal = lower.hasPrefix("0x")
        guard hasGoodUnderscores(bytes, isHexadecimal: isHexadecimal) else { throw syntaxFailure(text) }
        let digits = lower.replacing("_", with: "")
        if isHexadecimal {
            guard let value = Int64(digits.dropFirst(2), radix: 16) else { throw syntaxFailure(text) }
            return Double(value)
        }
        if digits.utf8.allSatisfy(Lexer.isDigit) {
            // A leading zero makes it octal where that is possible, as in Go: 010 is 8, 08 is 8.
            if digits.utf8.count > 1, digits.hasPrefix("0"), let value = Int64(digits, radix: 8) {
                return Double(value)
            }
            if let value = Int64(digits) { return Double(value) }
        }
        guard digits.utf8.contains(where: Lexer.isDigit), isDecimal(digits), let value = Double(completed(digits))
        else {
            throw syntaxFailure(text)
        }
        guard value.isFinite else {
            throw Failure(
                reason: "error parsing number: strconv.ParseFloat: parsing \(GoText.quoted(text)): value out of range")
        }
        return value
    }

    private static func syntaxFailure(_ text: String) -> Failure {
        Failure(reason: "error parsing number: strconv.ParseFloat: parsing \(GoText.quoted(text)): invalid syntax")
    }

    /// An underscore stands between two digits, or after `0x`.
    private static func hasGoodUnderscores(_ bytes: [UInt8], isHexadecimal: Bool) -> Bool {
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "_") {
            guard index > 0, index + 1 < bytes.count else { return false }
            let before = bytes[index - 1]
            let isAfterDigit =
                isHexadecimal ? StringSyntax.digit(before) != nil || index == 2 : Lexer.isDigit(before)
            let after = bytes[index + 1]
            guard isAfterDigit, isHexadecimal ? StringSyntax.digit(after) != nil : Lexer.isDigit(after) else {
                return false
            }
        }
        return true
    }

    /// Digits with at most one point, then perhaps an exponent.
    private static func isDecimal(_ text: String) -> Bool {
        var rest = text.utf8[...]
        rest = rest.drop(while: Lexer.isDigit)
        if rest.first == UInt8(ascii: ".") { rest = rest.dropFirst().drop(while: Lexer.isDigit) }
        guard rest.first == UInt8(ascii: "e") else { return rest.isEmpty }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(Lexer.isDigit)
    }

    /// With a digit on both sides of the point.
    private static func completed(_ text: String) -> String {
        guard let point = text.firstIndex(of: ".") else { return text }
        let after = text.index(after: point)
        let fraction = text[after...]
        let needsDigit = fraction.utf8.first.map(Lexer.isDigit) != true
        return "0\(text[..<point]).\(needsDigit ? "0" : "")\(fraction)"
    }

    /// Milliseconds of `1y2w3d4h5m6s7ms`: units from large to small, each at most once.
    static func duration(_ text: String) throws(Failure) -> Int64 {
        var rest = text.utf8[...]
        var total: Int64 = 0
        var nextUnit = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: Lexer.isDigit)
            rest = rest[digits.endIndex...]
            let letters = rest.prefix { !Lexer.isDigit($0) }
            rest = rest[letters.endIndex...]
            guard let value = UInt64(Substring(digits)), !letters.isEmpty else { throw malformedDuration(text) }
            let name = String(Substring(letters))
            guard let unit = units.firstIndex(where: { $0.name == name }) else {
                throw Failure(reason: "unknown unit \(GoText.quoted(name)) in duration \(GoText.quoted(text))")
            }
            guard unit >= nextUnit else { throw malformedDuration(text) }
            nextUnit = unit + 1
            guard let count = Int64(exactly: value) else { throw Failure(reason: "duration out of range") }
            let (part, overflow) = count.multipliedReportingOverflow(by: units[unit].milliseconds)
            let (sum, sumOverflow) = total.addingReportingOverflow(part)
            guard !overflow, !sumOverflow, sum <= millisecondsMax else {
                throw Failure(reason: "duration out of range")
            }
            total = sum
        }
        return total
    }

    private static func malformedDuration(_ text: String) -> Failure {
        Failure(reason: "not a valid duration string: \(GoText.quoted(text))")
    }

    /// What fits 64 bits of nanoseconds, the limit of Prometheus: some 292 years.
    static let millisecondsMax: Int64 = .max / 1_000_000

    static let units: [(name: String, milliseconds: Int64)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1000), ("ms", 1),
    ]
}
