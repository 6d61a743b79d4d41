import PromQL
import PrometheusModel

/// An instant vector taken apart for `histogram_quantile` and `histogram_fraction`: native histograms, and the buckets
/// (`le`) of classic ones put together.
struct HistogramVector {
    let grid: Grid
    private static let bucketLabel = "le"
    /// Upper bound of each series, nil when its label is none.
    private let bounds: [Double?]
    /// Number of the histogram that a series belongs to, whether as its bucket or as its native form.
    private let histogramOfSeries: [Int]
    /// Labels of each histogram without `le` and the name.
    private let classicLabels: [Labels]
    private let place: SourceRange

    /// - Parameter place: of the vector in the query.
    init(_ grid: Grid, at place: SourceRange) {
        self.grid = grid
        self.place = place
        var index = LabelIndex(.except([Self.bucketLabel]))
        bounds = grid.labels.map { Double($0[Self.bucketLabel]) }
        histogramOfSeries = grid.labels.map { index.ordinal(of: $0) }
        let dropped: Set<String> = [Self.bucketLabel, Labels.nameLabel]
        classicLabels = index.representatives.map { $0.removing(dropped) }
    }

    /// Gives a number for each histogram at each time.
    ///
    /// A name with both forms at one time has no result then, as nobody knows which one is meant.
    func numbers(
        _ notes: inout Annotations, _ budget: inout SampleBudget,
        native: (NativeHistogram, _ metric: String, _ step: Int, inout Annotations) -> Double,
        classic: ([ClassicBucket], _ step: Int, inout Annotations) -> Double
    ) throws(QueryError) -> Grid {
        let steps = grid.steps
        var result = Grid(grid.times)
        var rowOfSeries: [Int?] = Array(repeating: nil, count: grid.seriesCount)
        var rowOfHistogram: [Int?] = Array(repeating: nil, count: classicLabels.count)
        var buckets: [[ClassicBucket]] = Array(repeating: [], count: classicLabels.count)
        for step in 0..<steps {
            // Looking into a native histogram takes some dozen times as long as at a float.
            try budget.spend(16 * grid.seriesCount)
            for histogram in buckets.indices { buckets[histogram].removeAll(keepingCapacity: true) }
            var natives: [Int] = []
            for series in 0..<grid.seriesCount {
                let slot = series * steps + step
                if grid.histogram(slot) != nil {
                    natives.append(series)
                } else if !isAbsent(grid.values[slot]) {
                    guard let bound = bounds[series] else {
                        let labels = grid.labels[series]
                        notes.badBucketLabel(labels[Self.bucketLabel], metric: labels.metricName, at: place)
                        continue
                    }
                    buckets[histogramOfSeries[series]].append(
                        ClassicBucket(upperBound: bound, count: grid.values[slot]))
                }
            }
            for series in natives {
                let labels = grid.labels[series]
                let histogram = histogramOfSeries[series]
                if !labels.has(Self.bucketLabel), !buckets[histogram].isEmpty {
                    notes.mixedClassicAndNative(metric: labels.metricName, at: place)
                    buckets[histogram].removeAll(keepingCapacity: true)
                    continue
                }
                guard let box = grid.histogram(series * steps + step) else { continue }
                let row = rowOfSeries[series] ?? result.seriesCount
                if rowOfSeries[series] == nil {
                    rowOfSeries[series] = row
                    result.appendRow(labels, dropsName: true)
                }
                result.values[row * steps + step] = native(box.value, labels.metricName, step, &notes)
            }
            for histogram in buckets.indices where !buckets[histogram].isEmpty {
                let row = rowOfHistogram[histogram] ?? result.seriesCount
                if rowOfHistogram[histogram] == nil {
                    rowOfHistogram[histogram] = row
                    result.appendRow(classicLabels[histogram], dropsName: true)
                }
                result.values[row * steps + step] = classic(buckets[histogram], step, &notes)
            }
        }
        return result.steps > 1 ? try result.merged() : result
    }
}
