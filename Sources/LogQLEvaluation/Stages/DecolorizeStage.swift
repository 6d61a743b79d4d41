/// `| decolorize`: takes ANSI escape sequences out of the line.
final class DecolorizeStage: LineStage {
    /// Escape or the one character that stands for it and a bracket, marks, then numbers and a final letter, or words and
    /// a bell: colours, cursor movements, titles.
    static let source =
        #"[\x{1B}\x{9B}][\[\]()#;?]*"#
        + #"(?:(?:(?:[a-zA-Z\d]*(?:;[a-zA-Z\d]*)*)?\x{07})|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PRZcf-ntqry=><~]))"#

    private let expression: LineExpression
    @exclusivity(unchecked) private var spans: [Int64] = [-1, -1]

    init(_ source: String = DecolorizeStage.source) throws(LogQLEvaluationError) {
        expression = try LineExpression(source)
    }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        let line = state.line
        guard line.first(0x1B, from: 0) != nil || line.first(0x9B, from: 0) != nil else { return true }
        var from = 0
        var written = 0
        let target = state.scratch.reserve(line.count)
        while from < line.count, expression.find(in: line, from: from, spans: &spans) {
            let begin = Int(spans[0]), end = Int(spans[1])
            guard begin >= from, end > begin else { break }
            for index in from..<begin { target[written + index - from] = line[index] }
            written += begin - from
            from = end
        }
        guard from > 0 else { return true }
        for index in from..<line.count { target[written + index - from] = line[index] }
        state.line = state.scratch.commit(written + line.count - from)
        return true
    }
}
