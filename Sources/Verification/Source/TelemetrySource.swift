package import Recordings
package import TelemetryModel

/// Where checks get telemetry from: a running server, or files.
///
/// Called by one verification at a time. Every method may throw `VerificationError`.
package protocol TelemetrySource: Sendable {
    /// For reports: `http://127.0.0.1:3000` or `files in data/`.
    var title: String { get }

    /// Returns when everything that was accepted before the call can be read.
    func settle() async throws

    /// All telemetry of a window; what the window does not bound is bounded by `itemsMax`.
    ///
    /// - Throws: `.tooLarge` past `itemsMax` items, with the advice to narrow the window.
    func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording

    /// Answers of the query languages as rows of text; nil when the source cannot answer queries of the language.
    func answer(_ query: RawQuery) async throws -> RawAnswer?

    /// Received, stored, rejected and dropped items by signal; nil when the source has no ledger.
    func ledger() async throws -> [LedgerFigures]?
}

/// Which telemetry is looked at. Times are nanoseconds since the Unix epoch.
package struct RecordingWindow: Sendable, Equatable {
    /// Items that begin at or after it.
    package var start: UInt64?
    /// Items that begin before it.
    package var end: UInt64?
    /// Of these services only; empty: of all.
    package var services: [String] = []
    /// Spans and logs of these traces only, and no metrics; empty: of all.
    package var traces: [TraceID] = []
    /// Signals to load.
    package var signals: Set<Signal> = Set(Signal.allCases)

    package init(start: UInt64? = nil, end: UInt64? = nil) {
        self.start = start
        self.end = end
    }
}

/// A question in one of the query languages.
package struct RawQuery: Sendable, Equatable {
    package enum Language: String, Sendable, CaseIterable {
        case promql, traceql, logql, sql
    }

    package var language: Language
    package var text: String
    /// The window that TraceQL and LogQL look at, and the end of which is the time of a PromQL instant query.
    package var window: RecordingWindow

    package init(_ language: Language, _ text: String, window: RecordingWindow) {
        self.language = language
        self.text = text
        self.window = window
    }
}

/// What a query answered, the same shape for each language.
package struct RawAnswer: Sendable, Equatable {
    /// SQL: the columns. PromQL: the labels that occur, then `value`. TraceQL: `traceID`, `rootServiceName`,
    /// `rootTraceName`, `durationMs`. LogQL of lines: the labels that occur, then `line`; of samples as PromQL.
    package var columns: [String]
    package var rows: [[String]]
    /// Parse and execution errors, in the server's words; rows are empty then.
    package var error: String?

    package init(columns: [String], rows: [[String]], error: String? = nil) {
        self.columns = columns
        self.rows = rows
        self.error = error
    }
}

/// What a server says of one signal since its start.
package struct LedgerFigures: Sendable, Equatable {
    package var signal: Signal
    package var received: Int
    package var stored: Int
    /// By reason.
    package var rejected: [String: Int]
    package var dropped: [String: Int]
    package var repaired: [String: Int]

    package init(
        signal: Signal, received: Int, stored: Int, rejected: [String: Int], dropped: [String: Int],
        repaired: [String: Int] = [:]
    ) {
        self.signal = signal
        self.received = received
        self.stored = stored
        self.rejected = rejected
        self.dropped = dropped
        self.repaired = repaired
    }
}

/// Why a verification cannot go on; a check that is not met is no error.
package struct VerificationError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable {
        /// The document of expectations is wrong; `location` says where.
        case invalidDocument
        /// A file cannot be read, or is not what it says.
        case invalidFile
        case tooLarge
        case unreachable
        case unsupported
    }

    package let code: Code
    package let message: String
    package let location: SourceLocation?

    package init(_ code: Code, _ message: String, at location: SourceLocation? = nil) {
        self.code = code
        self.message = message
        self.location = location
    }

    package var description: String { location.map { "\($0): \(message)" } ?? message }
}

/// A place in a document; line and column count from 1.
package struct SourceLocation: Sendable, Equatable, CustomStringConvertible {
    package var file: String
    package var line: Int
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}
