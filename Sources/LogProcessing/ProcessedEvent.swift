package import TelemetryModel

/// What became of an event.
package struct ProcessedEvent: Sendable {
    package enum Outcome: Sendable {
        /// Usually one; several for a line that holds several records (OTLP JSON); none for an empty line.
        case drafts([LogDraft])
        /// A processor of the configuration dropped it.
        case dropped(reason: String)
    }

    package var outcome: Outcome
    /// What went wrong on the way, for counters; the event is kept nevertheless.
    package var problems: [LogProblem]

    package init(_ outcome: Outcome, problems: [LogProblem] = []) {
        self.outcome = outcome
        self.problems = problems
    }

    /// Empty when the event was dropped.
    package var drafts: [LogDraft] {
        if case .drafts(let drafts) = outcome { drafts } else { [] }
    }
}

/// Something that went wrong with an event, and how often.
package struct LogProblem: Sendable, Hashable {
    /// The name of the counter's value: `invalid_utf8`, `truncated`, `json`, or the name of the processor that failed.
    package var name: String
    package var count: Int

    package init(_ name: String, count: Int = 1) {
        self.name = name
        self.count = count
    }
}
