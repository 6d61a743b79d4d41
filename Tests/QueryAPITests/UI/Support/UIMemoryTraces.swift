import QueryEngines
import Synchronization
import TelemetryModel
import TraceAnalysis
import TraceQL

/// A span of a test: a small id, times from zero.
struct UISpan: Sendable {
    var id: UInt64
    var parent: UInt64
    var start: Int64
    var duration: Int64
    var service: String
    var name: String
    var status: UInt8
    var statement: String?

    init(
        _ id: UInt64, _ parent: UInt64 = 0, _ start: Int64 = 0, _ duration: Int64 = 100, service: String = "api",
        name: String? = nil, status: UInt8 = 0, statement: String? = nil
    ) {
        self.id = id
        self.parent = parent
        self.start = start
        self.duration = duration
        self.service = service
        self.name = name ?? "op\(id)"
        self.status = status
        self.statement = statement
    }
}

/// Answers from memory, and remembers what it was asked.
final class UIMemoryTraces: TraceAnalyses, TraceQueries {
    struct Asked: Sendable {
        var skeletons: [TraceID] = []
        var spans: [[SpanID]] = []
        var texts: [(text: String, limit: Int)] = []
        var pipelines: [Pipeline] = []
        var visits: [(query: Query, range: TraceTimeRange, limit: Int)] = []
        var dependencies: [TraceTimeRange] = []
        var metrics: [TraceMetricsRequest] = []
    }

    /// In the order in which they are visited.
    let traces: [(id: TraceID, spans: [UISpan])]

    struct Settings: Sendable {
        var links: [ServiceDependency] = []
        var counts: [TraceMetricsResult.Series] = []
        /// Ids that any search finds.
        var found: [UInt64] = []
        /// Thrown by every question.
        var failure: TraceQueryError?
        /// Awaited before a skeleton is answered.
        var beforeSkeleton: (@Sendable () async throws -> Void)?
    }

    private let settings: Settings
    private let record = Mutex(Asked())

    init(_ traces: [(id: TraceID, spans: [UISpan])] = [], _ configure: (inout Settings) -> Void = { _ in }) {
        self.traces = traces
        var settings = Settings()
        configure(&settings)
        self.settings = settings
    }

    var asked: Asked { record.withLock { $0 } }

    private func note(_ change: (inout Asked) -> Void) throws {
        record.withLock { change(&$0) }
        if let failure = settings.failure { throw failure }
    }

    static func skeleton(_ spans: [UISpan]) -> TraceSkeleton {
        var builder = TraceSkeletonBuilder()
        builder.reserveCapacity(spans.count)
        for span in spans {
            builder.add(
                id: SpanID(value: span.id), parent: SpanID(value: span.parent), start: span.start,
                duration: span.duration, service: span.service, operation: span.name, kind: 1, status: span.status)
        }
        return builder.finish()
    }

    private func spans(of id: TraceID) -> [UISpan]? { traces.first { $0.id == id }?.spans }

    // MARK: TraceAnalyses

    func skeleton(_ id: TraceID) async throws -> TraceSkeleton? {
        try note { $0.skeletons.append(id) }
        try await settings.beforeSkeleton?()
        return spans(of: id).map(Self.skeleton)
    }

    func spans(_ ids: [SpanID], of trace: TraceID) async throws -> StoredTrace {
        try note { $0.spans.append(ids) }
        let found = (spans(of: trace) ?? []).filter { ids.contains(SpanID(value: $0.id)) }.map { span in
            var stored = StoredSpan()
            stored.traceID = trace
            stored.spanID = SpanID(value: span.id)
            stored.name = span.name
            stored.service = span.service
            stored.startTime = Timestamp(nanoseconds: span.start)
            stored.durationNanoseconds = span.duration
            return stored
        }
        return StoredTrace(spans: found, resources: [:], scopes: [:])
    }

    func spans(answering pipeline: Pipeline, in trace: TraceID) async throws -> [SpanID]? {
        try note { $0.pipelines.append(pipeline) }
        return spans(of: trace).map { _ in settings.found.map { SpanID(value: $0) } }
    }

    func spans(containing text: String, in trace: TraceID, limit: Int) async throws -> [SpanID] {
        try note { $0.texts.append((text, limit)) }
        return settings.found.prefix(limit).map { SpanID(value: $0) }
    }

    func visitTraces(
        answering query: Query, _ range: TraceTimeRange, limit: Int,
        visit: @Sendable (AnalysedTrace) async throws -> Void
    ) async throws -> TraceVisit {
        try note { $0.visits.append((query, range, limit)) }
        var wanted = traces
        if case .search(let pipeline) = query.body,
            case .spansets(.filter(.comparison(_, .equal, .literal(.string(let id)))))? = pipeline.stages.first
        {
            wanted = traces.filter { $0.id.hex == id }
        }
        var visited = TraceVisit(traces: 0, spans: 0, isComplete: wanted.count <= limit)
        for trace in wanted.prefix(limit) {
            let sorted = trace.spans.sorted { ($0.start, $0.id) < ($1.start, $1.id) }
            try await visit(
                AnalysedTrace(
                    id: trace.id, skeleton: Self.skeleton(sorted),
                    statements: sorted.enumerated().compactMap { row, span in
                        span.statement.map {
                            AnalysedTrace.Statement(row: row, text: $0, system: "postgresql", key: "db.query.text")
                        }
                    },
                    matched: sorted.indices.filter { settings.found.contains(sorted[$0].id) }))
            visited.traces += 1
            visited.spans += trace.spans.count
        }
        return visited
    }

    // MARK: TraceQueries

    func dependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency] {
        try note { $0.dependencies.append(range) }
        return settings.links
    }

    func metrics(_ request: TraceMetricsRequest) async throws -> TraceMetricsResult {
        try note { $0.metrics.append(request) }
        return TraceMetricsResult(series: settings.counts, inspectedSpans: 0)
    }

    private static let notHere = TraceQueryError(.unsupported, "not here")

    func search(
        _ request: TraceSearchRequest, progress: @Sendable (TraceSearchProgress) async throws -> Void
    ) async throws -> TraceSearchResult { throw Self.notHere }
    func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]] { throw Self.notHere }
    func tagValues(_ request: TagValuesRequest) async throws -> [TagValue] { throw Self.notHere }
    func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace? { throw Self.notHere }
    func streamTrace(_ id: TraceID, page: @Sendable (StoredTrace) async throws -> Void) async throws -> Bool {
        throw Self.notHere
    }
    func services(_ range: TraceTimeRange) async throws -> [String] { throw Self.notHere }
    func operations(service: String?, _ range: TraceTimeRange) async throws -> [TraceOperation] {
        throw Self.notHere
    }
}
