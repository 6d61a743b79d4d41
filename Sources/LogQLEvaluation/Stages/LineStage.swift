/// A line with its labels between two stages.
struct LineState {
    /// Nanoseconds since the Unix epoch.
    var time: Int64 = 0
    /// As the stages before left it.
    var line = ByteSlice.nothing
    var labels: LineLabels
    /// For what stages make of this line.
    let scratch = ByteArena()

    init(limits: PipelineLimits = .standard) {
        labels = LineLabels(addedMax: limits.lineLabelsMax)
    }
}

/// One step of a pipeline, made ready for many lines. A stage belongs to one pipeline, whose names it knows by number.
class LineStage {
    /// - Returns: whether the line stays.
    func process(_ state: inout LineState) -> Bool { true }

    /// Whether the stage looks at the text of the line.
    var readsLine: Bool { false }
    /// Labels that it reads; nil for any.
    var readsLabels: [String]? { [] }
}

/// `__error__` of a line that a stage failed on.
enum StageFailure {
    static let json = "JSONParserErr"
    static let logfmt = "LogfmtParserErr"
    static let labelFilter = "LabelFilterErr"
    static let template = "TemplateFormatErr"
    static let sample = "SampleExtractionErr"
}
