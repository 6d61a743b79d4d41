package import TelemetryModel

/// What a verification found: the one value that all forms of output are made of.
package struct VerificationReport: Sendable {
    /// Of the document, the suite or the run.
    package var name: String
    /// What was looked at: `TelemetrySource.title`, the command of a run.
    package var subject: String
    package var start: Timestamp
    package var duration: Duration
    package var suites: [SuiteReport]
    /// The command of a `run`; nil otherwise.
    package var command: CommandReport?
    /// Files that the telemetry lies in.
    package var files: [FileReport] = []
    /// Examples of what came, as JSON or text, each under a heading.
    package var samples: [SampleReport] = []
    /// Measured figures with what is acceptable.
    package var figures: [FigureReport] = []

    package init(
        name: String, subject: String, start: Timestamp, duration: Duration, suites: [SuiteReport],
        command: CommandReport? = nil
    ) {
        self.name = name
        self.subject = subject
        self.start = start
        self.duration = duration
        self.suites = suites
        self.command = command
    }

    package var checks: [CheckReport] { suites.flatMap(\.checks) }

    /// Every check that was not skipped passed, there was one unless a command was all that was asked for, and the
    /// command, if any, ended with 0.
    package var isPassed: Bool {
        let judged = checks.filter { $0.outcome != .skipped }
        if judged.isEmpty && (command == nil || !suites.isEmpty) { return false }
        return judged.allSatisfy { $0.outcome == .passed } && command?.isPassed ?? true
    }
}

package struct SuiteReport: Sendable {
    /// `service-identification`, or the file of expectations.
    package var name: String
    /// One sentence.
    package var title: String
    package var checks: [CheckReport]

    package init(name: String, title: String, checks: [CheckReport]) {
        self.name = name
        self.title = title
        self.checks = checks
    }
}

/// One check: what was expected, what was found.
package struct CheckReport: Sendable {
    package enum Outcome: String, Sendable, CaseIterable {
        case passed
        case failed
        /// It looked at nothing, so it says nothing: counts as failed.
        case vacuous
        /// It could not be carried out (a query with an error, a source that cannot answer): counts as failed.
        case broken
        /// It was not asked for; says why. Counts neither way.
        case skipped
    }

    package var name: String
    package var outcome: Outcome
    /// A sentence: what was found.
    package var message: String
    package var expected: String = ""
    package var actual: String = ""
    /// What was found, line by line: spans, logs, points, each with its ids.
    package var evidence: [String] = []
    /// What came closest to what was expected, and where it differs.
    package var nearestMisses: [String] = []
    /// Items that were looked at.
    package var examined = 0
    package var duration = Duration.zero
    package var location: SourceLocation?

    package init(name: String, outcome: Outcome, message: String) {
        self.name = name
        self.outcome = outcome
        self.message = message
    }
}

/// The command of a run.
package struct CommandReport: Sendable {
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
        case notStarted(String)
    }

    package var words: [String]
    package var end: End
    package var duration: Duration
    /// User and system CPU time of the command and its children.
    package var cpu: Duration

    package init(words: [String], end: End, duration: Duration, cpu: Duration) {
        self.words = words
        self.end = end
        self.duration = duration
        self.cpu = cpu
    }

    package var isPassed: Bool { end == .exited(0) }
}

package struct FileReport: Sendable {
    package var path: String
    package var bytes: Int
    package var items: Int
    /// `OTLP JSON`, `Prometheus text`, …
    package var form: String
    package var description: String

    package init(path: String, bytes: Int, items: Int, form: String, description: String) {
        self.path = path
        self.bytes = bytes
        self.items = items
        self.form = form
        self.description = description
    }
}

package struct SampleReport: Sendable {
    package var title: String
    /// `json`, `text`, `prometheus`.
    package var language: String
    package var text: String

    package init(title: String, language: String, text: String) {
        self.title = title
        self.language = language
        self.text = text
    }
}

package struct FigureReport: Sendable {
    package var name: String
    /// With its unit; "not measured" and why when it could not be.
    package var value: String
    /// `0–50 ms`.
    package var acceptable: String
    /// nil when it was not measured.
    package var isAcceptable: Bool?

    package init(name: String, value: String, acceptable: String, isAcceptable: Bool?) {
        self.name = name
        self.value = value
        self.acceptable = acceptable
        self.isAcceptable = isAcceptable
    }
}
