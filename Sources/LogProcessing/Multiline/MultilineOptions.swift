package import PrometheusModel

/// How lines become events.
package struct MultilineOptions: Sendable {
    package enum Mode: Sendable {
        /// Each line is an event.
        case none
        /// Stack traces of the usual languages, indented lines and JSON objects over several lines are joined: see
        /// `StackTraceReader`.
        case stackTraces
        /// Filebeat's `multiline.type: pattern`.
        case pattern(Pattern, negate: Bool, match: Match, flush: Pattern?)
        /// Filebeat's `multiline.type: count`.
        case count(Int)
        /// Filebeat's `multiline.type: while_pattern`: lines that match in a row are one event.
        case whilePattern(Pattern, negate: Bool)
    }

    package enum Match: String, Sendable, CaseIterable {
        /// A line that matches goes to the line before.
        case after
        /// A line that matches goes to the line that follows.
        case before
    }

    package var mode: Mode
    /// Lines of one event; the lines past it make the next event, so that nothing is lost.
    package var linesMax = 500
    /// Bytes of one event. A line that no longer fits begins the next event; a single line that is longer is cut.
    package var bytesMax = 1 << 20
    /// How long an event waits for its next line until the caller calls `flush`. The assembler itself has no clock.
    package var timeout: Duration = .seconds(5)
    /// The encoding of the lines. Patterns see their text; the bytes stay as they are.
    package var encoding = TextEncoding.utf8

    package init(mode: Mode = .stackTraces) {
        self.mode = mode
    }
}
