/// A pattern of `| pattern "…"`, `|> "…"` and `!> "…"`: text with captures such as `<method>`, or `<_>` for what has no
/// name.
///
/// - Spec: Loki, "LogQL: Log query language", pattern.
package struct LinePattern: Sendable, Equatable {
    package enum Piece: Sendable, Equatable {
        /// Not empty.
        case literal(String)
        /// Nil for `<_>`.
        case capture(String?)
    }

    package let pieces: [Piece]

    /// Never fails: what is no capture is text.
    package init(_ source: String) {
        let bytes = Array(source.utf8)
        var pieces: [Piece] = []
        var literalStart = 0
        var place = 0
        func takeLiteral(to end: Int) {
            guard end > literalStart else { return }
            pieces.append(.literal(String(decoding: bytes[literalStart..<end], as: UTF8.self)))
        }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<"), let end = Self.captureEnd(bytes, from: place) else {
                place += 1
                continue
            }
            takeLiteral(to: place)
            let name = String(decoding: bytes[place + 1..<end - 1], as: UTF8.self)
            pieces.append(.capture(name == "_" ? nil : name))
            place = end
            literalStart = end
        }
        takeLiteral(to: bytes.count)
        self.pieces = pieces
    }

    /// Names of the captures, in their order.
    package var names: [String] {
        pieces.compactMap { if case .capture(let name) = $0 { name } else { nil } }
    }

    /// Why it is none for the stage `pattern`; nil when it is.
    var parserComplaint: String? {
        guard !names.isEmpty else { return "at least one capture is required" }
        if let complaint = consecutiveComplaint { return complaint }
        var known: Set<String> = []
        for name in names where !known.insert(name).inserted {
            return "duplicate capture name (\(name)): invalid expression"
        }
        return nil
    }

    /// Why it is none for a line filter; nil when it is.
    var filterComplaint: String? {
        if let complaint = consecutiveComplaint { return complaint }
        return names.first.map { "named captures are not allowed: found '<\($0)>'" }
    }

    /// Nothing would say where the first of two captures ends.
    private var consecutiveComplaint: String? {
        for (left, right) in zip(pieces, pieces.dropFirst()) {
            if case .capture(let first) = left, case .capture(let second) = right {
                return "found consecutive capture '<\(first ?? "_")><\(second ?? "_")>': invalid expression"
            }
        }
        return nil
    }

    /// Past the `>` of a capture that begins here.
    private static func captureEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var place = start + 1
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: ">") { return place > start + 1 ? place + 1 : nil }
            guard Lexer.isLetter(byte) || (Lexer.isDigit(byte) && place > start + 1) else { return nil }
            place += 1
        }
        return nil
    }
}
