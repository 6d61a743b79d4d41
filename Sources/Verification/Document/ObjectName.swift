/// The objects of a document of expectations; the raw value is the name of the definition in the JSON Schema.
enum ObjectName: String, Sendable, CaseIterable {
    case document, window

    case spansExpectation, traceExpectation, logsExpectation, metricExpectation, resourceExpectation
    case promqlExpectation, traceqlExpectation, logqlExpectation, sqlExpectation

    case span, relatedSpans, event, link, scope, trace, traceShape
    case log, relatedLogs
    case metric, histogram
    case resource
    case answer

    case textCondition, valueCondition, countCondition, numberCondition, durationCondition, severityCondition
    case durationStatistics

    /// The definition of the object.
    var shape: ObjectShape {
        switch self {
        case .document: Vocabulary.document
        case .window: Vocabulary.window
        case .spansExpectation: Vocabulary.spansExpectation
        case .traceExpectation: Vocabulary.traceExpectation
        case .logsExpectation: Vocabulary.logsExpectation
        case .metricExpectation: Vocabulary.metricExpectation
        case .resourceExpectation: Vocabulary.resourceExpectation
        case .promqlExpectation: Vocabulary.promqlExpectation
        case .traceqlExpectation: Vocabulary.traceqlExpectation
        case .logqlExpectation: Vocabulary.logqlExpectation
        case .sqlExpectation: Vocabulary.sqlExpectation
        case .span: Vocabulary.span
        case .relatedSpans: Vocabulary.relatedSpans
        case .event: Vocabulary.event
        case .link: Vocabulary.link
        case .scope: Vocabulary.scope
        case .trace: Vocabulary.trace
        case .traceShape: Vocabulary.traceShape
        case .log: Vocabulary.log
        case .relatedLogs: Vocabulary.relatedLogs
        case .metric: Vocabulary.metric
        case .histogram: Vocabulary.histogram
        case .resource: Vocabulary.resource
        case .answer: Vocabulary.answer
        case .textCondition: Vocabulary.textCondition
        case .valueCondition: Vocabulary.valueCondition
        case .countCondition: Vocabulary.countCondition
        case .numberCondition: Vocabulary.numberCondition
        case .durationCondition: Vocabulary.durationCondition
        case .severityCondition: Vocabulary.severityCondition
        case .durationStatistics: Vocabulary.durationStatistics
        }
    }

    static let expectations: [ObjectName] = [
        .spansExpectation, .traceExpectation, .logsExpectation, .metricExpectation, .resourceExpectation,
        .promqlExpectation, .traceqlExpectation, .logqlExpectation, .sqlExpectation,
    ]
}
