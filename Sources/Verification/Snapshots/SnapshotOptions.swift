import PrometheusModel
package import TelemetryModel

/// What a snapshot shows and what it masks.
package struct SnapshotOptions: Sendable {
    package enum Durations: String, Sendable, CaseIterable {
        /// Left out.
        case masked
        /// By powers of ten: `1–10 ms`.
        case buckets
    }

    /// Of the children of a span.
    package enum Order: String, Sendable, CaseIterable {
        /// By name and content: what runs at the same time comes in the same order each time.
        case canonical
        /// By start, for programs that do one thing after the other.
        case start
    }

    package enum LogForm: String, Sendable, CaseIterable {
        /// Bodies that differ in a few words share a line (`user <_> logged in`).
        case templates
        /// Each body, with ids, times and numbers masked.
        case bodies
    }

    package var durations = Durations.masked
    package var order = Order.canonical
    package var logForm = LogForm.templates
    /// The last value of each series of a metric.
    package var hasMetricValues = false
    /// How often what is written once occurred.
    package var hasCounts = true
    /// Masked besides the defaults, and before them.
    package var masks: [SnapshotMask] = []
    /// Attributes that are written as they are, whatever masks there are; `*` stands for any characters.
    package var kept: [String] = []
    /// Spans and logs of this trace only, and no metrics.
    package var trace: TraceID?

    package init() {}
}

/// A mask from the command line: `KEY`, or `KEY=REGEX` for parts of the value.
///
/// The key is that of an attribute, with `*` for any characters, or `span.name`, `event.name`, `status.message`,
/// `log.body`.
package struct SnapshotMask: Sendable {
    /// What stands where something was masked.
    static let text = "<masked>"

    let key: String
    /// nil masks the whole value.
    let pattern: Pattern?

    /// - Throws: `.unsupported`, which is wrong usage.
    package init(_ text: String) throws(VerificationError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        key = String(parts[0])
        guard !key.isEmpty else {
            throw VerificationError(.unsupported, "a mask is KEY or KEY=REGEX: \(TerminalText.escaped(text))")
        }
        guard parts.count == 2, !parts[1].isEmpty else {
            pattern = nil
            return
        }
        do {
            pattern = try Pattern(String(parts[1]), dotMatchesNewline: true)
        } catch {
            throw VerificationError(
                .unsupported, "the mask of \(TerminalText.escaped(key)) is no regular expression: \(error.reason)")
        }
    }

    func applies(to key: String) -> Bool { Self.matches(key, self.key) }

    /// Whether a key is what a text with `*` stands for.
    ///
    /// - Cost: the product of the lengths at most, nothing is tried twice but the characters after the last `*`.
    static func matches(_ key: String, _ wildcard: String) -> Bool {
        guard wildcard.utf8.contains(UInt8(ascii: "*")) else { return key == wildcard }
        let key = Array(key.utf8)
        let wildcard = Array(wildcard.utf8)
        var position = 0
        var index = 0
        var retry: (position: Int, index: Int)?
        while position < key.count {
            if index < wildcard.count, wildcard[index] == UInt8(ascii: "*") {
                retry = (position, index + 1)
                index += 1
            } else if index < wildcard.count, wildcard[index] == key[position] {
                position += 1
                index += 1
            } else if let last = retry {
                position = last.position + 1
                index = last.index
                retry = (position, index)
            } else {
                return false
            }
        }
        return wildcard[index...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
