/// What makes a comparison fail: `slower`, `slower:10%`, `errors:0.5%`, `any`.
package struct FailCondition: Sendable, Equatable {
    /// Nil for `any`: every difference, also a good one.
    package let group: ComparisonFinding.Group?
    /// The smallest change that counts, as a share of one; nil for every difference.
    package let threshold: Double?

    /// All words that stand before a colon.
    package static var words: [String] { ComparisonFinding.Group.allCases.map(\.rawValue) + ["any"] }

    /// - Throws: a sentence for people.
    package init(_ text: String) throws(ComparisonError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let word = parts.first, Self.words.contains(word) else {
            throw ComparisonError(
                description:
                    "\(parts.first ?? text) is nothing to fail on; there are \(Self.words.joined(separator: ", "))"
            )
        }
        group = ComparisonFinding.Group(rawValue: word)
        guard parts.count == 2 else {
            threshold = nil
            return
        }
        guard let group, Self.measured.contains(group) else {
            throw ComparisonError(
                description:
                    "\(word) has no threshold; \(Self.measured.map(\.rawValue).joined(separator: ", ")) have one")
        }
        let number = parts[1].hasSuffix("%") ? String(parts[1].dropLast()) : ""
        guard let percent = Double(number), percent.isFinite, percent >= 0 else {
            throw ComparisonError(description: "\(parts[1]) is no threshold; write a percentage such as \(word):10%")
        }
        threshold = percent / 100
    }

    /// A list with commas.
    package static func list(_ text: String) throws(ComparisonError) -> [FailCondition] {
        var conditions: [FailCondition] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            conditions.append(try FailCondition(String(part).trimmed))
        }
        return conditions
    }

    private static let measured: [ComparisonFinding.Group] = [
        .slower, .faster, .errors, .counts, .metrics, .logs, .shape,
    ]

    /// Makes a comparison look for changes as small as the condition asks for.
    package func lower(_ options: inout ComparisonOptions) {
        guard let threshold, let group else { return }
        switch group {
        case .errors, .shape: options.shareMin = min(options.shareMin, threshold)
        case .metrics: options.metricRelativeMin = min(options.metricRelativeMin, threshold)
        default: options.relativeMin = min(options.relativeMin, threshold)
        }
    }

    package func isMet(by finding: ComparisonFinding) -> Bool {
        guard finding.verdict == .different else { return false }
        if let group, finding.kind.group != group { return false }
        guard let threshold, let magnitude = finding.magnitude else { return true }
        return magnitude >= threshold
    }

    /// As it is written.
    package var text: String {
        let word = group?.rawValue ?? "any"
        guard let threshold else { return word }
        let percent = (threshold * 1e6).rounded() / 1e4
        return "\(word):\(percent.rounded() == percent ? String(Int(percent)) : String(percent))%"
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
