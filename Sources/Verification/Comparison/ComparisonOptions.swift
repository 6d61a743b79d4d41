/// When something counts as a difference.
package struct ComparisonOptions: Sendable {
    package enum CountBasis: String, Sendable, CaseIterable {
        /// Both the totals and the counts per second have to differ, the same way: what a longer run explains, or what
        /// a faster run of the same work explains, is no difference.
        case both
        /// Totals: for runs that do the same work.
        case total
        /// Counts per second: for windows of a server under load.
        case rate
    }

    /// The share of differences that may be chance (the false discovery rate) in each section of the comparison; when
    /// nothing differs, the chance that a section says that anything does.
    package var level = 0.01
    /// Of the intervals that are shown.
    package var confidence = 0.95
    /// Changes of durations and counts that are smaller than this share are no differences, however certain.
    package var relativeMin = 0.10
    /// The same for durations, in nanoseconds: below it is the noise of clocks and schedulers.
    package var durationMin = 100_000.0
    /// The same for shares of errors and of attributes: points of one.
    package var shareMin = 0.01
    /// The same for values of metrics; they are measured less often than spans.
    package var metricRelativeMin = 0.20
    package var countBasis = CountBasis.both
    /// What is not compared.
    package var ignored: [IgnorePattern] = []

    package init() {}
}

/// Leaves out what a text with `*` (anything) and `?` (one character) matches, in any case of letters.
///
/// It is compared with the service, the name (of an operation, metric or template), `service/name`, the detail (an
/// attribute, a percentile, a problem), `name detail` and `service/name detail`; with `kind:` in front, for instance
/// `logs:*heartbeat*`, only things of that group are meant.
package struct IgnorePattern: Sendable, Equatable {
    package let text: String
    private let group: ComparisonFinding.Group?
    private let pattern: [Character]

    package init(_ text: String) {
        self.text = text
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2, let group = ComparisonFinding.Group(rawValue: String(parts[0])) {
            self.group = group
            pattern = Array(parts[1].lowercased())
        } else {
            group = nil
            pattern = Array(text.lowercased())
        }
    }

    package func matches(_ finding: ComparisonFinding) -> Bool {
        if let group, finding.kind.group != group { return false }
        let whole = "\(finding.service)/\(finding.name)"
        let candidates = [
            finding.service, finding.name, whole, finding.detail, "\(finding.name) \(finding.detail)",
            "\(whole) \(finding.detail)",
        ]
        return candidates.contains { !$0.isEmpty && Self.matches(Array($0.lowercased()), pattern) }
    }

    /// - Cost: text × pattern in the worst case; on a mismatch only the last `*` is tried again.
    static func matches(_ text: [Character], _ pattern: [Character]) -> Bool {
        var (position, place) = (0, 0)
        var star: (place: Int, position: Int)?
        while position < text.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, position)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[position] {
                place += 1
                position += 1
            } else if let last = star {
                star = (last.place, last.position + 1)
                place = last.place + 1
                position = last.position + 1
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
