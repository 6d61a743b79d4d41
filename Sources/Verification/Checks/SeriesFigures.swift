import Recordings

/// How several series are taken together.
enum Across: String, Sendable {
    case each, any, sum
}

extension Figure where Item == SeriesItem {
    /// The last value of the series.
    static func value(_ comparison: Comparison, _ across: Across) -> Figure {
        perSeries("value", comparison, across, lacking: "have no values of numbers") { reading, _ in
            reading.values.last
        }
    }

    static func increase(_ comparison: Comparison, _ across: Across) -> Figure {
        perSeries("increase", comparison, across, lacking: "have too few points to tell an increase") {
            $0.increase(windowStart: $1.windowStart)
        }
    }

    static func everyValue(_ comparison: Comparison) -> Figure {
        Figure(expected: "every value \(comparison.text)") { items, recording in
            let values = items.map { (item: $0, values: SeriesReading($0.series(in: recording)).values) }
            let count = values.reduce(0) { $0 + $1.values.count }
            guard count > 0 else { return .nothing("the series have no values of numbers") }
            let wrong = values.flatMap { item, values in
                values.filter { !comparison.holds($0) }.map { (item: item, value: $0) }
            }
            guard let first = wrong.first else { return .fulfilled(actual: "all of \(count) values fulfil it") }
            return .missed(
                actual: "\(wrong.count) of \(count) values do not fulfil it, the first is \(first.value.text)",
                evidence: wrong.prefix(Finding.evidenceMax).map {
                    "\($0.value.text) in " + $0.item.text(in: recording)
                })
        }
    }

    static func points(_ comparison: Comparison) -> Figure {
        Figure(expected: "\(comparison.text) points") { items, recording in
            let count = items.reduce(0) { $0 + $1.series(in: recording).points.count }
            let actual = count == 1 ? "1 point" : "\(count) points"
            return comparison.holds(Number(count))
                ? .fulfilled(actual: actual)
                : .missed(actual: actual, evidence: Finding.evidence(items, recording))
        }
    }

    static func exemplars(_ comparison: Comparison) -> Figure {
        Figure(expected: "\(comparison.text) exemplars") { items, recording in
            let points = items.flatMap { $0.series(in: recording).points }
            guard !points.isEmpty else { return .nothing("the series have no points") }
            let count = points.reduce(0) { $0 + $1.exemplars.count }
            let actual = "\(count) exemplars"
            return comparison.holds(Number(count))
                ? .fulfilled(actual: actual)
                : .missed(actual: actual, evidence: Finding.evidence(items, recording))
        }
    }

    static func neverDecreases(_ expected: Bool) -> Figure {
        Figure(expected: expected ? "never decreases" : "decreases at least once") { items, recording in
            var examined = 0
            var found: [String] = []
            for item in items {
                let decreases = SeriesReading(item.series(in: recording)).decreases
                examined += decreases.examined
                found += decreases.found.map { "\($0) in " + item.text(in: recording) }
            }
            guard examined > 0 else { return .nothing("the series have too few points to tell a decrease") }
            let actual = "\(found.count) decreases in \(examined) steps"
            return found.isEmpty == expected
                ? .fulfilled(actual: actual)
                : .missed(actual: actual, evidence: Array(found.prefix(Finding.evidenceMax)))
        }
    }

    /// - Parameter comparison: of nanoseconds.
    static func interval(_ comparison: Comparison) -> Figure {
        Figure(expected: "interval \(comparison.text)") { items, recording in
            let intervals = items.flatMap { SeriesReading($0.series(in: recording)).intervals }.sorted()
            guard !intervals.isEmpty else { return .nothing("the series have too few points to tell an interval") }
            let median = Number(clamping: Percentile.nearestRank(0.5, of: intervals))
            let actual = "median interval is \(comparison.text(median)) over \(intervals.count) intervals"
            return comparison.holds(median)
                ? .fulfilled(actual: actual)
                : .missed(actual: actual, evidence: Finding.evidence(items, recording))
        }
    }

    /// - Parameter name: a key of `Vocabulary.histogram`.
    static func histogram(_ name: String, _ comparison: Comparison) -> Figure {
        Figure(expected: "histogram \(name) \(comparison.text)") { items, recording in
            let merged = MergedHistogram(items.map { $0.series(in: recording) })
            guard let merged else { return .nothing("the series are no histograms with points") }
            guard let figure = merged.figure(name) else {
                return .nothing("the histograms, of \(merged.count) observations, do not tell their \(name)")
            }
            let actual = "\(name) is \(figure.text) over \(merged.count) observations"
            return comparison.holds(figure)
                ? .fulfilled(actual: actual)
                : .missed(actual: actual, evidence: Finding.evidence(items, recording))
        }
    }

    private static func perSeries(
        _ name: String, _ comparison: Comparison, _ across: Across, lacking: String,
        of number: @escaping @Sendable (SeriesReading, IndexedRecording) -> Number?
    ) -> Figure {
        let prefix =
            switch across {
            case .each: ""
            case .any: "any "
            case .sum: "sum of "
            }
        return Figure(expected: "\(prefix)\(name) \(comparison.text)") { items, recording in
            let numbers = items.map {
                (item: $0, number: number(SeriesReading($0.series(in: recording)), recording))
            }
            let known = numbers.compactMap { item, number in number.map { (item: item, number: $0) } }
            guard !known.isEmpty else { return .nothing("the series " + lacking) }
            if across == .sum {
                let sum = SeriesReading.sum(known.map(\.number))
                let actual = "sum of \(name) is \(sum.text) over \(known.count) series"
                return comparison.holds(sum)
                    ? .fulfilled(actual: actual)
                    : .missed(
                        actual: actual,
                        evidence: known.prefix(Finding.evidenceMax).map {
                            "\($0.number.text) of " + $0.item.text(in: recording)
                        })
            }
            // A series that cannot tell does not fulfil what each has to.
            let wrong = numbers.filter { !($0.number.map { comparison.holds($0) } ?? false) }
            let isMet = across == .each ? wrong.isEmpty : wrong.count < numbers.count
            let shown = known.prefix(Finding.evidenceMax).map(\.number.text).joined(separator: ", ")
            if isMet {
                return .fulfilled(actual: "\(name) is \(shown)" + (known.count > Finding.evidenceMax ? ", …" : ""))
            }
            let first = wrong.first?.number?.text ?? "unknown"
            let actual =
                numbers.count == 1
                ? "\(name) is \(first)"
                : "\(name) of \(wrong.count) of \(numbers.count) series is not so, the first is \(first)"
            return .missed(
                actual: actual,
                evidence: wrong.prefix(Finding.evidenceMax).map {
                    "\($0.number?.text ?? "unknown") of " + $0.item.text(in: recording)
                })
        }
    }
}
