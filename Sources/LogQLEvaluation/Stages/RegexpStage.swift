import TelemetryModel

/// `` | regexp `(?P<method>\w+) (?P<path>\S+)` ``: the first match in the line, each named group a label.
final class RegexpStage: LineStage {
    private let expression: LineExpression
    private let groups: [(index: Int, name: Int32)]
    @exclusivity(unchecked) private var spans: [Int64]

    init(_ source: String, _ names: inout NameTable) throws(LogQLEvaluationError) {
        expression = try LineExpression(source)
        let named = expression.groupNames
        guard !named.isEmpty else {
            throw LogQLEvaluationError(.invalid, "at least one named capture must be supplied")
        }
        for (_, name) in named where !LabelNameText.isValid(name) {
            throw LogQLEvaluationError(.invalid, "invalid extracted label name '\(name)'")
        }
        var groups: [(index: Int, name: Int32)] = []
        for (index, name) in named { groups.append((index, names.intern(name))) }
        self.groups = groups
        spans = [Int64](repeating: -1, count: 2 * ((named.last?.index ?? 0) + 1))
    }

    override var readsLine: Bool { true }

    override func process(_ state: inout LineState) -> Bool {
        guard expression.find(in: state.line, spans: &spans) else { return true }
        for (index, name) in groups {
            guard let target = state.labels.target(name) else { continue }
            let begin = Int(spans[2 * index]), end = Int(spans[2 * index + 1])
            state.labels.setParsed(target, begin < 0 ? .nothing : state.line.part(begin..<end))
        }
        return true
    }
}
