/// Why a script cannot be read.
struct ScriptError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Reads a line of a script from left to right.
struct ScriptCursor {
    private(set) var rest: Substring

    init(_ text: some StringProtocol) { rest = Substring(text) }

    var isAtEnd: Bool { rest.isEmpty }
    var next: Character? { rest.first }

    mutating func skipSpaces() { rest = rest.drop { $0 == " " || $0 == "\t" } }

    mutating func take(_ prefix: String) -> Bool {
        guard rest.hasPrefix(prefix) else { return false }
        rest = rest.dropFirst(prefix.count)
        return true
    }

    mutating func expect(_ prefix: String) throws {
        guard take(prefix) else { throw ScriptError("expected \(prefix) before: \(rest)") }
    }

    mutating func prefix(while isPart: (Character) -> Bool) -> Substring {
        let part = rest.prefix(while: isPart)
        rest = rest[part.endIndex...]
        return part
    }

    /// Up to the next space; spaces before it are skipped.
    mutating func word() -> Substring {
        skipSpaces()
        return prefix { $0 != " " && $0 != "\t" }
    }

    /// Text in single, double or back quotes, with the escapes of Go.
    mutating func quoted() throws -> String {
        guard let quote = rest.first, quote == "\"" || quote == "'" || quote == "`" else {
            throw ScriptError("expected a quoted text before: \(rest)")
        }
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let character = rest.first {
            rest.removeFirst()
            if character == quote { return String(decoding: bytes, as: UTF8.self) }
            guard character == "\\", quote != "`" else {
                bytes += Array(String(character).utf8)
                continue
            }
            guard let escape = rest.popFirst() else { break }
            switch escape {
            case "n": bytes.append(0x0A)
            case "r": bytes.append(0x0D)
            case "t": bytes.append(0x09)
            case "a": bytes.append(0x07)
            case "b": bytes.append(0x08)
            case "f": bytes.append(0x0C)
            case "v": bytes.append(0x0B)
            case "x", "u", "U":
                let length = escape == "x" ? 2 : escape == "u" ? 4 : 8
                let digits = rest.prefix(length)
                rest = rest.dropFirst(length)
                guard let code = UInt32(digits, radix: 16) else { throw ScriptError("bad escape \\\(escape)\(digits)") }
                if escape == "x" {
                    bytes.append(UInt8(truncatingIfNeeded: code))
                } else if let scalar = Unicode.Scalar(code) {
                    bytes += Array(String(Character(scalar)).utf8)
                }
            case "0"..."7":
                let digits = String(escape) + rest.prefix(2)
                rest = rest.dropFirst(2)
                guard let code = UInt8(digits, radix: 8) else { throw ScriptError("bad escape \\\(digits)") }
                bytes.append(code)
            default: bytes += Array(String(escape).utf8)
            }
        }
        throw ScriptError("a quoted text does not end")
    }
}

enum ScriptNumber {
    /// A number as PromQL writes it, an optional sign in front.
    static func parse(_ text: some StringProtocol) -> Double? {
        var digits = Substring(text)
        var sign = 1.0
        if let first = digits.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            digits.removeFirst()
        }
        switch digits.lowercased() {
        case "inf", "infinity": return sign * .infinity
        case "nan": return .nan
        case let text where text.hasPrefix("0x"):
            return Int64(text.dropFirst(2), radix: 16).map { sign * Double($0) }
        case let text:
            guard let first = text.first, first.isNumber || first == "." else { return nil }
            let whole = text.hasPrefix(".") ? "0" + text : text
            return Double(whole.hasSuffix(".") ? whole + "0" : whole).map { sign * $0 }
        }
    }

    /// Milliseconds of `1h30m`, `10s53ms`, `0`.
    static func duration(_ text: some StringProtocol) -> Int64? {
        var cursor = ScriptCursor(text)
        let sign: Int64 = cursor.take("-") ? -1 : 1
        if cursor.rest == "0" { return 0 }
        if cursor.isAtEnd { return nil }
        var total: Int64 = 0
        while !cursor.isAtEnd {
            guard let amount = Int64(cursor.prefix { $0.isNumber }) else { return nil }
            switch cursor.prefix(while: { $0.isLetter }) {
            case "ms": total += amount
            case "s": total += amount * 1000
            case "m": total += amount * 60_000
            case "h": total += amount * 3_600_000
            case "d": total += amount * 86_400_000
            case "w": total += amount * 604_800_000
            case "y": total += amount * 31_536_000_000
            default: return nil
            }
        }
        return sign * total
    }
}
