import PrometheusModel
import PromQLEvaluation

/// Compares what a query gave with what its script says, as the reference's own runner does.
struct ResultComparison {
    let eval: PromQLScript.Eval
    /// A counter reset that the script writes has to be that of the result. Newer scripts count on those that storage
    /// of theirs finds out.
    var comparesCounterResets = true

    /// Relative difference that two numbers may have.
    private static let tolerance = 1e-6

    /// Nil when all is as expected.
    func difference(from value: QueryValue) -> String? {
        switch value {
        case .scalar(_, let value):
            guard let scalar = eval.scalar else { return "expected series, got the scalar \(value)" }
            return Self.areAlmostEqual(scalar, value) ? nil : "expected the scalar \(scalar), got \(value)"
        case .string(_, let value):
            return eval.string == value ? nil : "expected the string \(eval.string ?? "none"), got \(value)"
        case .vector(let samples):
            return difference(from: samples)
        case .matrix(let set):
            return difference(from: set)
        }
    }

    func difference(from samples: [VectorSample]) -> String? {
        if let scalar = eval.scalar { return "expected the scalar \(scalar), got a vector" }
        var missing = Dictionary(
            eval.series.enumerated().map { ($0.element.labels, $0.offset) }, uniquingKeysWith: { $1 })
        let expected = missing
        for (place, sample) in samples.enumerated() {
            guard let index = expected[sample.labels], let first = eval.series[index].samples.first else {
                return "unexpected \(sample.labels) \(Self.text(sample.value, sample.histogram))"
            }
            if eval.isOrdered, index != place {
                return "expected \(sample.labels) at place \(index + 1), was at \(place + 1)"
            }
            if let difference = difference(first, sample.value, sample.histogram) {
                return "\(sample.labels): \(difference)"
            }
            missing[sample.labels] = nil
        }
        return missing.keys.min().map { "expected \($0), not there" }
    }

    func difference(from set: SeriesSet) -> String? {
        if let scalar = eval.scalar { return "expected the scalar \(scalar), got a matrix" }
        if eval.isOrdered { return "expected an order, got a matrix" }
        let start: Int64, end: Int64, step: Int64
        switch (eval.times, eval.rangeVector) {
        case (_, let range?): (start, end, step) = range
        case (.range(let first, let last, let width), nil): (start, end, step) = (first, last, width)
        case (.instant(let time), nil): (start, end, step) = (time, time, 1)
        }
        if let unsorted = Self.unsortedPlace(set) { return "series \(unsorted) is not in order" }
        var missing = Dictionary(
            eval.series.enumerated().map { ($0.element.labels, $0.offset) }, uniquingKeysWith: { $1 })
        let expected = missing
        for series in 0..<set.seriesCount {
            let labels = set.labels[series]
            let range = set.bounds[series]..<set.bounds[series + 1]
            let shown = "result has \(Self.text(set, range))"
            guard let index = expected[labels] else { return "unexpected \(labels), \(shown)" }
            missing[labels] = nil
            var place = range.lowerBound
            for (number, sample) in eval.series[index].samples.enumerated() {
                let time = start + Int64(number) * step
                if time > end { return "\(labels): the script expects more samples than the range has" }
                if case .none = sample { continue }
                guard place < range.upperBound, set.times[place] == time else {
                    return "\(labels): expected a sample at \(time), \(shown)"
                }
                let histogram = set.histograms.isEmpty ? nil : set.histograms[place]
                if let difference = difference(sample, set.values[place], histogram) {
                    return "\(labels) at \(time): \(difference), \(shown)"
                }
                place += 1
            }
            if place < range.upperBound { return "\(labels): unexpected sample at \(set.times[place]), \(shown)" }
        }
        return missing.keys.min().map { "expected \($0), not there" }
    }

    /// Of a range query: the first series that is not above the one before it.
    static func unsortedPlace(_ set: SeriesSet) -> Int? {
        set.labels.indices.dropFirst().first { set.labels[$0] < set.labels[$0 - 1] }
    }

    private func difference(_ expected: ScriptSample, _ value: Double, _ histogram: HistogramBox?) -> String? {
        switch (expected, histogram) {
        case (.none, _): return "expected none, got \(Self.text(value, histogram))"
        case (.number(let number), nil):
            return Self.areAlmostEqual(number, value) ? nil : "expected \(number), got \(value)"
        case (.number(let number), let box?): return "expected \(number), got \(box.value.notation)"
        case (.histogram(let notated), nil): return "expected \(notated.histogram.notation), got \(value)"
        case (.histogram(let notated), let box?):
            let wanted = notated.histogram.compacted(), got = box.value.compacted()
            if comparesCounterResets, notated.hasCounterReset, wanted.counterReset != got.counterReset {
                return "expected the counter reset of \(wanted.notation), got \(got.notation)"
            }
            return Self.areAlmostEqual(wanted, got) ? nil : "expected \(wanted.notation), got \(got.notation)"
        }
    }

    private static func text(_ value: Double, _ histogram: HistogramBox?) -> String {
        histogram.map { $0.value.notation } ?? "\(value)"
    }

    private static func text(_ set: SeriesSet, _ range: Range<Int>) -> String {
        let shown = range.prefix(12).map { place in
            "\(text(set.values[place], set.histograms.isEmpty ? nil : set.histograms[place])) @\(set.times[place])"
        }
        return "[\(shown.joined(separator: ", "))\(range.count > 12 ? ", …" : "")]"
    }

    static func areAlmostEqual(_ left: Double, _ right: Double) -> Bool {
        if StaleMarker.isStale(left) || StaleMarker.isStale(right) {
            return StaleMarker.isStale(left) && StaleMarker.isStale(right)
        }
        if left == right || (left.isNaN && right.isNaN) { return true }
        let sum = abs(left) + abs(right), difference = abs(left - right)
        if left == 0 || right == 0 || sum < .leastNormalMagnitude {
            return difference < tolerance * .leastNormalMagnitude
        }
        return difference / min(sum, .greatestFiniteMagnitude) < tolerance
    }

    static func areAlmostEqual(_ left: NativeHistogram, _ right: NativeHistogram) -> Bool {
        func same(_ left: [Double], _ right: [Double]) -> Bool {
            left.count == right.count && zip(left, right).allSatisfy { areAlmostEqual($0, $1) }
        }
        return left.schema == right.schema && areAlmostEqual(left.count, right.count)
            && areAlmostEqual(left.sum, right.sum) && left.zeroThreshold == right.zeroThreshold
            && areAlmostEqual(left.zeroCount, right.zeroCount) && left.customBounds == right.customBounds
            && NativeHistogram.haveSameLayout(left.positiveSpans, right.positiveSpans)
            && NativeHistogram.haveSameLayout(left.negativeSpans, right.negativeSpans)
            && same(left.positiveBuckets, right.positiveBuckets) && same(left.negativeBuckets, right.negativeBuckets)
    }
}
