import QueryEngines
import Synchronization
import TelemetryModel
import TraceQL

/// Answers from traces in memory. Of queries it knows one spanset filter, which is what Jaeger's searches are.
final class MemoryTraceQueries: TraceQueries {
    let traces: [StoredTrace]
    /// Spans of a page of `streamTrace`.
    let pageSpans: Int
    let links: [ServiceDependency]
    let metricsAnswer: @Sendable (TraceMetricsRequest) -> [TraceMetricsResult.Series]
    let failure: TraceQueryError?
    let searches = Mutex<[TraceSearchRequest]>([])
    let ranges = Mutex<[TraceTimeRange]>([])

    init(
        _ traces: [StoredTrace] = [], pageSpans: Int = 2, links: [ServiceDependency] = [],
        failure: TraceQueryError? = nil,
        metrics: @escaping @Sendable (TraceMetricsRequest) -> [TraceMetricsResult.Series] = { _ in [] }
    ) {
        self.traces = traces
        self.pageSpans = pageSpans
        self.links = links
        self.failure = failure
        metricsAnswer = metrics
    }

    func search(
        _ request: TraceSearchRequest, progress: @Sendable (TraceSearchProgress) async throws -> Void
    ) async throws -> TraceSearchResult {
        if let failure { throw failure }
        searches.withLock { $0.append(request) }
        guard case .search(let pipeline) = request.query.body, pipeline.stages.count == 1,
            case .spansets(.filter(let condition)) = pipeline.stages[0]
        else { throw TraceQueryError(.unsupported, "only one filter") }
        var found: [FoundTrace] = []
        for trace in traces {
            let spans = trace.spans.filter { span in
                let end = span.startTime.nanoseconds + span.durationNanoseconds
                guard request.range.start.map({ end >= $0 }) ?? true,
                    request.range.end.map({ span.startTime.nanoseconds < $0 }) ?? true
                else { return false }
                return RowConditions(span: span, trace: trace).holds(condition)
            }
            if !spans.isEmpty { found.append(Self.found(trace, spans)) }
        }
        found.sort { $0.start > $1.start }
        return TraceSearchResult(
            traces: Array(found.prefix(request.limit)), inspectedTraces: traces.count, inspectedSpans: 0)
    }

    private static func found(_ trace: StoredTrace, _ spans: [StoredSpan]) -> FoundTrace {
        let root = trace.spans.first { $0.parentSpanID.isZero }
        let start = trace.spans.map(\.startTime.nanoseconds).min() ?? 0
        let end = trace.spans.map { $0.startTime.nanoseconds + $0.durationNanoseconds }.max() ?? 0
        var services: [String: FoundTrace.ServiceStatistics] = [:]
        for span in trace.spans {
            services[span.service, default: .init(spans: 0, errors: 0)].spans += 1
            if span.statusCode == 2 { services[span.service]?.errors += 1 }
        }
        let shown = spans.map {
            FoundSpan(
                id: $0.spanID, name: $0.name, service: $0.service, start: $0.startTime.nanoseconds,
                duration: $0.durationNanoseconds, attributes: [])
        }
        return FoundTrace(
            id: trace.spans[0].traceID, rootService: root?.service, rootName: root?.name, start: start,
            duration: end - start, services: services, spansets: [.init(spans: shown, matched: shown.count)])
    }

    func metrics(_ request: TraceMetricsRequest) async throws -> TraceMetricsResult {
        TraceMetricsResult(series: metricsAnswer(request), inspectedSpans: 0)
    }

