import PromQL
import PrometheusModel

extension Evaluator {
    /// The samples of a range vector: of a range selector, or what a subquery evaluates to.
    func windowSource(_ node: PlanNode, on times: TimeGrid) throws(QueryError) -> WindowSource {
        switch node.bare {
        case .window(let plan):
            return WindowSource(
                set: samples(of: plan.selector), width: plan.width, offset: plan.selector.offset,
                at: plan.selector.at, place: plan.range)
        case .subquery(let plan):
            let grid = try vector(plan.node, on: plan.inner(times))
            return WindowSource(
                set: Self.columns(of: grid, forgetsResets: true), dropsName: grid.dropsName, width: plan.width,
                offset: plan.offset, at: plan.at, place: plan.range)
        default:
            throw QueryError(.execution, "expected a range vector", range: node.range)
        }
    }

    /// The values of a grid as samples; every series stays, also an empty one.
    ///
    /// - Parameter forgetsResets: what histograms say of counter resets is about the samples next to them, which the
    ///   grid may have left out or repeated.
    static func columns(of grid: Grid, forgetsResets: Bool) -> SeriesSet {
        var set = SeriesSet()
        set.labels = grid.labels
        set.times.reserveCapacity(grid.values.count)
        set.values.reserveCapacity(grid.values.count)
        set.bounds.reserveCapacity(grid.seriesCount + 1)
        let times = (0..<grid.steps).map { grid.times.time($0) }
        for series in 0..<grid.seriesCount {
            if !grid.hasHistograms {
                let slots = grid.slots(of: series)
                if grid.values.withUnsafeBufferPointer({ values in slots.allSatisfy { !isAbsent(values[$0]) } }) {
                    set.times.append(contentsOf: times)
                    set.values.append(contentsOf: grid.values[slots])
                    set.bounds.append(set.times.count)
                    continue
                }
            }
            for (step, slot) in grid.slots(of: series).enumerated() where grid.isPresent(slot) {
                set.times.append(times[step])
                guard grid.hasHistograms else {
                    set.values.append(grid.values[slot])
                    continue
                }
                var box = grid.histograms[slot]
                if forgetsResets, let histogram = box?.value,
                    histogram.counterReset == .reset || histogram.counterReset == .notReset
                {
                    var copy = histogram
                    copy.counterReset = .unknown
                    box = HistogramBox(copy)
                }
                set.values.append(box == nil ? grid.values[slot] : 0)
                set.histograms.append(box)
            }
            set.bounds.append(set.times.count)
        }
        return set
    }

    /// Moves a window over the samples of each series, and gives what the function makes of it at each time.
    ///
    /// - Cost: each window's bounds are found by moving on from the one before.
    func slide<F: RangeFunction>(
        _ function: inout F, over source: WindowSource, on times: TimeGrid, keepsName: Bool = false
    ) throws(QueryError) -> Grid {
        var grid = Grid(times)
        let set = source.set
        guard times.count > 0, set.sampleCount > 0 else { return grid }
        let before = budget.held
        let estimate = set.seriesCount.multipliedReportingOverflow(by: times.count)
        if !estimate.overflow, estimate.partialValue <= 1 << 24 { grid.values.reserveCapacity(estimate.partialValue) }
        grid.labels.reserveCapacity(set.seriesCount)
        grid.dropsName.reserveCapacity(set.seriesCount)
        var windows: [Window] = []
        windows.reserveCapacity(times.count)
        for step in 0..<times.count {
            let close = source.close(times.time(step))
            windows.append(
                Window(begin: close.subtracting(source.width), close: close, step: step, time: times.time(step)))
        }
        var live = LiveSamples()
        for series in 0..<set.seriesCount {
            let range = set.bounds[series]..<set.bounds[series + 1]
            // A row costs its slots also when it stays empty.
            try budget.spend(range.isEmpty ? 1 : times.count)
            if range.isEmpty { continue }
            let drops = source.dropsName?[series] ?? false
            grid.appendRow(set.labels[series], dropsName: keepsName ? drops : true)
            let hasValues: Bool
            if set.histograms.isEmpty || set.histograms[range].allSatisfy({ $0 == nil }) {
                hasValues = try Self.slideFloats(&function, &grid, windows, set, range, &live, &budget)
            } else {
                hasValues = try slideMixed(&function, &grid, windows, set, series, source.place, &live)
            }
            if !hasValues {
                grid.removeLastRow()
                continue
            }
            try budget.hold(times.count)
        }
        budget.reset(to: before)
        return grid
    }

    /// Copies of a series' samples for the cases where they cannot be looked at in place.
    private struct LiveSamples {
        var times: [Int64] = []
        var values: [Double] = []
        var histogramTimes: [Int64] = []
        var boxes: [HistogramBox] = []

