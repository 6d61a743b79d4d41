package import LogQL
package import PrometheusModel
package import TelemetryModel

/// What the APIs of logs (Loki, the web page, the command line) ask. `LogEngine` answers from the store; tests answer
/// from memory.
///
/// - Throws: every method throws `LogQueryError`; cancelling the task ends the statement in the engine.
package protocol LogQueries: Sendable {
    /// Lines of a log query, in the direction asked for.
    func select(_ request: LogSelectRequest) async throws -> LogSelectResult
    /// A metric query over time, or at one time when `start == end`.
    func metrics(_ request: LogMetricsRequest) async throws -> LogMetricsResult

    /// Names of stream labels, sorted.
    func labelNames(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [String]
    /// Values of a stream label, sorted.
    func labelValues(_ name: String, _ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [String]
    /// Distinct streams that match any of the selectors; all when there are none.
    func series(_ selectors: [[LabelMatcher]], _ range: LogTimeRange) async throws -> [[Label]]
    func statistics(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> LogStatistics
    /// Bytes of lines by labels, most first. With a step one sample a step, else one over the whole range.
    func volume(_ request: LogVolumeRequest) async throws -> LogMetricsResult
    /// Fields found in the newest lines: structured metadata, and what json or logfmt make of the line.
    func detectedFields(_ request: LogDetectRequest) async throws -> [DetectedField]
    /// Values of one detected field, most frequent first.
    func detectedFieldValues(_ name: String, _ request: LogDetectRequest) async throws -> [String]
    /// Stream labels with how many values they have, those with very many or only ids left out.
    func detectedLabels(_ matchers: [LabelMatcher], _ range: LogTimeRange) async throws -> [(
        label: String, cardinality: Int
    )]
    /// Templates of the lines with how often each came, most frequent first.
    func patterns(_ request: LogPatternsRequest) async throws -> LogPatternsResult
    /// Lines as they come, until the caller is cancelled: first those since `start`, then new ones.
    /// - Parameter receive: called one after the other, in order of time within a call; awaited before the next.
    func tail(_ request: LogTailRequest, receive: @Sendable (LogTailPiece) async throws -> Void) async throws
}

/// Nanoseconds since the Unix epoch, `start` inclusive and `end` exclusive.
package struct LogTimeRange: Sendable, Hashable {
    package var start: Int64
    package var end: Int64

    package init(start: Int64, end: Int64) {
        self.start = start
        self.end = end
    }
}

package struct LogSelectRequest: Sendable {
    package enum Direction: String, Sendable {
        /// Oldest first.
        case forward
        /// Newest first.
        case backward
    }

    package var selection: LogSelection
    package var range: LogTimeRange
    /// Lines in the answer at most.
    package var limit: Int
    package var direction: Direction
    /// Nanoseconds that a line is away from the one before at least, whatever streams they are of; 0 for all.
    package var interval: Int64

    package init(
        selection: LogSelection, range: LogTimeRange, limit: Int, direction: Direction = .backward, interval: Int64 = 0
    ) {
        self.selection = selection
        self.range = range
        self.limit = limit
        self.direction = direction
        self.interval = interval
    }
}

/// One line. The labels of three kinds are apart, so that an API can show them apart or together.
package struct LogEntry: Sendable, Equatable {
    /// Nanoseconds since the Unix epoch.
    package var time: Int64
    /// What the pipeline made of the line. Not always valid UTF-8 in the source; invalid bytes are U+FFFD by now.
    package var line: String
    /// Index into `LogSelectResult.streams`.
    package var stream: Int
    /// Sorted by name; names do not clash with those of the stream.
    package var metadata: [Label]
    /// What parsers and formats made, sorted by name; `__error__` and `__error_details__` among them.
    package var parsed: [Label]

    package init(time: Int64, line: String, stream: Int, metadata: [Label] = [], parsed: [Label] = []) {
        self.time = time
        self.line = line
        self.stream = stream
        self.metadata = metadata
        self.parsed = parsed
    }
}

package struct LogSelectResult: Sendable {
    /// Labels of streams that entries are of, as the pipeline left them (`drop` and `label_format` change them);
    /// distinct, sorted by name. Values may be empty.
    package var streams: [[Label]]
    package var entries: [LogEntry]
    package var statistics: LogQueryStatistics

    package init(streams: [[Label]], entries: [LogEntry], statistics: LogQueryStatistics = LogQueryStatistics()) {
        self.streams = streams
        self.entries = entries
        self.statistics = statistics
    }
}

/// What a query cost.
package struct LogQueryStatistics: Sendable, Equatable {
    /// Lines that the pipeline looked at, and their bytes.
    package var lines: Int
    package var bytes: Int
    /// Lines or samples that were left after the pipeline.
    package var matched: Int
    package var seconds: Double

    package init(lines: Int = 0, bytes: Int = 0, matched: Int = 0, seconds: Double = 0) {
        self.lines = lines
        self.bytes = bytes
        self.matched = matched
        self.seconds = seconds
    }
}

package struct LogMetricsRequest: Sendable {
    package var expression: MetricExpression
    /// Nanoseconds; steps are start, start + step, … ≤ end. `step` is ignored when start is end.
    package var start: Int64
    package var end: Int64
    package var step: Int64

    package init(expression: MetricExpression, start: Int64, end: Int64, step: Int64) {
        self.expression = expression
        self.start = start
        self.end = end
        self.step = step
    }
}

package struct LogMetricsResult: Sendable {
    package struct Series: Sendable, Equatable {
        /// Sorted by name; values may be empty (a label that a parser found without a value).
        package var labels: [Label]
        /// Times in milliseconds.
        package var samples: [Sample]

        package init(labels: [Label], samples: [Sample]) {
            self.labels = labels
            self.samples = samples
        }
    }

    package struct Sample: Sendable, Equatable {
        package var time: Int64
        package var value: Double

        package init(time: Int64, value: Double) {
            self.time = time
            self.value = value
        }
    }

    /// True for an expression of numbers only (`1 + 1`): one series without labels.
    package var isScalar: Bool
    /// In the order of `sort` and its like at one time; else sorted by labels.
    package var series: [Series]
    package var statistics: LogQueryStatistics

    package init(isScalar: Bool = false, series: [Series], statistics: LogQueryStatistics = LogQueryStatistics()) {
        self.isScalar = isScalar
        self.series = series
        self.statistics = statistics
    }
}

package struct LogStatistics: Sendable, Equatable {
    package var streams: Int
    /// Blocks of storage that were counted for the answer: parts of the table.
    package var chunks: Int
    package var entries: Int
    package var bytes: Int

    package init(streams: Int, chunks: Int, entries: Int, bytes: Int) {
        self.streams = streams
        self.chunks = chunks
        self.entries = entries
        self.bytes = bytes
    }
}

package struct LogVolumeRequest: Sendable {
    package var matchers: [LabelMatcher]
    package var range: LogTimeRange
    /// Series in the answer at most.
    package var limit: Int
    /// Labels to add up by; empty for those of the matchers.
    package var targetLabels: [String]
    /// Bytes of each label with its value (`series` when false).
    package var aggregatesByLabels: Bool
    /// Nanoseconds; nil for one value.
    package var step: Int64?

    package init(
        matchers: [LabelMatcher], range: LogTimeRange, limit: Int, targetLabels: [String] = [],
        aggregatesByLabels: Bool = false, step: Int64? = nil
    ) {
        self.matchers = matchers
        self.range = range
        self.limit = limit
        self.targetLabels = targetLabels
        self.aggregatesByLabels = aggregatesByLabels
        self.step = step
    }
}

package struct LogDetectRequest: Sendable {
    package var selection: LogSelection
    package var range: LogTimeRange
    /// Lines looked at.
    package var lineLimit: Int
    /// Fields or values in the answer.
    package var limit: Int

    package init(selection: LogSelection, range: LogTimeRange, lineLimit: Int, limit: Int) {
        self.selection = selection
        self.range = range
        self.lineLimit = lineLimit
        self.limit = limit
    }
}

package struct DetectedField: Sendable, Equatable {
    package var label: String
    /// `string`, `int`, `float`, `boolean`, `duration` or `bytes`.
    package var type: String
    package var cardinality: Int
    /// `json`, `logfmt`; empty for structured metadata.
    package var parsers: [String]
    /// Keys on the way to the value in the JSON, when it is nested.
    package var jsonPath: [String]

    package init(label: String, type: String, cardinality: Int, parsers: [String], jsonPath: [String] = []) {
        self.label = label
        self.type = type
        self.cardinality = cardinality
        self.parsers = parsers
        self.jsonPath = jsonPath
    }
}

package struct LogPatternsRequest: Sendable {
    package var selection: LogSelection
    package var range: LogTimeRange
    /// Nanoseconds between samples.
    package var step: Int64
    /// Templates in the answer at most.
    package var limit: Int

    package init(selection: LogSelection, range: LogTimeRange, step: Int64, limit: Int = 300) {
        self.selection = selection
        self.range = range
        self.step = step
        self.limit = limit
    }
}

package struct LogPatternsResult: Sendable {
    package struct Pattern: Sendable, Equatable {
        /// With `<_>` where lines differ: usable after `|>`.
        package var pattern: String
        /// `detected_level` of the lines.
        package var level: String
        package var count: Int
        /// Seconds since the Unix epoch, and how many lines in that step.
        package var samples: [(time: Int64, count: Int)]
        /// One of the lines.
        package var example: String

        package init(
            pattern: String, level: String, count: Int, samples: [(time: Int64, count: Int)], example: String = ""
        ) {
            self.pattern = pattern
            self.level = level
            self.count = count
            self.samples = samples
            self.example = example
        }

        package static func == (left: Pattern, right: Pattern) -> Bool {
            left.pattern == right.pattern && left.level == right.level && left.count == right.count
                && left.example == right.example && left.samples.elementsEqual(right.samples) { $0 == $1 }
        }
    }

    package var patterns: [Pattern]
    /// Lines that were looked at; fewer than there are when they were sampled.
    package var lines: Int
    package var linesTotal: Int

    package init(patterns: [Pattern], lines: Int, linesTotal: Int) {
        self.patterns = patterns
        self.lines = lines
        self.linesTotal = linesTotal
    }
}

package struct LogTailRequest: Sendable {
    package var selection: LogSelection
    /// From where stored lines come first; nanoseconds.
    package var start: Int64
    /// Stored lines at most.
    package var limit: Int

    package init(selection: LogSelection, start: Int64, limit: Int) {
        self.selection = selection
        self.start = start
        self.limit = limit
    }
}

package struct LogTailPiece: Sendable {
    package var streams: [[Label]]
    /// Sorted by time. May be empty: then the piece says that the tail is alive.
    package var entries: [LogEntry]
    /// Lines left out since the last piece because the receiver was too slow.
    package var dropped: Int

    package init(streams: [[Label]], entries: [LogEntry], dropped: Int = 0) {
        self.streams = streams
        self.entries = entries
        self.dropped = dropped
    }
}

/// Why a question about logs has no answer.
package struct LogQueryError: Error, Sendable, CustomStringConvertible {
    package var kind: ErrorKind
    package var message: String

    package init(_ kind: ErrorKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
