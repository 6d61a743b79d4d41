import Recordings
import TelemetryModel
import Yams

extension DocumentReader {
    mutating func metric(_ subject: Node, _ node: Node, _ allowsEmpty: Bool) -> any ExpectationBody {
        let all = node["all"].map { seriesMatcher($0) }
        let across = node["across"].flatMap { Across(rawValue: text($0)) } ?? .each
        var figures: [Figure<SeriesItem>] = []
        for (key, value) in members(node) {
            switch key {
            case "points": figures.append(.points(comparison(value)))
            case "value": figures.append(.value(comparison(value), across))
            case "every_value": figures.append(.everyValue(comparison(value)))
            case "increase": figures.append(.increase(comparison(value), across))
            case "never_decreases": figures.append(.neverDecreases(flag(value)))
            case "interval": figures.append(.interval(durationComparison(value)))
            case "exemplars": figures.append(.exemplars(comparison(value)))
            case "histogram": figures += members(value).map { .histogram($0, comparison($1)) }
            default: break
            }
        }
        if let place = node["across"], node["value"] == nil, node["increase"] == nil {
            checker.report(place, "`across` is for `value` and `increase`, and neither is there")
        }
        return ItemExpectation(
            signals: [.metrics],
            population: node["within"].map { seriesMatcher($0, defaultService: true) } ?? population(of: subject),
            matcher: seriesMatcher(subject, defaultService: node["within"] == nil),
            count: count(node, hasOthers: all != nil || !figures.isEmpty), all: all, figures: figures,
            allowsEmpty: allowsEmpty)
    }

    mutating func seriesMatcher(_ node: Node, defaultService: Bool = false) -> Matcher<SeriesItem> {
        var conditions: [Condition<SeriesItem>] = []
        if node.scalar != nil { conditions.append(.text("name", textCondition(node)) { $0.series(in: $1).name }) }
        for (key, value) in members(node) { conditions += seriesConditions(key, value) }
        conditions += originConditions(node, defaultService: defaultService) {
            $0.series(in: $1).resource
        } scope: {
            $0.series(in: $1).scope
        }
        return Matcher(conditions: conditions)
    }

    private mutating func seriesConditions(_ key: String, _ node: Node) -> [Condition<SeriesItem>] {
        switch key {
        case "name": [.text("name", textCondition(node)) { $0.series(in: $1).name }]
        case "kind": [.word("kind", words(node)) { $0.series(in: $1).kind.rawValue }]
        case "unit": [.text("unit", textCondition(node)) { $0.series(in: $1).unit }]
        case "description": [.text("description", textCondition(node)) { $0.series(in: $1).description }]
        case "temporality": [.word("temporality", words(node)) { $0.series(in: $1).temporality.rawValue }]
        case "monotonic":
            [.flag(flag(node), yes: "is monotonic", no: "is not monotonic") { $0.series(in: $1).isMonotonic }]
        case "attributes":
            Condition.attributes("attribute", attributeConditions(node)) { $0.series(in: $1).attributes }
        default: []
        }
    }
}
