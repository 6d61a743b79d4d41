import TelemetryModel

/// Templates of lines as a table.
struct LogPatternsView {
    private static let barsMax = 24

    let answer: LogPatternsAnswer
    /// Rows at most.
    var limit: Int
    /// Columns of the terminal; nil cuts nothing.
    var width: Int?

    var text: String {
        let patterns = answer.patterns
        guard !patterns.isEmpty else { return "no patterns\n" }
        let shown = patterns.prefix(limit)
        let times = patterns.flatMap { $0.samples.map { Double($0.time) } }
        let first = times.min() ?? 0, last = times.max() ?? 0
        let bars = min(Set(times).count, max(8, min(Self.barsMax, (width ?? 160) / 5)))
        let rows = shown.map { pattern in
            [
                HumanText.count(pattern.count),
                Sparkline.text(
                    times: pattern.samples.map { Double($0.time) }, values: pattern.samples.map { Double($0.count) },
                    from: first, to: last, width: bars),
                pattern.level, LogTerminalText.withoutSequences(pattern.text),
            ]
        }
        let sample = answer.lines < answer.linesTotal ? ", a sample of \(HumanText.count(answer.linesTotal))" : ""
        return TextTable(
            columns: [("lines", .right), ("", .left), ("level", .left), ("pattern", .left)], rows: Array(rows)
        ).text(width: width)
            + "\n\(TraceFacts.number(patterns.count, "pattern")) of \(HumanText.count(answer.lines)) lines\(sample)"
            + (shown.count < patterns.count ? ", the most frequent; more with --limit\n" : "\n")
    }
}
