import LogQL

/// `| pattern "<ip> - <_> <path>"`
///
/// A line that is not of the pattern to its end fills the captures as far as it goes; one that does not begin as the
/// pattern does fills none.
final class PatternStage: LineStage {
    private struct Piece {
        /// `none` for `<_>`.
        let name: Int32
        /// The text behind the capture; nil at the end.
        let literal: [UInt8]?
    }

    private let prefix: [UInt8]?
    private let pieces: [Piece]

    init(_ text: String, _ names: inout NameTable) {
        var parts = LinePattern(text).pieces[...]
        if case .literal(let literal)? = parts.first {
            prefix = Array(literal.utf8)
            parts.removeFirst()
        } else {
            prefix = nil
        }
        var pieces: [Piece] = []
        while let part = parts.popFirst() {
            guard case .capture(let name) = part else { continue }
            let number = name.map { names.intern($0) } ?? NameTable.none
            if case .literal(let literal)? = parts.first {
                pieces.append(Piece(name: number, literal: Array(literal.utf8)))
                parts.removeFirst()
            } else {
                pieces.append(Piece(name: number, literal: nil))
            }
        }
        self.pieces = pieces
    }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        let line = state.line
        guard !line.isEmpty, !state.labels.needsNoParser else { return true }
        var offset = 0
        if let prefix {
            guard prefix.withUnsafeBufferPointer({ line.starts(with: $0) }) else { return true }
            offset = prefix.count
        }
        for piece in pieces {
            var found: Int?
            if let literal = piece.literal {
                found = literal.withUnsafeBufferPointer { line.first($0, from: offset) }
            }
            let end = found ?? line.count
            if piece.name >= 0, let name = state.labels.target(piece.name) {
                state.labels.setParsed(name, line.part(offset..<end))
            }
            guard found != nil, let literal = piece.literal else { break }
            offset = end + literal.count
        }
        return true
    }
}
