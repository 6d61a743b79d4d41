extension Sparkline {
    /// Values on an axis of time that several rows share, so that what stands below one another happened at the same
    /// time; each character is the mean of its part of the axis.
    static func text(times: [Double], values: [Double], from first: Double, to last: Double, width: Int) -> String {
        guard last > first, width > 1 else { return text(values, width: width) }
        var sums = [Double](repeating: 0, count: width)
        var counts = [Double](repeating: 0, count: width)
        for (time, value) in zip(times, values) where value.isFinite {
            let part = (time - first) / (last - first) * Double(width - 1)
            let place = part.isFinite ? min(max(Int(part.rounded()), 0), width - 1) : 0
            counts[place] += 1
            sums[place] += (value - sums[place]) / counts[place]
        }
        return text(sums.indices.map { counts[$0] > 0 ? sums[$0] : nil }, width: width)
    }
}
