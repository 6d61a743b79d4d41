extension RangeWindows {
    /// `quantile_over_time`: between two ranks the weighted mean of their values. A quantile below 0 is -Inf, one above 1
    /// is +Inf; NaN counts as the smallest value.
    func quantileOverTime(_ quantile: Double, _ times: [Int64], _ values: [Double]) -> [Double?] {
        var sorted = SortedWindow()
        return mapWindows(times) { samples in
            if quantile < 0 { return -.infinity }
            if quantile > 1 { return .infinity }
            if quantile.isNaN { return .nan }
            sorted.move(to: samples, of: values)
            let rank = quantile * Double(sorted.values.count - 1)
            let lower = Int(rank.rounded(.down))
            let upper = min(lower + 1, sorted.values.count - 1)
            let weight = rank - rank.rounded(.down)
            return sorted.values[lower] * (1 - weight) + sorted.values[upper] * weight
        }
    }
}

/// The values of a moving window in ascending order, NaN first.
private struct SortedWindow {
    private(set) var values: [Double] = []
    private var samples = 0..<0

    mutating func move(to next: Range<Int>, of all: [Double]) {
        let leaving = samples.lowerBound..<min(next.lowerBound, samples.upperBound)
        let coming = max(samples.upperBound, next.lowerBound)..<next.upperBound
        let changes = leaving.count + coming.count
        if leaving.count >= samples.count || changes > next.count {
            values.removeAll(keepingCapacity: true)
            values.append(contentsOf: all[next])
            values.sort(by: Self.precedes)
        } else if changes <= 16 {
            // One value in its place moves half of the others, which is a copy of bytes.
            for value in all[leaving] {
                let place = place(of: value)
                if place < values.count { values.remove(at: place) }
            }
            for value in all[coming] { values.insert(value, at: place(of: value)) }
        } else {
            merge(removing: all[leaving].sorted(by: Self.precedes), adding: all[coming].sorted(by: Self.precedes))
        }
        samples = next
    }

    /// Both in ascending order; what is removed is there.
    private mutating func merge(removing: [Double], adding: [Double]) {
        var merged: [Double] = []
        merged.reserveCapacity(values.count + adding.count)
        var (removed, added) = (0, 0)
        for value in values {
            if removed < removing.count, !Self.precedes(value, removing[removed]) {
                removed += 1
                continue
            }
            while added < adding.count, Self.precedes(adding[added], value) {
                merged.append(adding[added])
                added += 1
            }
            merged.append(value)
        }
        merged.append(contentsOf: adding[added...])
        values = merged
    }

    private static func precedes(_ left: Double, _ right: Double) -> Bool {
        left.isNaN ? !right.isNaN : left < right
    }

    /// The first index whose value does not come before that one.
    private func place(of value: Double) -> Int {
        var low = 0
        var high = values.count
        while low < high {
            let middle = (low + high) / 2
            if Self.precedes(values[middle], value) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
