/// Numbers as a row of bars, one character each.
enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The lowest number is the lowest bar and the highest the highest; when all are equal they stand in the middle.
    ///
    /// - Parameters:
    ///   - values: in order; nil, like what is not finite, leaves a space.
    ///   - width: characters at most; of more values each character stands for the mean of several.
    static func text(_ values: [Double?], width: Int) -> String {
        let values = fitted(values, width: max(1, width))
        let numbers = values.compactMap { $0 }
        guard let lowest = numbers.min(), let highest = numbers.max() else {
            return String(repeating: " ", count: values.count)
        }
        // Halved, so that the distance of two huge numbers is finite.
        let distance = highest / 2 - lowest / 2
        return String(
            values.map { value -> Character in
                guard let value else { return " " }
                guard distance > 0 else { return bars[bars.count / 2 - 1] }
                let height = (value / 2 - lowest / 2) / distance * Double(bars.count - 1)
                return bars[min(max(Int(height.rounded()), 0), bars.count - 1)]
            })
    }

    /// Counts as bars from an empty one up, as for the buckets of a histogram: only 0 is a space.
    static func histogram(_ counts: [Double], width: Int) -> String {
        let values = fitted(counts.map { $0 }, width: max(1, width)).map { $0 ?? 0 }
        let highest = values.max() ?? 0
        guard highest > 0 else { return String(repeating: " ", count: values.count) }
        return String(
            values.map { value -> Character in
                guard value > 0 else { return " " }
                let height = (value / highest * Double(bars.count)).rounded(.up)
                return bars[min(max(Int(height) - 1, 0), bars.count - 1)]
            })
    }

    private static func fitted(_ values: [Double?], width: Int) -> [Double?] {
        let finite = values.map { value in value.flatMap { $0.isFinite ? $0 : nil } }
        guard finite.count > width else { return finite }
        return (0..<width).map { place in
            let group = finite[(place * finite.count / width)..<((place + 1) * finite.count / width)].compactMap { $0 }
            guard !group.isEmpty else { return nil }
            // Each divided before they are added: the sum of huge numbers need not be finite.
            return group.reduce(0) { $0 + $1 / Double(group.count) }
        }
    }
}