    func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]] { [:] }
    func tagValues(_ request: TagValuesRequest) async throws -> [TagValue] { [] }

    private func find(_ id: TraceID) -> StoredTrace? { traces.first { $0.spans.first?.traceID == id } }

    func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace? {
        if let failure { throw failure }
        let trace = find(id)
        if let count = trace?.spans.count, count > spansMax { throw TraceQueryError(.tooLarge, "too many spans") }
        return trace
    }

    func streamTrace(_ id: TraceID, page: @Sendable (StoredTrace) async throws -> Void) async throws -> Bool {
        guard let trace = find(id) else { return false }
        for start in stride(from: 0, to: trace.spans.count, by: pageSpans) {
            var part = trace
            part.spans = Array(trace.spans[start...].prefix(pageSpans))
            try await page(part)
        }
        return true
    }

    func services(_ range: TraceTimeRange) async throws -> [String] {
        Set(traces.flatMap { $0.spans.map(\.service) }).sorted()
    }

    func operations(service: String?, _ range: TraceTimeRange) async throws -> [TraceOperation] {
        let spans = traces.flatMap(\.spans).filter { service == nil || $0.service == service }
        return Set(spans.map { TraceOperation(name: $0.name, kind: $0.kind) }).sorted {
            ($0.name, $0.kind) < ($1.name, $1.kind)
        }
    }

    func dependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency] {
        ranges.withLock { $0.append(range) }
        return links
    }
}

/// Conditions on one span, evaluated the plain way.
struct RowConditions {
    let span: StoredSpan
    let trace: StoredTrace

    func holds(_ expression: FieldExpression) -> Bool {
        switch expression {
        case .literal(.bool(let value)): return value
        case .and(let left, let right): return holds(left) && holds(right)
        case .or(let left, let right): return holds(left) || holds(right)
        case .not(let operand): return !holds(operand)
        case .comparison(.attribute(let attribute), let comparison, .literal(let value)):
            let values = self.values(attribute.target)
            if case .none = value { return comparison == .equal ? values.isEmpty : !values.isEmpty }
            return comparison == .notEqual
                ? !values.isEmpty && values.allSatisfy { compare($0, .notEqual, value) }
                : values.contains { compare($0, comparison, value) }
        default: return false
        }
    }

    private func compare(_ left: Value, _ comparison: ComparisonOperator, _ right: Value) -> Bool {
        func ordered<T: Comparable>(_ left: T, _ right: T) -> Bool {
            switch comparison {
            case .equal: left == right
            case .notEqual: left != right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            default: false
            }
        }
        switch (left, right) {
        case (.string(let left), .string(let right)): return ordered(left, right)
        case (.int(let left), .int(let right)), (.duration(let left), .duration(let right)): return ordered(left, right)
        case (.int(let left), .double(let right)): return ordered(Double(left), right)
        case (.double(let left), .int(let right)): return ordered(left, Double(right))
        case (.double(let left), .double(let right)): return ordered(left, right)
        case (.bool, .bool), (.status, .status), (.kind, .kind):
            return comparison == .equal ? left == right : comparison == .notEqual && left != right
        default: return false
        }
    }

    private func values(_ target: Attribute.Target) -> [Value] {
        switch target {
        case .attribute(let scope, let key):
            let lists: [[StoredAttribute]]
            switch scope {
            case .span: lists = [span.attributes]
            case .resource: lists = [trace.resources[span.resourceID]?.attributes ?? []]
            case .instrumentation: lists = [trace.scopes[span.scopeID]?.attributes ?? []]
            case .event: lists = span.events.map(\.attributes)
            case .link: lists = span.links.map(\.attributes)
            case .any: lists = []
            }
            return lists.joined().filter { $0.key == key }.map(value)
        case .intrinsic(let intrinsic):
            switch intrinsic {
            case .name: return [.string(span.name)]
            case .duration: return [.duration(span.durationNanoseconds)]
            case .status: return [.status([.unset, .ok, .error][Int(span.statusCode)])]
            case .statusMessage: return [.string(span.statusMessage)]
            case .kind: return [.kind(Value.Kind.allCases[Int(span.kind)])]
            case .instrumentationName: return [.string(trace.scopes[span.scopeID]?.name ?? "")]
            case .instrumentationVersion: return [.string(trace.scopes[span.scopeID]?.version ?? "")]
            case .eventName: return span.events.map { .string($0.name) }
            case .traceID: return [.string(span.traceID.hex)]
            default: return []
            }
        }
    }

    private func value(_ attribute: StoredAttribute) -> Value {
        switch attribute.type {
        case .int: .int(Int64(attribute.text) ?? 0)
        case .double: .double(Double(attribute.text) ?? 0)
        case .bool: .bool(attribute.text == "true")
        default: .string(attribute.text)
        }
    }
}
