extension TraceTree {
    /// Nanoseconds of each span in which none of its children runs: its duration without the union of the children's
    /// intervals, which count as far as they lie inside the span. A negative duration counts as none.
    ///
    /// - Cost: one pass over all children, which come by start.
    package func selfTimes() -> [Int64] {
        var times = skeleton.durations
        for row in 0..<count {
            let start = skeleton.starts[row]
            let end = skeleton.end(of: row)
            // Not the stored duration: of a span that ends after the latest time there is, only what fits counts.
            var time = end &- start
            var covered = start
            for child in children(of: row) {
                let from = max(skeleton.starts[Int(child)], covered)
                let to = min(skeleton.end(of: Int(child)), end)
                guard to > from else { continue }
                time -= to - from
                covered = to
            }
            times[row] = time
        }
        return times
    }
}
