import LogQL

/// `|> "<_> took <_>ms"`: whether a line is of a pattern.
///
/// - Spec: Loki, "Pattern match filter": captures hold at least one byte, and nothing is left at the end. Where a pattern
///   begins with text, Loki looks for that anywhere, and so it is here.
struct PatternFilter {
    private let literals: [(text: [UInt8], isFirst: Bool)]
    private let isEmpty: Bool
    private let endsWithCapture: Bool

    init(_ text: String) {
        let pieces = LinePattern(text).pieces
        isEmpty = pieces.isEmpty
        var literals: [(text: [UInt8], isFirst: Bool)] = []
        for (index, piece) in pieces.enumerated() {
            if case .literal(let text) = piece { literals.append((Array(text.utf8), index == 0)) }
        }
        self.literals = literals
        if case .capture? = pieces.last { endsWithCapture = true } else { endsWithCapture = false }
    }

    func matches(_ line: ByteSlice) -> Bool {
        guard !line.isEmpty, !isEmpty else { return line.isEmpty && isEmpty }
        var offset = 0
        for (text, isFirst) in literals {
            guard let found = text.withUnsafeBufferPointer({ line.first($0, from: offset) }),
                isFirst || found > offset
            else { return false }
            offset = found + text.count
        }
        return endsWithCapture == (offset != line.count)
    }
}
