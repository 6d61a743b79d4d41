/// What LogQL's `|>` does with a template, written for tests alone: each text between captures is taken where it is first
/// found, captures are not empty, and nothing is left behind a last text.
///
/// - Spec: Grafana Loki, "LogQL: Pattern match filter".
struct LinePattern {
    private enum Piece: Equatable {
        case text([UInt8])
        case capture
    }

    struct Invalid: Error {
        var message: String
    }

    private var pieces: [Piece] = []

    init(_ pattern: String) throws {
        let bytes = Array(pattern.utf8)
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "<"), let close = bytes[index...].firstIndex(of: UInt8(ascii: ">")),
                Self.isName(bytes[(index + 1)..<close])
            {
                guard bytes[(index + 1)..<close].elementsEqual("_".utf8) else {
                    throw Invalid(message: "a capture with a name in \(pattern)")
                }
                if !text.isEmpty { pieces.append(.text(text)) }
                text = []
                if pieces.last == .capture { throw Invalid(message: "two captures side by side in \(pattern)") }
                pieces.append(.capture)
                index = close + 1
            } else {
                text.append(bytes[index])
                index += 1
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
    }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, !(0x30...0x39).contains(first) else { return false }
        return bytes.allSatisfy {
            $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                || (0x61...0x7A).contains($0)
        }
    }

    func matches(_ line: [UInt8]) -> Bool {
        guard !line.isEmpty, !pieces.isEmpty else { return line.isEmpty && pieces.isEmpty }
        var position = 0
        for (index, piece) in pieces.enumerated() {
            guard case .text(let text) = piece else { continue }
            guard let found = Self.find(text, in: line, from: position) else { return false }
            if index == 0, found != 0 { return false }
            if index > 0, found == position { return false }
            position = found + text.count
        }
        return (pieces.last == .capture) == (position != line.count)
    }

    private static func find(_ text: [UInt8], in line: [UInt8], from start: Int) -> Int? {
        guard line.count - start >= text.count else { return nil }
        return (start...(line.count - text.count)).first { line[$0..<($0 + text.count)].elementsEqual(text) }
    }
}
