import QueryEngines
import Synchronization
import TelemetryModel
import TraceQL

/// Answers what it was given, and keeps what it was asked.
final class TempoFakeQueries: TraceQueries {
    struct Asked {
        var search: [TraceSearchRequest] = []
        var metrics: [TraceMetricsRequest] = []
        var tagNames: [TagNamesRequest] = []
        var tagValues: [TagValuesRequest] = []
        var traces: [TraceID] = []
        var pages = 0
    }

    struct Answers: Sendable {
        var found = TraceSearchResult(traces: [], inspectedTraces: 0, inspectedSpans: 0)
        var series = TraceMetricsResult(series: [], inspectedSpans: 0)
        var names: [TagScope: [String]] = [:]
        var values: [TagValue] = []
        /// Pages of the only trace there is; more than one makes it too large to be answered as a whole.
        var pages: [StoredTrace] = []
        /// Thrown before the page of this index.
        var failure: (page: Int, error: TraceQueryError)?
        /// Thrown by everything else.
        var error: TraceQueryError?
    }

    private let answers: Answers
    private let record = Mutex(Asked())

    init(_ configure: (inout Answers) -> Void = { _ in }) {
        var answers = Answers()
        configure(&answers)
        self.answers = answers
    }

    var asked: Asked { record.withLock { $0 } }

    private func note(_ change: (inout Asked) -> Void) throws {
        record.withLock { change(&$0) }
        if let error = answers.error { throw error }
    }

    func search(_ request: TraceSearchRequest, progress: @Sendable (TraceSearchProgress) async throws -> Void)
        async throws -> TraceSearchResult
    {
        try note { $0.search.append(request) }
        return answers.found
    }

    func metrics(_ request: TraceMetricsRequest) async throws -> TraceMetricsResult {
        try note { $0.metrics.append(request) }
        return answers.series
    }

    func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]] {
        try note { $0.tagNames.append(request) }
        return answers.names
    }

    func tagValues(_ request: TagValuesRequest) async throws -> [TagValue] {
        try note { $0.tagValues.append(request) }
        return answers.values
    }

    func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace? {
        try note { $0.traces.append(id) }
        guard let first = answers.pages.first, first.spans.first?.traceID == id else { return nil }
        guard answers.pages.count == 1 else {
            throw TraceQueryError(.tooLarge, "trace has more than \(spansMax) spans")
        }
        return first
    }

    func streamTrace(_ id: TraceID, page: @Sendable (StoredTrace) async throws -> Void) async throws -> Bool {
        for (index, trace) in answers.pages.enumerated() {
            if let failure = answers.failure, failure.page == index { throw failure.error }
            try await page(trace)
            record.withLock { $0.pages += 1 }
        }
        return !answers.pages.isEmpty
    }

    func services(_ range: TraceTimeRange) async throws -> [String] { [] }
    func operations(service: String?, _ range: TraceTimeRange) async throws -> [TraceOperation] { [] }
    func dependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency] { [] }
}
