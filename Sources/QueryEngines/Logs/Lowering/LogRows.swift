import LogQL
import PrometheusModel
import SQLSyntax
import TelemetryModel
import TelemetryStore

/// Makes conditions on the table of records of selectors and pipelines.
///
/// A condition holds for every record that the query wants; when it is exact, for no other, and the pipeline need not be
/// run for those records to know that they count.
struct LogRows: Sendable {
    let streams: LogStreamIndex.Snapshot
    let keys: AttributeKeys

    /// Columns whose values are structured metadata under a name of their own.
    static let columnNames: Set<String> = [
        "trace_id", "span_id", "severity_text", "severity_number", "detected_level", "flags", "observed_timestamp",
        "event_name", "scope_name", "scope_version",
    ]

    /// The condition of a selector.
    func selector(_ matchers: [LabelMatcher]) -> RowCondition {
        guard let ids = streams.matching(matchers) else { return .always }
        guard !ids.isEmpty else { return .never }
        if ids.count == 1 { return .exact(.equal(.column("resource_id"), .parameter(.unsigned(ids[0])))) }
        return .exact(.inArray(.column("resource_id"), .unsigned(ids)))
    }

    /// The condition of the stages, as far as the table's columns tell.
    func pipeline(_ stages: [Stage]) -> RowCondition {
        var conditions: [RowCondition] = []
        var labels = LabelKnowledge()
        var isLineTheBody = true
        for stage in stages {
            switch stage {
            case .lineFilter(let filter):
                conditions.append(isLineTheBody ? LineCondition.of(filter) : .unknown)
            case .labelFilter(let filter): conditions.append(label(filter, labels))
            case .parser(let parser):
                // It only adds labels, none of which hides one of the stream or the metadata.
                conditions.append(.wider(.and([])))
                switch parser {
                case .unpack:
                    labels.forgetAll()
                    isLineTheBody = false
                case .json, .logfmt, .regexp, .pattern: labels.forgetMissing()
                }
            case .lineFormat, .decolorize:
                conditions.append(.unknown)
                isLineTheBody = false
            case .labelFormat(let formats):
                conditions.append(.unknown)
                for format in formats {
                    labels.forget(format.label)
                    if case .rename(_, let from) = format { labels.forget(from) }
                }
            case .drop(let selections):
                for selection in selections {
                    switch selection {
                    case .name(let name): labels.forget(name)
                    case .matcher(let matcher): labels.forget(matcher.name)
                    }
                }
            case .keep: labels.forgetAll()
            }
        }
        return .all(conditions)
    }

    private func label(_ filter: LabelFilter, _ knowledge: LabelKnowledge) -> RowCondition {
        switch filter {
        case .and(let left, let right): .all([label(left, knowledge), label(right, knowledge)])
        case .or(let left, let right): .any([label(left, knowledge), label(right, knowledge)])
        case .matcher(let matcher): label(matcher, knowledge)
        case .number, .duration, .bytes, .address: .unknown
        }
    }

    private func label(_ matcher: LabelMatcher, _ knowledge: LabelKnowledge) -> RowCondition {
        // Errors of stages before are of no column.
        guard knowledge.knows(matcher.name), matcher.name != "__error__", matcher.name != "__error_details__" else {
            return .unknown
        }
        // Of a record that has no such column a parser may have found the label.
        guard knowledge.knowsMissing(matcher.name) || streams.streams.values.allSatisfy({ $0[matcher.name] != nil })
        else { return .unknown }
        return LabelCondition(self, matcher.name).condition(matcher)
    }
}

/// What is known of labels at a place in a pipeline.
private struct LabelKnowledge {
    private var forgotten: Set<String> = []
    private var knowsNothing = false
    private var parsers = false

    /// Whether a label is what the stream and the columns say.
    func knows(_ name: String) -> Bool { !knowsNothing && !forgotten.contains(name) }
    /// Whether a record that has no such column has no such label.
    func knowsMissing(_ name: String) -> Bool { knows(name) && !parsers }
    mutating func forget(_ name: String) { forgotten.insert(name) }
    mutating func forgetAll() { knowsNothing = true }
    mutating func forgetMissing() { parsers = true }
}
