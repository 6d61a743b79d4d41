/// `| line_format "{{.method}} {{.path}}"`
final class LineFormatStage: LineStage {
    private let template: StageTemplate

    init(_ text: String, now: Int64, _ names: inout NameTable) throws(LogQLEvaluationError) {
        template = try StageTemplate(text, name: "line", now: now, &names)
    }

    override var readsLine: Bool { template.readsLine }
    override var readsLabels: [String]? { template.readsLabels }

    override func process(_ state: inout LineState) -> Bool {
        template.readLabels(&state)
        if let line = template.run(&state) { state.line = line }
        return true
    }
}
