import Recordings
import TelemetryModel
import Yams

extension DocumentReader {
    mutating func spans(_ subject: Node, _ node: Node, _ allowsEmpty: Bool) -> any ExpectationBody {
        var figures: [Figure<SpanItem>] = durationFigures(node["duration"]) { $0.span(in: $1).duration }
        if let share = node["error_share"] { figures.append(.errorShare(comparison(share))) }
        let all = node["all"].map { spanMatcher($0) }
        return ItemExpectation(
            signals: needsLogs(node) ? [.traces, .logs] : [.traces],
            population: node["within"].map { spanMatcher($0, defaultService: true) } ?? population(of: subject),
            matcher: spanMatcher(subject, defaultService: node["within"] == nil),
            count: count(node, hasOthers: all != nil || !figures.isEmpty), all: all, figures: figures,
            allowsEmpty: allowsEmpty)
    }

    /// - Parameter defaultService: whether the document's service is meant where none is named.
    mutating func spanMatcher(_ node: Node, defaultService: Bool = false) -> Matcher<SpanItem> {
        var conditions: [Condition<SpanItem>] = []
        if node.scalar != nil {
            conditions.append(.text("name", textCondition(node)) { $0.span(in: $1).name })
        }
        if let name = node["name"] {
            conditions.append(.text("name", textCondition(name)) { $0.span(in: $1).name })
        }
        conditions += originConditions(node, defaultService: defaultService) {
            $0.span(in: $1).resource
        } scope: {
            $0.span(in: $1).scope
        }
        for (key, value) in members(node) { conditions += spanConditions(key, value) }
        return Matcher(conditions: conditions)
    }

    private mutating func spanConditions(_ key: String, _ node: Node) -> [Condition<SpanItem>] {
        switch key {
        case "kind": return [.word("kind", words(node)) { "\($0.span(in: $1).kind)" }]
        case "status": return [.word("status", words(node)) { "\($0.span(in: $1).status)" }]
        case "status_message": return [.text("status message", textCondition(node)) { $0.span(in: $1).statusMessage }]
        case "attributes":
            return Condition.attributes("attribute", attributeConditions(node)) { $0.span(in: $1).attributes }
        case "duration":
            return [.number("duration", durationComparison(node)) { Number(clamping: $0.span(in: $1).duration) }]
        case "root":
            return [
                .flag(flag(node), yes: "is a root", no: "is no root") { $0.span(in: $1).parentSpanID.isZero }
            ]
        case "orphan":
            return [
                .flag(flag(node), yes: "is an orphan", no: "is no orphan") {
                    !$0.span(in: $1).parentSpanID.isZero && $1.parent($0.index) == nil
                }
            ]
        case "parent":
            return [
                .related("parent", spanMatcher(node), none: "it has no parent that came") { span, recording in
                    recording.parent(span.index).map { SpanItem(index: $0) }
                }
            ]
        case "ancestor":
            return [
                .related("ancestor", spanMatcher(node), .some) { span, recording in
                    recording.ancestors(span.index).map { SpanItem(index: $0) }
                }
            ]
        case "children":
            return related("children", node) { span, recording in
                recording.children(span.index).map { SpanItem(index: $0) }
            }
        case "descendants":
            return related("descendants", node) { span, recording in
                recording.descendants(span.index).map { SpanItem(index: $0) }
            }
        case "events":
            return elements(node).map { node in
                .related("events", eventMatcher(node), relatedCount(node)) { span, recording in
                    let span = span.span(in: recording)
                    return span.events.map { EventItem(event: $0, spanStart: span.startTime) }
                }
            }
        case "links":
            return elements(node).map { node in
                .related("links", linkMatcher(node), relatedCount(node)) { span, recording in
                    span.span(in: recording).links.map { LinkItem(link: $0, span: span) }
                }
            }
        case "logs":
            return elements(node).map { node in
                .related("logs", logMatcher(node), relatedCount(node)) { span, recording in
                    recording.logs(ofSpan: span.index).map { LogItem(index: $0) }
                }
            }
        case "trace":
            return [
                .related("trace", traceMatcher(node), none: "it is in no trace") { span, recording in
                    recording.trace(span.span(in: recording).traceID).map { TraceItem(index: $0) }
                }
            ]
        default: return []
        }
    }

    /// One condition an element of a list.
    mutating func related<Item>(
        _ relation: String, _ node: Node,
        of others: @escaping @Sendable (Item, IndexedRecording) -> [SpanItem]
    ) -> [Condition<Item>] {
        elements(node).map { .related(relation, spanMatcher($0), relatedCount($0), of: others) }
    }

    func relatedCount(_ node: Node) -> Comparison { node["count"].map(comparison) ?? .some }

    private mutating func eventMatcher(_ node: Node) -> Matcher<EventItem> {
        var conditions: [Condition<EventItem>] = []
        if node.scalar != nil { conditions.append(.text("name", textCondition(node)) { item, _ in item.event.name }) }
        for (key, value) in members(node) {
            switch key {
            case "name": conditions.append(.text("name", textCondition(value)) { item, _ in item.event.name })
            case "attributes":
                conditions += Condition.attributes("attribute", attributeConditions(value)) { item, _ in
                    item.event.attributes
                }
            case "after":
                conditions.append(.number("delay", durationComparison(value)) { item, _ in .int(item.delay) })
            default: break
            }
        }
        return Matcher(conditions: conditions)
    }

    private mutating func linkMatcher(_ node: Node) -> Matcher<LinkItem> {
        var conditions: [Condition<LinkItem>] = []
        for (key, value) in members(node) {
            switch key {
            case "attributes":
                conditions += Condition.attributes("attribute", attributeConditions(value)) { item, _ in
                    item.link.attributes
                }
            case "to":
                conditions.append(
                    .related("target", spanMatcher(value), none: "its target did not come") { item, recording in
                        recording.span(item.link.traceID, item.link.spanID).map { SpanItem(index: $0) }
                    })
            case "same_trace":
                conditions.append(
                    .flag(flag(value), yes: "leads into its own trace", no: "leads into another trace") {
                        $0.link.traceID == $0.span.span(in: $1).traceID
                    })
            default: break
            }
        }
        return Matcher(conditions: conditions)
    }

    /// Whether log records are asked for somewhere below.
    func needsLogs(_ node: Node) -> Bool {
        if node.sequence != nil { return elements(node).contains(where: needsLogs) }
        return members(node).contains { $0 == "logs" || needsLogs($1) }
    }
}

extension Figure where Item == SpanItem {
    static func errorShare(_ comparison: Comparison) -> Figure {
        Figure(expected: "share of errors \(comparison.text)") { items, recording in
            let errors = items.filter { $0.span(in: recording).status == .error }
            let share = Number.double(Double(errors.count) / Double(max(1, items.count)))
            let actual = "share of errors is \(share.text) (\(errors.count) of \(items.count))"
            return comparison.holds(share)
                ? .fulfilled(actual: actual) : .missed(actual: actual, evidence: Finding.evidence(errors, recording))
        }
    }
}
