import Recordings
import TelemetryModel
import Yams

extension DocumentReader {
    mutating func resource(_ subject: Node, _ node: Node, _ allowsEmpty: Bool) -> any ExpectationBody {
        let all = node["all"].map { resourceMatcher($0) }
        return ItemExpectation(
            signals: Set(Signal.allCases),
            population: node["within"].map { resourceMatcher($0, defaultService: true) } ?? population(of: subject),
            matcher: resourceMatcher(subject, defaultService: node["within"] == nil),
            count: count(node, hasOthers: all != nil), all: all, figures: [], allowsEmpty: allowsEmpty)
    }

    private mutating func resourceMatcher(_ node: Node, defaultService: Bool = false) -> Matcher<ResourceItem> {
        var conditions: [Condition<ResourceItem>] = []
        if let condition = serviceCondition(node["service"], defaultService) {
            conditions.append(.text("service", condition) { $1.service($0.index) })
        }
        for (key, value) in members(node) {
            switch key {
            case "attributes":
                conditions += Condition.attributes("attribute", attributeConditions(value)) { $1.resource($0.index) }
            case "schema_url":
                conditions.append(
                    .text("schema URL", textCondition(value)) { item, recording in
                        recording.recording.resources[item.index].schemaURL
                    })
            case "signals":
                conditions += words(value).map { name in
                    Condition("sends \(name)") { item, recording in
                        recording.signals(ofResource: item.index).contains { $0.rawValue == name }
                    } miss: { _, _ in
                        Miss(text: "it sent no \(name)", closeness: 0.2)
                    }
                }
            default: break
            }
        }
        return Matcher(conditions: conditions)
    }
}
