import Codecs
import QueryEngines
import TelemetryModel
import TraceQL

extension TraceUIAPI {
    /// `GET /api/ui/servicegraph?start=&end=`: the services with a span in a time, and who calls whom.
    func serviceGraph(_ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        let range = try parameters.range(now: dependencies.now())
        await dependencies.freshen()
        let queries = dependencies.queries
        async let counts = queries.metrics(
            TraceMetricsRequest(
                query: ServiceGraph.countQuery, start: range.lowerBound, end: range.upperBound, step: nil))
        let calls = try await queries.dependencies(
            TraceTimeRange(start: range.lowerBound, end: range.upperBound))
        let graph = ServiceGraph(calls, try await counts)
        return .json { writer in
            writer.time("start", range.lowerBound)
            writer.time("end", range.upperBound)
            graph.write(into: &writer)
        }
    }
}

/// Services and the calls between them.
struct ServiceGraph {
    struct Node {
        var service: String
        /// Spans that start in the time, and those of them with an error.
        var spans = 0
        var errors = 0
    }

    /// By name; those with the most spans when there are more than `TraceUILimits.graphNodesMax`.
    let nodes: [Node]
    /// By parent, then child; those with the most calls when there are more than `TraceUILimits.graphEdgesMax`.
    let edges: [ServiceDependency]
    private let otherNodes: [Node]
    private let otherEdges: [ServiceDependency]

    /// `{} | count_over_time() by (resource.service.name, status)`
    static var countQuery: Query {
        let groups = [Attribute(.attribute(.resource, "service.name")), Attribute(.intrinsic(.status))]
        return Query(
            body: .metrics(
                .pipeline(
                    Pipeline([.spansets(.filter(.literal(.bool(true))))]),
                    MetricsFunction(kind: .countOverTime, groups: groups))))
    }

    /// - Parameter counts: the answer to `countQuery`.
    init(_ calls: [ServiceDependency], _ counts: TraceMetricsResult) {
        var services: [String: Node] = [:]
        // A service that is called may have its spans before or after the time.
        for name in calls.flatMap({ [$0.parent, $0.child] }) { services[name] = Node(service: name) }
        for series in counts.series {
            var name = ""
            var isError = false
            for label in series.labels {
                switch label.value {
                case .string(let service): name = service
                case .status(let status): isError = status == .error
                default: break
                }
            }
            let spans = series.samples.reduce(0) { $0 + (Int(exactly: $1.value.rounded()) ?? 0) }
            services[name, default: Node(service: name)].spans += spans
            if isError { services[name, default: Node(service: name)].errors += spans }
        }
        let ranked = services.values.sorted { one, two in
            one.spans != two.spans ? one.spans > two.spans : one.service < two.service
        }
        nodes = ranked.prefix(TraceUILimits.graphNodesMax).sorted { $0.service < $1.service }
        otherNodes = Array(ranked.dropFirst(TraceUILimits.graphNodesMax))
        let known = Set(nodes.map(\.service))
        // Calls between services that are shown, the most frequent first.
        let shown = calls.filter { known.contains($0.parent) && known.contains($0.child) }.sorted { one, two in
            one.calls != two.calls ? one.calls > two.calls : (one.parent, one.child) < (two.parent, two.child)
        }
        edges = shown.prefix(TraceUILimits.graphEdgesMax).sorted { ($0.parent, $0.child) < ($1.parent, $1.child) }
        otherEdges =
            shown.dropFirst(TraceUILimits.graphEdgesMax)
            + calls.filter { !known.contains($0.parent) || !known.contains($0.child) }
    }

    /// `"nodes"`: `[{"service","spans","errors"}]`, `"edges"`: `[{"parent","child","calls","errors"}]`, `"complete"`, and
    /// `"other"`: null, or what is left out.
    func write(into writer: inout JSONWriter) {
        writer.list("nodes", nodes) { writer, node in
            writer.member("service", node.service)
            writer.member("spans", node.spans)
            writer.member("errors", node.errors)
        }
        writer.list("edges", edges) { writer, edge in
            writer.member("parent", edge.parent)
            writer.member("child", edge.child)
            writer.member("calls", edge.calls)
            writer.member("errors", edge.errors)
        }
        let isComplete = otherNodes.isEmpty && otherEdges.isEmpty
        writer.member("complete", isComplete)
        writer.object("other", unless: isComplete) { writer in
            writer.member("nodes", otherNodes.count)
            writer.member("spans", otherNodes.reduce(0) { $0 + $1.spans })
            writer.member("edges", otherEdges.count)
            writer.member("calls", otherEdges.reduce(0) { $0 + $1.calls })
            writer.member("errors", otherEdges.reduce(0) { $0 + $1.errors })
        }
    }
}
