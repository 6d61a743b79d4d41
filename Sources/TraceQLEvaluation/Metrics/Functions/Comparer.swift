import TelemetryModel
import TraceQL

/// `compare({selection}, top, start, end)`: how often each value of each attribute occurs among the spans of a
/// selection, and among the others, the baseline.
///
/// Series have `__meta_type` (`baseline`, `selection`) and the attribute under its name; the `top` most frequent values
/// of an attribute are shown for each side. `baseline_total` and `selection_total` count all spans that have the
/// attribute, whose value there is `.none`. Durations and ids are not compared: nearly each span has its own. Every
/// event and link of a span counts. Of an attribute with more than `comparedValuesMax` values those that come later
/// count in the total only.
struct Comparer {
    private enum Side: Int, CaseIterable {
        case baseline, selection

        var name: String { self == .baseline ? "baseline" : "selection" }
    }

    private struct Counts {
        var places: [Value: Int] = [:]
        var values: [Value] = []
        var totals: [Double] = []
        /// By place and interval; most values occur in few intervals.
        var counts: [Cell: Double] = [:]
        var all: [Int: Double] = [:]
    }

    private struct Cell: Hashable {
        var place: Int
        var interval: Int
    }

    private let selection: SpansetExpression
    private let top: Int
    /// Spans of the selection start in this range; nil for anywhere.
    private let range: Range<Int64>?
    private let grid: IntervalGrid
    private let limits: EvaluationLimits
    private var sides: [[String: Counts]] = [[:], [:]]
    private var cells = 0

    init(
        _ selection: SpansetExpression, top: Int, start: Int64, end: Int64, grid: IntervalGrid,
        limits: EvaluationLimits
    ) {
        self.selection = selection
        self.top = max(0, top)
        range = start > 0 && end > start ? start..<end : nil
        self.grid = grid
        self.limits = limits
    }

    /// - Returns: the number of spans counted.
    mutating func add(
        _ matches: [SpansetMatch], of fields: FieldEvaluator, label: (Attribute) -> String
    ) throws(TraceQLEvaluationError) -> Int {
        let table = fields.table
        var isSelected = [Bool](repeating: false, count: table.rows)
        var intervals: [(row: Int, interval: Int)] = []
        var evaluator = PipelineEvaluator(Pipeline([]), over: fields)
        for match in matches {
            for row in match.rows {
                if let interval = grid.interval(of: table.starts[Int(row)]) { intervals.append((Int(row), interval)) }
            }
            for row in try evaluator.rows(selection, within: match)
            where range?.contains(table.starts[Int(row)]) ?? true {
                isSelected[Int(row)] = true
            }
        }
        for target in Self.targets(table) {
            let attribute = Attribute(target)
            let column = fields.column(attribute)
            if case .constant = column { continue }
            let name = label(attribute)
            for side in Side.allCases {
                let isSelection = side == .selection
                var counts = sides[side.rawValue].removeValue(forKey: name) ?? Counts()
                for (row, interval) in intervals where isSelected[row] == isSelection {
                    try count(column, row: row, interval: interval, in: &counts)
                }
                if !counts.all.isEmpty { sides[side.rawValue][name] = counts }
            }
        }
        return intervals.count
    }

    private mutating func count(
        _ column: ValueColumn, row: Int, interval: Int, in counts: inout Counts
    ) throws(TraceQLEvaluationError) {
        if case .multiple(let values, let codes, let offsets) = column {
            for place in offsets[row]..<offsets[row + 1] {
                try count(values[Int(codes[place])], interval: interval, in: &counts)
            }
        } else {
            try count(column.value(at: row), interval: interval, in: &counts)
        }
    }

    private mutating func count(
        _ value: Value, interval: Int, in counts: inout Counts
    ) throws(TraceQLEvaluationError) {
        switch value {
        case .none, .duration: return
        default: break
        }
        counts.all[interval, default: 0] += 1
        let key = value.groupKey
        let place: Int
        if let known = counts.places[key] {
            place = known
        } else {
            guard counts.values.count < limits.comparedValuesMax else { return }
            place = counts.values.count
            counts.places[key] = place
            counts.values.append(key)
            counts.totals.append(0)
        }
        counts.totals[place] += 1
        let cell = Cell(place: place, interval: interval)
        if let known = counts.counts[cell] {
            counts.counts[cell] = known + 1
        } else {
            guard cells < limits.cellsMax else {
                throw TraceQLEvaluationError(
                    .overLimit, "series have more samples than the limit of \(limits.cellsMax)")
            }
            cells += 1
            counts.counts[cell] = 1
        }
    }

    func finish() throws(TraceQLEvaluationError) -> [MetricSeries] {
        var seriesCount = 0
        for side in sides { for counts in side.values { seriesCount += min(top, counts.values.count) + 1 } }
        guard seriesCount <= limits.seriesMax, seriesCount * grid.count <= limits.cellsMax else {
            throw TraceQLEvaluationError(
                .overLimit,
                "compare() has \(seriesCount) series of \(grid.count) samples, limits are \(limits.seriesMax) series and "
                    + "\(limits.cellsMax) samples; ask for fewer values or a larger step")
        }
        var series: [MetricSeries] = []
        for side in Side.allCases {
            for (name, counts) in sides[side.rawValue] {
                let ranked = counts.values.indices.sorted {
                    counts.totals[$0] != counts.totals[$1]
                        ? counts.totals[$0] > counts.totals[$1] : counts.values[$0].precedes(counts.values[$1])
                }
                for place in ranked.prefix(top) {
                    series.append(
                        MetricSeries(
                            labels: [
                                MetricLabel("__meta_type", .string(side.name)),
                                MetricLabel(name, counts.values[place]),
                            ],
                            values: (0..<grid.count).map { counts.counts[Cell(place: place, interval: $0)] ?? 0 }))
                }
                series.append(
                    MetricSeries(
                        labels: [
                            MetricLabel("__meta_type", .string(side.name + "_total")), MetricLabel(name, .none),
                        ],
                        values: (0..<grid.count).map { counts.all[$0] ?? 0 }))
            }
        }
        return series.finished()
    }

    /// What is compared: the columns that were loaded, and what every span has.
    private static func targets(_ table: SpanTable) -> [Attribute.Target] {
        var targets: Set<Attribute.Target> = [
            .intrinsic(.name), .intrinsic(.kind), .intrinsic(.status), .intrinsic(.rootName),
            .intrinsic(.rootService), .attribute(.resource, "service.name"),
        ]
        for target in table.fields.keys {
            switch target {
            case .attribute(.any, _): break
            case .attribute: targets.insert(target)
            case .intrinsic(let intrinsic):
                switch intrinsic {
                case .statusMessage, .eventName, .instrumentationName, .instrumentationVersion:
                    targets.insert(target)
                default: break
                }
            }
        }
        return Array(targets)
    }
}