        mutating func fill(_ set: SeriesSet, _ range: Range<Int>) {
            times.removeAll(keepingCapacity: true)
            values.removeAll(keepingCapacity: true)
            histogramTimes.removeAll(keepingCapacity: true)
            boxes.removeAll(keepingCapacity: true)
            for index in range {
                if !set.histograms.isEmpty, let box = set.histograms[index] {
                    if box.value.isStale { continue }
                    histogramTimes.append(set.times[index])
                    boxes.append(box)
                } else if !isAbsent(set.values[index]) {
                    times.append(set.times[index])
                    values.append(set.values[index])
                }
            }
        }
    }

    /// Fills the last row of the grid.
    ///
    /// - Returns: whether there is any value.
    private static func slideFloats<F: RangeFunction>(
        _ function: inout F, _ grid: inout Grid, _ windows: [Window], _ set: SeriesSet, _ range: Range<Int>,
        _ live: inout LiveSamples, _ budget: inout SampleBudget
    ) throws(QueryError) -> Bool {
        let row = grid.values.count - windows.count
        return try grid.values.withUnsafeMutableBufferPointer { (all) throws(QueryError) -> Bool in
            let out = UnsafeMutableBufferPointer(rebasing: all[row...])
            let hasStale = set.values.withUnsafeBufferPointer { values in
                var found = false
                for index in range where isAbsent(values[index]) { found = true }
                return found
            }
            if hasStale {
                live.fill(set, range)
                return try live.times.withUnsafeBufferPointer { (times) throws(QueryError) -> Bool in
                    try live.values.withUnsafeBufferPointer { (values) throws(QueryError) -> Bool in
                        try slide(&function, Samples(times: times, values: values), windows, into: out, &budget)
                    }
                }
            }
            return try set.times.withUnsafeBufferPointer { (times) throws(QueryError) -> Bool in
                try set.values.withUnsafeBufferPointer { (values) throws(QueryError) -> Bool in
                    let samples = Samples(
                        times: UnsafeBufferPointer(rebasing: times[range]),
                        values: UnsafeBufferPointer(rebasing: values[range]))
                    return try slide(&function, samples, windows, into: out, &budget)
                }
            }
        }
    }

    private static func slide<F: RangeFunction>(
        _ function: inout F, _ samples: Samples, _ windows: [Window], into out: UnsafeMutableBufferPointer<Double>,
        _ budget: inout SampleBudget
    ) throws(QueryError) -> Bool {
        guard !samples.times.isEmpty else { return false }
        function.begin(samples)
        let count = samples.times.count
        var (first, end) = (0, 0)
        var hasValues = false
        for step in windows.indices {
            var window = windows[step]
            while first < count, samples.times[first] <= window.begin { first += 1 }
            if end < first { end = first }
            while end < count, samples.times[end] <= window.close { end += 1 }
            guard first < end else { continue }
            window.first = first
            window.end = end
            try budget.spend(end - first)
            let value = function.value(samples, window)
            if isAbsent(value) { continue }
            out[step] = value
            hasValues = true
        }
        return hasValues
    }

    private func slideMixed<F: RangeFunction>(
        _ function: inout F, _ grid: inout Grid, _ windows: [Window], _ set: SeriesSet, _ series: Int,
        _ place: SourceRange, _ live: inout LiveSamples
    ) throws(QueryError) -> Bool {
        live.fill(set, set.bounds[series]..<set.bounds[series + 1])
        let row = grid.values.count - windows.count
        let metric = set.labels[series].metricName
        var results: [(Int, WindowValue)] = []
        try live.times.withUnsafeBufferPointer { (times) throws(QueryError) in
            try live.values.withUnsafeBufferPointer { (values) throws(QueryError) in
                let samples = Samples(times: times, values: values)
                if !times.isEmpty { function.begin(samples) }
                var (first, end, firstBox, endBox) = (0, 0, 0, 0)
                for var window in windows {
                    while first < times.count, times[first] <= window.begin { first += 1 }
                    end = max(end, first)
                    while end < times.count, times[end] <= window.close { end += 1 }
                    let boxTimes = live.histogramTimes
                    while firstBox < boxTimes.count, boxTimes[firstBox] <= window.begin { firstBox += 1 }
                    endBox = max(endBox, firstBox)
                    while endBox < boxTimes.count, boxTimes[endBox] <= window.close { endBox += 1 }
                    guard first < end || firstBox < endBox else { continue }
                    // A histogram has some dozen buckets.
                    try budget.spend(end - first + 64 * (endBox - firstBox))
                    window.first = first
                    window.end = end
                    let histograms = HistogramWindow(
                        times: boxTimes[firstBox..<endBox], boxes: live.boxes[firstBox..<endBox], metric: metric,
                        place: place)
                    results.append((row + window.step, function.value(samples, window, histograms, &notes)))
                }
            }
        }
        var hasValues = false
        for (slot, value) in results {
            switch value {
            case .none: continue
            case .float(let number): grid.values[slot] = number
            case .histogram(let histogram): grid.set(slot, HistogramBox(histogram))
            case .box(let box): grid.set(slot, box)
            }
            hasValues = true
        }
        return hasValues
    }
}
