import TelemetryModel
import Yams

extension DocumentReader {
    mutating func traces(_ subject: Node, _ node: Node, _ allowsEmpty: Bool) -> any ExpectationBody {
        let figures: [Figure<TraceItem>] = durationFigures(node["duration"]) { $0.duration(in: $1) }
        let all = node["all"].map { traceMatcher($0) }
        // Traces have no service of their own: those are looked at that have a span of it.
        var members = Matcher<SpanItem>()
        if let within = node["within"] {
            members = spanMatcher(within, defaultService: true)
        } else if let service {
            members = Matcher(conditions: [.text("service", .equals(service)) { $0.service(in: $1) ?? "" }])
        }
        var population = Matcher<TraceItem>()
        if !members.conditions.isEmpty {
            population.conditions = [.related("spans", members, .some) { $0.spans(in: $1) }]
        }
        return ItemExpectation(
            signals: needsLogs(node) ? [.traces, .logs] : [.traces], population: population,
            matcher: traceMatcher(subject), count: count(node, hasOthers: all != nil || !figures.isEmpty), all: all,
            figures: figures, allowsEmpty: allowsEmpty)
    }

    mutating func traceMatcher(_ node: Node) -> Matcher<TraceItem> {
        Matcher(conditions: members(node).flatMap { traceConditions($0, $1) })
    }

    private mutating func traceConditions(_ key: String, _ node: Node) -> [Condition<TraceItem>] {
        switch key {
        case "id": return [.text("id", textCondition(node)) { $1.traces[$0.index].id.hex }]
        case "root": return [.related("root", spanMatcher(node), none: "it has no root") { $0.root(in: $1) }]
        case "contains": return related("spans", node) { $0.spans(in: $1) }
        case "shape":
            guard let (key, tree) = members(node).first else { return [] }
            let shape = TraceShape(root: shapeNode(tree, depth: 0), isExact: key == "exact")
            return [
                Condition(shape.text) {
                    shape.holds($0, in: $1)
                } miss: {
                    shape.miss($0, in: $1)
                }
            ]
        case "duration":
            return [.number("duration", durationComparison(node)) { Number(clamping: $0.duration(in: $1)) }]
        case "span_count": return [.number("span count", comparison(node)) { Number($0.spans(in: $1).count) }]
        case "error_count": return [.number("error count", comparison(node)) { Number($0.errors(in: $1)) }]
        case "service_count":
            return [.number("service count", comparison(node)) { Number($0.services(in: $1).count) }]
        case "services":
            return words(node).map { name in
                Condition("service \(Quoted.text(name)) takes part") {
                    $0.services(in: $1).contains(name)
                } miss: {
                    let services = $0.services(in: $1).sorted().map(Quoted.text).joined(separator: ", ")
                    return Miss(text: "services are \(services), expected \(Quoted.text(name)) among them")
                }
            }
        case "depth": return [.number("depth", comparison(node)) { Number($0.depth(in: $1)) }]
        case "complete":
            return [.flag(flag(node), yes: "is complete", no: "is incomplete") { $0.isComplete(in: $1) }]
        default: return []
        }
    }

    /// A node of a tree: a span whose `children` are nodes in their turn.
    private mutating func shapeNode(_ node: Node, depth: Int) -> TraceShape.Node {
        var own = node
        var children: [TraceShape.Node] = []
        if let below = node["children"], depth < TraceShape.depthMax {
            children = elements(below).map { shapeNode($0, depth: depth + 1) }
            let rest = node.mapping?.filter { $0.key.scalar?.string != "children" } ?? []
            own = Node(rest.map { ($0.key, $0.value) })
        }
        return TraceShape.Node(
            matcher: spanMatcher(own), wantedCount: node["count"].map(comparison), children: children)
    }
}
