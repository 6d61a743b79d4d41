import QueryEngines
import Synchronization
import TelemetryModel
import TraceQL

/// Answers questions about traces from memory, and remembers what was asked. Conditions are evaluated as TraceQL says:
/// what is missing matches nothing, and `!= nil` asks whether something is there.
final class ZipkinMemoryTraces: TraceQueries {
    struct Asked: Sendable {
        var searches: [TraceSearchRequest] = []
        var dependencies: [TraceTimeRange] = []
        var names: [TagNamesRequest] = []
    }

    let traces: [StoredTrace]
    let links: [ServiceDependency]
    /// Thrown by every question.
    let failure: TraceQueryError?
    private let state = Mutex(Asked())

    var asked: Asked { state.withLock { $0 } }

    init(_ traces: [StoredTrace] = [], links: [ServiceDependency] = [], failure: TraceQueryError? = nil) {
        self.traces = traces
        self.links = links
        self.failure = failure
    }

    private func check() throws {
        if let failure { throw failure }
    }

    func search(
        _ request: TraceSearchRequest, progress: @Sendable (TraceSearchProgress) async throws -> Void
    ) async throws -> TraceSearchResult {
        try check()
        state.withLock { $0.searches.append(request) }
        let found = traces.filter { trace in
            trace.spans.contains { span in
                let end = span.startTime.nanoseconds &+ span.durationNanoseconds
                return span.startTime.nanoseconds < request.range.end ?? .max && end >= request.range.start ?? .min
                    && ZipkinSpanMatch(span: span, trace: trace).matches(request.query)
            }
        }
        let all = found.compactMap { trace in
            trace.spans.first.map { first in
                FoundTrace(
                    id: first.traceID, rootService: nil, rootName: nil, start: first.startTime.nanoseconds, duration: 0,
                    services: [:], spansets: [])
            }
        }.sorted { $0.start > $1.start }
        return TraceSearchResult(traces: Array(all.prefix(request.limit)), inspectedTraces: 0, inspectedSpans: 0)
    }

    func metrics(_ request: TraceMetricsRequest) async throws -> TraceMetricsResult {
        throw TraceQueryError(.unsupported, "not here")
    }

    func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]] {
        try check()
        state.withLock { $0.names.append(request) }
        var span: Set<String> = []
        var resource: Set<String> = []
        for match in matching(request.filter) {
            span.formUnion(match.span.attributes.map(\.key))
            resource.formUnion(match.resource.map(\.key))
        }
        return [.span: span.sorted(), .resource: resource.sorted()]
    }

    func tagValues(_ request: TagValuesRequest) async throws -> [TagValue] {
        try check()
        guard case .attribute(let scope, let key) = request.target else { return [] }
        let values = matching(request.filter).flatMap { match in
            (scope == .resource ? match.resource : match.span.attributes).filter { $0.key == key }.map(\.text)
        }
        return Set(values).sorted().map { TagValue(type: "string", text: $0) }
    }

    private func matching(_ filter: Query?) -> [ZipkinSpanMatch] {
        traces.flatMap { trace in trace.spans.map { ZipkinSpanMatch(span: $0, trace: trace) } }
            .filter { match in filter.map { match.matches($0) } ?? true }
    }

    func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace? {
        try check()
        return traces.first { $0.spans.first?.traceID == id }
    }

    /// A page for each span.
    func streamTrace(_ id: TraceID, page: @Sendable (StoredTrace) async throws -> Void) async throws -> Bool {
        guard let trace = try await trace(id, spansMax: .max) else { return false }
        for span in trace.spans {
            try await page(StoredTrace(spans: [span], resources: trace.resources, scopes: trace.scopes))
        }
        return true
    }

    func services(_ range: TraceTimeRange) async throws -> [String] {
        try check()
        return Set(traces.flatMap(\.spans).map(\.service)).sorted()
    }

    func operations(service: String?, _ range: TraceTimeRange) async throws -> [TraceOperation] {
        try check()
        let spans = traces.flatMap(\.spans).filter { service == nil || $0.service == service }
        return Set(spans.map { TraceOperation(name: $0.name, kind: $0.kind) }).sorted { $0.name < $1.name }
    }

    func dependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency] {
        try check()
        state.withLock { $0.dependencies.append(range) }
        return links
    }
}

/// A span and what it is asked.
struct ZipkinSpanMatch {
    let span: StoredSpan
    let trace: StoredTrace

    var resource: [StoredAttribute] { trace.resources[span.resourceID]?.attributes ?? [] }

    func matches(_ query: Query) -> Bool {
        guard case .search(let pipeline) = query.body, case .spansets(.filter(let condition))? = pipeline.stages.first
        else { return false }
        return value(condition) == .bool(true)
    }

    private func value(_ expression: FieldExpression) -> Value {
        switch expression {
        case .literal(let value): return value
        case .attribute(let attribute): return values(attribute).first ?? .none
        case .not(let operand):
            if case .bool(let flag) = value(operand) { return .bool(!flag) }
            return .none
        case .and(let left, let right): return .bool(value(left) == .bool(true) && value(right) == .bool(true))
        case .or(let left, let right): return .bool(value(left) == .bool(true) || value(right) == .bool(true))
        case .comparison(.attribute(let attribute), let comparison, .literal(let literal)):
            return .bool(compare(values(attribute), comparison, literal))
        default: return .none
        }
    }

    private func compare(_ values: [Value], _ comparison: ComparisonOperator, _ literal: Value) -> Bool {
        switch (comparison, literal) {
        case (.notEqual, .none): return !values.isEmpty
        case (.equal, _): return values.contains(literal)
        case (.notEqual, _): return !values.isEmpty && !values.contains(literal)
        case (_, .duration(let wanted)):
            guard case .duration(let duration)? = values.first else { return false }
            switch comparison {
            case .greaterOrEqual: return duration >= wanted
            case .greater: return duration > wanted
            case .less: return duration < wanted
            default: return false
            }
        default: return false
        }
    }

    private func values(_ attribute: Attribute) -> [Value] {
        switch attribute.target {
        case .attribute(.span, let key): return span.attributes.filter { $0.key == key }.map(Self.value)
        case .attribute(.resource, let key): return resource.filter { $0.key == key }.map(Self.value)
        case .attribute: return []
        case .intrinsic(.name): return [.string(span.name)]
        case .intrinsic(.duration): return [.duration(span.durationNanoseconds)]
        case .intrinsic(.status): return [.status([.unset, .ok, .error][Int(span.statusCode)])]
        case .intrinsic(.statusMessage): return span.statusMessage.isEmpty ? [] : [.string(span.statusMessage)]
        case .intrinsic(.kind): return [.kind(Value.Kind.allCases[Int(span.kind)])]
        case .intrinsic(.eventName): return span.events.map { .string($0.name) }
        case .intrinsic(.instrumentationName): return [.string(trace.scopes[span.scopeID]?.name ?? "")]
        case .intrinsic(.instrumentationVersion): return [.string(trace.scopes[span.scopeID]?.version ?? "")]
        case .intrinsic: return []
        }
    }

    private static func value(_ attribute: StoredAttribute) -> Value {
        switch attribute.type {
        case .int: Int64(attribute.text).map { .int($0) } ?? .none
        case .double: Double(attribute.text).map { .double($0) } ?? .none
        case .bool: .bool(attribute.text == "true")
        default: .string(attribute.text)
        }
    }
}
