import PrometheusModel

extension Evaluator {
    /// What an instant selector takes of a sample.
    enum Reading {
        case value
        /// When the sample was, in seconds.
        case timestamp
    }

    /// The latest sample of each series at each time, unless it is older than the lookback or a stale marker.
    ///
    /// - Spec: Prometheus 3, "Querying basics", staleness: a sample exactly `lookback` old is outside.
    func select(_ plan: SelectorPlan, on times: TimeGrid, reading: Reading = .value) throws(QueryError) -> Grid {
        let set = samples(of: plan)
        var grid = Grid(times)
        guard times.count > 0, set.sampleCount > 0 else { return grid }
        let steps = times.count
        let references = (0..<steps).map { plan.reference(times.time($0)) }
        let before = budget.held
        for series in 0..<set.seriesCount {
            let begin = set.bounds[series], end = set.bounds[series + 1]
            // A row costs its slots also when it stays empty.
            try budget.spend(begin < end ? steps + (end - begin) : 1)
            guard begin < end else { continue }
            grid.appendRow(set.labels[series], dropsName: false)
            let row = grid.values.count - steps
            var isEmpty = true
            var next = begin
            var boxes: [(Int, HistogramBox)] = []
            grid.values.withUnsafeMutableBufferPointer { out in
                set.times.withUnsafeBufferPointer { sampleTimes in
                    for step in 0..<steps {
                        let reference = references[step]
                        while next < end, sampleTimes[next] <= reference { next += 1 }
                        let index = next - 1
                        guard index >= begin, sampleTimes[index] > reference.subtracting(lookback) else { continue }
                        if !set.histograms.isEmpty, let box = set.histograms[index] {
                            if box.value.isStale { continue }
                            if reading == .value {
                                boxes.append((row + step, box))
                                continue
                            }
                        } else if isAbsent(set.values[index]) {
                            continue
                        }
                        isEmpty = false
                        out[row + step] =
                            reading == .value ? set.values[index] : Double(sampleTimes[index]) / 1000
                    }
                }
            }
            if isEmpty && boxes.isEmpty {
                grid.removeLastRow()
                continue
            }
            for (slot, box) in boxes { grid.set(slot, box) }
            try budget.hold(steps)
        }
        budget.reset(to: before)
        return grid
    }
}
