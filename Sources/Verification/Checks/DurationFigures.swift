extension Figure where Item: ReportedItem {
    /// A figure over durations.
    ///
    /// - Parameters:
    ///   - name: a key of `durationStatistics`.
    ///   - duration: nanoseconds.
    static func duration(
        _ name: String, _ comparison: Comparison,
        of duration: @escaping @Sendable (Item, IndexedRecording) -> UInt64
    ) -> Figure {
        let fraction = Vocabulary.percentileFractions.first { $0.name == name }?.fraction
        return Figure(expected: "\(name) of the duration \(comparison.text)") { items, recording in
            let ranked = items.map { (duration: duration($0, recording), item: $0) }
                .sorted { $0.duration < $1.duration }
            let sorted = ranked.map(\.duration)
            let total = sorted.reduce(0.0) { $0 + Double($1) }
            let figure: Double =
                switch name {
                case "min": Double(sorted.first ?? 0)
                case "max": Double(sorted.last ?? 0)
                case "mean": total / Double(max(1, sorted.count))
                case "total": total
                default: Double(Percentile.nearestRank(fraction ?? 1, of: sorted))
                }
            let actual = "\(name) of the duration is \(FigureText.duration(figure)) over \(Item.counted(items.count))"
            guard !comparison.holds(.double(figure)) else { return .fulfilled(actual: actual) }
            // The longest are what makes it too long; when it is too short, the shortest.
            let isTooLong = comparison.parts.contains { part in
                switch part {
                case .atMost, .lessThan: !Comparison.holds(part, .double(figure))
                case .between(_, let high): Number.double(figure).order(high) == .above
                default: false
                }
            }
            let shown = isTooLong ? ranked.reversed() : ranked
            return .missed(actual: actual, evidence: Finding.evidence(shown.map(\.item), recording))
        }
    }
}
