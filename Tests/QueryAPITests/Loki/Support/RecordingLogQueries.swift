import LogQL
import PrometheusModel
import QueryEngines
import Synchronization

/// Writes down what it is asked, and answers what the test has put in.
final class RecordingLogQueries: LogQueries {
    struct Answers: Sendable {
        var lines = LogSelectResult(streams: [], entries: [])
        var metrics = LogMetricsResult(series: [])
        var names: [String] = []
        var series: [[Label]] = []
        var statistics = LogStatistics(streams: 0, chunks: 0, entries: 0, bytes: 0)
        var volume = LogMetricsResult(series: [])
        var fields: [DetectedField] = []
        var labels: [(label: String, cardinality: Int)] = []
        var patterns = LogPatternsResult(patterns: [], lines: 0, linesTotal: 0)
        /// Handed over one after the other; then the tail goes on without a word, or ends with the failure.
        var pieces: [LogTailPiece] = []
        var tailFailure: LogQueryError?
        var failure: LogQueryError?
    }

    struct Record: Sendable {
        var selects: [LogSelectRequest] = []
        var metrics: [LogMetricsRequest] = []
        var labels: [(name: String, matchers: [LabelMatcher], range: LogTimeRange)] = []
        var series: [(selectors: [[LabelMatcher]], range: LogTimeRange)] = []
        var volumes: [LogVolumeRequest] = []
        var detects: [(name: String, request: LogDetectRequest)] = []
        var patterns: [LogPatternsRequest] = []
        var tails: [LogTailRequest] = []
        var tailsEnded = 0
    }

    private let answers: Answers
    private let records = Mutex(Record())
    /// Says when a tail has ended.
    let endings: AsyncStream<Void>
    private let ended: AsyncStream<Void>.Continuation

    init(_ change: (inout Answers) -> Void = { _ in }) {
        var answers = Answers()
        change(&answers)
        self.answers = answers
        (endings, ended) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var record: Record { records.withLock { $0 } }

    private func write(_ change: (inout Record) -> Void) throws {
        records.withLock { change(&$0) }
        if let failure = answers.failure { throw failure }
    }

    func select(_ request: LogSelectRequest) async throws -> LogSelectResult {
        try write { $0.selects.append(request) }
        return answers.lines
    }

    func metrics(_ request: LogMetricsRequest) async throws -> LogMetricsResult {
        try write { $0.metrics.append(request) }
        return answers.metrics
    }

    func labelNames(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [String] {
        try write { $0.labels.append(("", matchers, range)) }
        return answers.names
    }

    func labelValues(_ name: String, _ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [String] {
        try write { $0.labels.append((name, matchers, range)) }
        return answers.names
    }

    func series(_ selectors: [[LabelMatcher]], _ range: LogTimeRange) async throws -> [[Label]] {
        try write { $0.series.append((selectors, range)) }
        return answers.series
    }

    func statistics(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> LogStatistics {
        try write { $0.labels.append(("", matchers, range)) }
        return answers.statistics
    }

    func volume(_ request: LogVolumeRequest) async throws -> LogMetricsResult {
        try write { $0.volumes.append(request) }
        return answers.volume
    }

    func detectedFields(_ request: LogDetectRequest) async throws -> [DetectedField] {
        try write { $0.detects.append(("", request)) }
        return answers.fields
    }

    func detectedFieldValues(_ name: String, _ request: LogDetectRequest) async throws -> [String] {
        try write { $0.detects.append((name, request)) }
        return answers.names
    }

    func detectedLabels(
        _ matchers: [LabelMatcher], _ range: LogTimeRange
    ) async throws -> [(label: String, cardinality: Int)] {
        try write { $0.labels.append(("", matchers, range)) }
        return answers.labels
    }

    func patterns(_ request: LogPatternsRequest) async throws -> LogPatternsResult {
        try write { $0.patterns.append(request) }
        return answers.patterns
    }

    func tail(_ request: LogTailRequest, receive: @Sendable (LogTailPiece) async throws -> Void) async throws {
        defer {
            records.withLock { $0.tailsEnded += 1 }
            ended.yield()
        }
        try write { $0.tails.append(request) }
        for piece in answers.pieces { try await receive(piece) }
        if let failure = answers.tailFailure { throw failure }
        try await Task.sleep(for: .seconds(600))
    }
}
