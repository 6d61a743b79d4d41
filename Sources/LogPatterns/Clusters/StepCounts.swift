/// How many lines came in each step.
struct StepCounts {
    /// Sorted by step.
    private(set) var counts: [(step: Int64, count: Int)] = []
    private var last = 0

    var total: Int { counts.reduce(0) { $0 + $1.count } }

    mutating func add(_ count: Int, at step: Int64) {
        // Lines come in order of time, or nearly.
        if last < counts.count, counts[last].step == step {
            counts[last].count += count
            return
        }
        var low = 0
        var high = counts.count
        while low < high {
            let middle = (low + high) / 2
            if counts[middle].step < step { low = middle + 1 } else { high = middle }
        }
        if low < counts.count, counts[low].step == step {
            counts[low].count += count
        } else {
            counts.insert((step, count), at: low)
        }
        last = low
    }

    mutating func add(_ other: StepCounts) {
        for (step, count) in other.counts { add(count, at: step) }
    }
}
