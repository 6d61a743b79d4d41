package import Codecs

/// Why a line that is well formed counts for nothing.
package enum StatsDRejection: UInt8, Error, Sendable, CaseIterable {
    /// There are as many series as the limit allows.
    case seriesLimit
    /// Another kind of metric has this name already: a gauge and a set, or a counter and a gauge named `…_total`.
    case nameTaken
    /// The sum would be no finite number.
    case overflow
    case tooManyTags

    /// The value for metric labels.
    package var label: String {
        switch self {
        case .seriesLimit: "series_limit"
        case .nameTaken: "name_taken"
        case .overflow: "overflow"
        case .tooManyTags: "too_many_tags"
        }
    }
}

/// What the receiver has seen since it started.
package struct StatsDStatistics: Sendable, Equatable {
    /// A line that was thrown away, for the administration port.
    package struct BadLine: Sendable, Equatable {
        package var reason: String
        /// Cut at `textBytesMax`.
        package var text: String

        static let textBytesMax = 120
    }

    /// Lines that are kept as examples, the newest.
    static let badLinesMax = 8

    package var datagrams = 0
    package var bytes = 0
    package var lines = 0
    /// Numbers and set members in the lines.
    package var values = 0
    package var events = 0
    package var serviceChecks = 0
    /// Events and service checks that were dropped because nobody took the ones before.
    package var logRecordsDropped = 0
    package var truncatedDatagrams = 0
    /// Datagrams that the system dropped because its buffer was full.
    package var kernelDrops = 0
    package var seriesExpired = 0
    /// Flushes of a counter whose sum had fallen below what was sent of it.
    package var countersHeld = 0
    /// Milliseconds since the Unix epoch; 0 when there was none.
    package var lastLineTime: Int64 = 0
    package var lastBadLineTime: Int64 = 0
    package private(set) var badLines: [BadLine] = []

    private var problems = [Int](repeating: 0, count: StatsDProblem.allCases.count)
    private var rejections = [Int](repeating: 0, count: StatsDRejection.allCases.count)
    /// Examples that may still be kept before the next flush: making one costs more than counting it.
    private var examplesLeft = Self.badLinesMax

    package subscript(_ problem: StatsDProblem) -> Int { problems[Int(problem.rawValue)] }
    package subscript(_ rejection: StatsDRejection) -> Int { rejections[Int(rejection.rawValue)] }

    package var badLineCount: Int { problems.reduce(0, +) + rejections.reduce(0, +) }

    mutating func count(_ problem: StatsDProblem, _ line: UnsafeBufferPointer<UInt8>, now: Int64) {
        problems[Int(problem.rawValue)] += 1
        note(problem.label, line, now)
    }

    mutating func count(_ rejection: StatsDRejection, _ line: UnsafeBufferPointer<UInt8>, now: Int64) {
        rejections[Int(rejection.rawValue)] += 1
        note(rejection.label, line, now)
    }

    mutating func allowExamples() { examplesLeft = Self.badLinesMax }

    private mutating func note(_ reason: String, _ line: UnsafeBufferPointer<UInt8>, _ now: Int64) {
        lastBadLineTime = now
        guard examplesLeft > 0 else { return }
        examplesLeft -= 1
        if badLines.count >= Self.badLinesMax { badLines.removeFirst() }
        let text = String(decoding: line.prefix(BadLine.textBytesMax), as: UTF8.self)
        badLines.append(BadLine(reason: reason, text: text))
    }
}
