import Recordings
import TelemetryModel
import Yams

extension DocumentReader {
    mutating func logs(_ subject: Node, _ node: Node, _ allowsEmpty: Bool) -> any ExpectationBody {
        let all = node["all"].map { logMatcher($0) }
        return ItemExpectation(
            signals: needsSpans(node) ? [.logs, .traces] : [.logs],
            population: node["within"].map { logMatcher($0, defaultService: true) } ?? population(of: subject),
            matcher: logMatcher(subject, defaultService: node["within"] == nil),
            count: count(node, hasOthers: all != nil), all: all, figures: [], allowsEmpty: allowsEmpty)
    }

    mutating func logMatcher(_ node: Node, defaultService: Bool = false) -> Matcher<LogItem> {
        var conditions: [Condition<LogItem>] = []
        for (key, value) in members(node) { conditions += logConditions(key, value) }
        conditions += originConditions(node, defaultService: defaultService) {
            $0.log(in: $1).resource
        } scope: {
            $0.log(in: $1).scope
        }
        return Matcher(conditions: conditions)
    }

    private mutating func logConditions(_ key: String, _ node: Node) -> [Condition<LogItem>] {
        switch key {
        case "body": return [.value("body", valueCondition(node)) { $0.log(in: $1).body }]
        case "body_fields":
            return Condition.attributes("body field", attributeConditions(node)) {
                if case .map(let fields) = $0.log(in: $1).body { return fields }
                return RecordedAttributes()
            }
        case "severity":
            let (allowed, text) = severities(node)
            return [
                Condition("severity \(text)") {
                    allowed.contains($0.severity(in: $1))
                } miss: {
                    Miss(text: "severity is \(SeverityText.print($0.severity(in: $1))), expected \(text)")
                }
            ]
        case "severity_text": return [.text("severity text", textCondition(node)) { $0.log(in: $1).severityText }]
        case "event_name": return [.text("event name", textCondition(node)) { $0.log(in: $1).eventName }]
        case "attributes":
            return Condition.attributes("attribute", attributeConditions(node)) { $0.log(in: $1).attributes }
        case "linked_to_span":
            if node.scalar != nil {
                return [
                    .flag(flag(node), yes: "is linked to a span", no: "is not linked to a span that came") {
                        $0.span(in: $1) != nil
                    }
                ]
            }
            return [
                .related("linked span", spanMatcher(node), none: "it is not linked to a span that came") {
                    $0.span(in: $1)
                }
            ]
        case "linked_to_trace":
            return [
                .flag(flag(node), yes: "is linked to a trace", no: "is not linked to a trace that came") {
                    $1.trace($0.log(in: $1).traceID) != nil
                }
            ]
        case "has_trace_id":
            return [
                .flag(flag(node), yes: "has a trace id", no: "has no trace id") { !$0.log(in: $1).traceID.isZero }
            ]
        default: return []
        }
    }

    private func needsSpans(_ node: Node) -> Bool {
        members(node).contains { $0.hasPrefix("linked_to_") || needsSpans($1) }
    }
}
