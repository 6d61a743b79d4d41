import TelemetryModel

/// The series of a TraceQL metrics query as a table: bars over time and figures.
///
/// ```
/// series                               min   avg  max  last
/// ──────────────────────────────  ───  ───  ────  ───  ────
/// {resource.service.name="shop"}  ▁█▄    0  3.37    7     3
///
/// 1 series
/// ```
struct TraceSeriesTable {
    /// Characters of the bars of a series.
    static let barsMax = 60

    let answer: TraceSeriesAnswer
    /// One value for each series instead of bars.
    var isInstant = false
    /// Columns of the terminal; nil cuts nothing.
    var width: Int?

    var text: String {
        guard !answer.series.isEmpty else { return "no series\n" }
        return (isInstant ? instant : range).text(width: width) + "\n\(HumanText.count(answer.series.count)) series\n"
    }

    private var instant: TextTable {
        TextTable(
            columns: [("series", .left), ("value", .right)],
            rows: answer.series.map { [$0.name, $0.samples.last.map { PromQLTable.shortText($0.value) } ?? ""] })
    }

    private var range: TextTable {
        let times = Set(answer.series.flatMap { $0.samples.map(\.time) })
        let first = Double(times.min() ?? 0), last = Double(times.max() ?? 0)
        let barsWidth = min(max(1, times.count), max(8, min(Self.barsMax, (width ?? 160) / 3)))
        let rows = answer.series.map { one -> [String] in
            let values = one.samples.map(\.value)
            let numbers = values.filter { !$0.isNaN }
            // Each divided before they are added: the sum of huge numbers need not be finite.
            let mean = numbers.reduce(0) { $0 + $1 / Double(numbers.count) }
            let bars = Sparkline.text(
                times: one.samples.map { Double($0.time) }, values: values, from: first, to: last, width: barsWidth)
            let figures = [numbers.min(), numbers.isEmpty ? nil : mean, numbers.max(), values.last]
            return [one.name, bars] + figures.map { $0.map(PromQLTable.shortText) ?? "" }
        }
        return TextTable(
            columns: [
                ("series", .left), ("", .left), ("min", .right), ("avg", .right), ("max", .right), ("last", .right),
            ], rows: rows)
    }
}
