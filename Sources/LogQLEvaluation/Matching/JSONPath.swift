import TelemetryModel

/// `a.b[0]["c d"]`: what a `json` extraction takes out of a line.
///
/// - Spec: Loki, "JSON" parser with parameters.
struct JSONPath {
    enum Step: Equatable {
        case key([UInt8])
        case index(Int)
    }

    let steps: [Step]

    private enum Token: Equatable {
        case open, close, dot, field([UInt8]), string([UInt8]), number(Int), end

        var name: String {
            switch self {
            case .open: "LSB"
            case .close: "RSB"
            case .dot: "DOT"
            case .field: "FIELD"
            case .string: "STRING"
            case .number: "INDEX"
            case .end: "$end"
            }
        }
    }

    /// - Throws: `cannot parse expression [user[]: syntax error: …`
    init(_ text: String) throws(LogQLEvaluationError) {
        do {
            steps = try Self.parse(Array(text.utf8))
        } catch {
            throw LogQLEvaluationError(.invalid, "cannot parse expression [\(text)]: \(error.reason)")
        }
    }

    private struct Failure: Error {
        let reason: String
    }

    private static func parse(_ bytes: [UInt8]) throws(Failure) -> [Step] {
        var index = 0
        var steps: [Step] = []
        func unexpected(_ token: Token, _ expected: String = "") -> Failure {
            Failure(
                reason: "syntax error: unexpected \(token.name)" + (expected.isEmpty ? "" : ", expecting \(expected)"))
        }
        while true {
            let token = try next(bytes, &index)
            switch token {
            case .end: return steps
            case .open:
                let inner = try next(bytes, &index)
                switch inner {
                case .string(let key): steps.append(.key(key))
                case .number(let number): steps.append(.index(number))
                default: throw unexpected(inner, "INDEX or STRING")
                }
                let closing = try next(bytes, &index)
                guard closing == .close else { throw unexpected(closing, "RSB") }
            case .field(let name) where steps.isEmpty: steps.append(.key(name))
            case .dot where !steps.isEmpty:
                let field = try next(bytes, &index)
                guard case .field(let name) = field else { throw unexpected(field, "FIELD") }
                steps.append(.key(name))
            default: throw unexpected(token, steps.isEmpty ? "LSB or FIELD" : "")
            }
        }
    }

    private static func next(_ bytes: [UInt8], _ index: inout Int) throws(Failure) -> Token {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 || bytes[index] == 0x0A { index += 1 }
        guard index < bytes.count else { return .end }
        let start = index
        switch bytes[index] {
        case UInt8(ascii: "["):
            index += 1
            return .open
        case UInt8(ascii: "]"):
            index += 1
            return .close
        case UInt8(ascii: "."):
            index += 1
            return .dot
        case UInt8(ascii: "\""):
            // A bracket ends it as well, and so does the end of the text.
            index += 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "]") {
                index += 1
            }
            defer { index = min(index + 1, bytes.count) }
            return .string(Array(bytes[(start + 1)..<index]))
        case let byte where byte.isDigit:
            while index < bytes.count, bytes[index].isDigit { index += 1 }
            if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
                throw Failure(reason: "cannot use float as array index")
            }
            guard let number = Int(String(decoding: bytes[start..<index], as: UTF8.self)) else {
                throw Failure(reason: "array index is out of range")
            }
            return .number(number)
        case let byte where byte.isWord:
            while index < bytes.count, bytes[index].isWord { index += 1 }
            return .field(Array(bytes[start..<index]))
        case let byte:
            throw Failure(reason: "unexpected char \(Character(UnicodeScalar(byte)))")
        }
    }
}
