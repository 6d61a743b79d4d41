/// Intervals of time as bars of block elements on one axis.
///
/// Block elements fill a cell from its left side in eighths, so the end is exact to an eighth. For the start there is
/// only the right half (U+2590): it is exact to half a cell. A bar inside a single cell shows its length.
struct TraceBar {
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// Nanoseconds since the Unix epoch: the ends of the axis.
    let start: Int64
    let end: Int64
    /// Cells.
    let width: Int

    /// The cells before the bar, and the bar, which is never empty.
    func text(from: Int64, to: Int64) -> (blank: Int, bar: String) {
        guard width > 0 else { return (0, "") }
        let total = Double(max(1, UInt64(bitPattern: end &- start)))
        let scale = Double(width * 8) / total
        // 2^53 nanoseconds are a hundred days: a Double is exact where a bar can show it.
        let first = min(Int(offset(from) * scale), width * 8)
        let last = Int((offset(to) * scale).rounded())
        let cell = min(first / 8, width - 1)
        let end = min(max(last, first + 1), width * 8)
        guard end > (cell + 1) * 8 else {
            let length = min(max(end - first, 1), 8)
            return (cell, length == 8 ? "█" : Self.eighths[length])
        }
        let head = first % 8 >= 4 ? "▐" : "█"
        let full = String(repeating: "█", count: end / 8 - cell - 1)
        return (cell, head + full + Self.eighths[end % 8])
    }

    private func offset(_ time: Int64) -> Double {
        let time = min(max(time, start), end)
        return Double(UInt64(bitPattern: time &- start))
    }
}
