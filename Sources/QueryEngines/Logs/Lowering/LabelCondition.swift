import LogQL
import PrometheusModel
import SQLSyntax
import TelemetryModel
import TelemetryStore

/// A test of one label as a condition on the columns that it can come from: the stream, a column of its own, attributes
/// of the record, and the resource's other attributes; the first that has it counts.
struct LabelCondition {
    private let rows: LogRows
    private let name: String

    init(_ rows: LogRows, _ name: String) {
        self.rows = rows
        self.name = name
    }

    func condition(_ matcher: LabelMatcher) -> RowCondition {
        // The loser of two labels with one name.
        guard !name.hasSuffix("_extracted") else { return .unknown }
        // Streams that have the label, and whether it matches there.
        var matching: [UInt64] = []
        var others: [UInt64] = []
        // Streams whose resource has it as metadata.
        var resourceMatching: [UInt64] = []
        var isInResources = false
        for stream in rows.streams.streams.values {
            if let value = stream[name] {
                matcher.matches(value) ? matching.append(stream.id) : others.append(stream.id)
            } else if let value = stream.metadata.first(where: { $0.name == name })?.value {
                isInResources = true
                if matcher.matches(value) { resourceMatching.append(stream.id) }
            }
        }
        let isInStreams = !(matching.isEmpty && others.isEmpty)
        if matching.count + others.count == rows.streams.streams.count {
            if others.isEmpty { return .always }
            return matching.isEmpty ? .never : .exact(ids(matching))
        }
        let column = ofColumns(matcher)
        guard isInStreams || isInResources else { return column }
        // A label of the stream hides those of the record.
        var parts: [RowCondition] = [column]
        if !others.isEmpty || !matching.isEmpty {
            parts = [.all([column, .exact(.not(ids(others + matching)))])]
        }
        if !matching.isEmpty { parts.append(.exact(ids(matching))) }
        // What the record itself has under the name counts before; so this is wider than the truth.
        if !resourceMatching.isEmpty { parts.append(.wider(ids(resourceMatching))) }
        let found = RowCondition.any(parts)
        return isInResources ? (matcher.matches("") ? .unknown : RowCondition(found.sql, isExact: false)) : found
    }

    private func ids(_ ids: [UInt64]) -> Expression { .inArray(.column("resource_id"), .unsigned(ids.sorted())) }

    private func ofColumns(_ matcher: LabelMatcher) -> RowCondition {
        let attributes = ofAttributes(matcher)
        switch name {
        case "detected_level":
            // An attribute of the same name is a record's own word for it.
            return ofColumn(.column("detected_level"), matcher, attributes)
        case "severity_text", "event_name": return ofColumn(.column(Identifier(name)), matcher, attributes)
        case "trace_id": return ofIdentifier("trace_id", bytes: 16, matcher, attributes)
        case "span_id": return ofIdentifier("span_id", bytes: 8, matcher, attributes)
        case "severity_number", "flags", "observed_timestamp", "scope_name", "scope_version": return .unknown
        default: return attributes
        }
    }

    private var attributeKeys: [String] {
        guard rows.keys.isComplete else { return [] }
        return rows.keys.names(in: .log).filter { LogLabelName.sanitized($0) == name }
    }

    private func ofColumn(
        _ column: Expression, _ matcher: LabelMatcher, _ attributes: RowCondition
    ) -> RowCondition {
        let own = RowCondition.exact(Self.comparison(column, matcher))
        guard !attributeKeys.isEmpty || !rows.keys.isComplete else { return own }
        return matcher.matches("") ? .unknown : RowCondition(RowCondition.any([own, attributes]).sql, isExact: false)
    }

    private func ofIdentifier(
        _ column: Identifier, bytes: Int, _ matcher: LabelMatcher, _ attributes: RowCondition
    ) -> RowCondition {
        guard matcher.kind == .equal, !matcher.matches("") else { return .unknown }
        if matcher.value.utf8.count == bytes * 2, matcher.value == matcher.value.lowercased(),
            Hex.decode(matcher.value, paddedTo: bytes) != nil
        {
            // An attribute with the id made the column when the record came in.
            return .wider(.equal(.column(column), .call("unhex", .parameter(.string(matcher.value)))))
        }
        return RowCondition(attributes.sql, isExact: false)
    }

    private func ofAttributes(_ matcher: LabelMatcher) -> RowCondition {
        guard rows.keys.isComplete else { return .unknown }
        let keys = attributeKeys
        let scopeHasIt = rows.keys.names(in: .scope).contains { LogLabelName.sanitized($0) == name }
        if keys.isEmpty { return scopeHasIt ? .unknown : matcher.matches("") ? .always : .never }
        let conditions = keys.map { key -> RowCondition in
            let value = Expression.call("arrayElement", .column("attributes"), .parameter(.string(key)))
            return .exact(Self.comparison(value, matcher))
        }
        if keys.count == 1, !scopeHasIt { return conditions[0] }
        // Of several attributes the first of the record counts, which SQL does not know.
        return matcher.matches("") || scopeHasIt
            ? .unknown : RowCondition(RowCondition.any(conditions).sql, isExact: false)
    }

    /// A missing attribute reads as an empty text, as a missing label does.
    private static func comparison(_ value: Expression, _ matcher: LabelMatcher) -> Expression {
        switch matcher.kind {
        case .equal: .equal(value, .parameter(.string(matcher.value)))
        case .notEqual: .comparison(value, .notEqual, .parameter(.string(matcher.value)))
        case .matches: expression(value, matcher.value)
        case .doesNotMatch: .not(expression(value, matcher.value))
        }
    }

    private static func expression(_ value: Expression, _ pattern: String) -> Expression {
        switch pattern {
        // Whatever is in it, line ends included.
        case ".*": .and([])
        case ".+": .call("notEmpty", value)
        default: RegularExpression.condition(value, pattern, dotMatchesNewline: false)
        }
    }
}
