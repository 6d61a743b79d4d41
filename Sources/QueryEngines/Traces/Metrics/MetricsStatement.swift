import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL
import TraceQLEvaluation

/// A metrics function over plain filters as one statement: the engine counts, Swift makes series of the rows.
///
/// ```sql
/// SELECT intDiv(toUnixTimestamp64Nano(start_time) - <start>, <step>) AS interval, <group> AS g0, …, count() AS value
/// FROM telemetry.spans WHERE <start in range> AND <filter> GROUP BY interval, g0, …
/// ```
struct MetricsStatement: Sendable {
    /// Rows of an answer: sets of groups times intervals.
    static let rowsMax = 2_000_000
    /// Quantiles that one statement computes.
    private static let quantilesMax = 100

    let function: MetricsFunction
    let grid: IntervalGrid
    let groups: [GroupReading]
    let select: Select
    let measure: Measure
    let hasExemplars: Bool

    /// What is taken of each span.
    enum Measure: Sendable, Equatable {
        case nothing
        /// Nanoseconds.
        case duration
        case number(Parameter)

        var value: Expression? {
            switch self {
            case .nothing: nil
            case .duration: .column("duration")
            case .number(let key): .call("arrayElement", .column("attribute_numbers"), .parameter(key))
            }
        }
    }

    /// Nil when SQL cannot give the exact answer.
    static func make(
        _ pipeline: Pipeline, _ function: MetricsFunction, on grid: IntervalGrid, _ lowering: SpanLowering,
        exemplars: Bool
    ) async throws -> MetricsStatement? {
        var filter: RowCondition?
        for stage in pipeline.stages {
            switch stage {
            case .spansets(.filter(let expression)) where filter == nil: filter = try await lowering.lower(expression)
            case .select, .coalesce: break
            default: return nil
            }
        }
        guard let filter, filter.isExact else { return nil }
        var measure = Measure.nothing
        if case .compare = function.kind { return nil }
        if let operand = function.operand {
            guard let found = try await Measure(operand, lowering) else { return nil }
            measure = found
        }
        var groups: [GroupReading] = []
        for attribute in function.groups {
            guard let group = try await GroupReading(attribute, lowering) else { return nil }
            groups.append(group)
        }
        return MetricsStatement(function, grid, groups, filter, measure, exemplars: exemplars)
    }

    private init?(
        _ function: MetricsFunction, _ grid: IntervalGrid, _ groups: [GroupReading], _ filter: RowCondition,
        _ measure: Measure, exemplars: Bool
    ) {
        guard let values = Self.aggregates(function.kind, measure) else { return nil }
        self.function = function
        self.grid = grid
        self.groups = groups
        self.measure = measure
        hasExemplars = exemplars
        let start = Expression.call("toUnixTimestamp64Nano", .column("start_time"))
        let interval: Expression =
            grid.step.map {
                .call("intDiv", .call("minus", start, .integer(grid.spansStart)), .integer($0))
            } ?? .call("toInt64", .integer(0))
        var outputs: [Select.Output] = [.init(.call("toInt64", interval), as: "interval")]
        var keys: [Expression] = [.column("interval")]
        for output in groups.flatMap(\.outputs) + values.keys {
            let name = Identifier("g\(outputs.count)")
            outputs.append(.init(output, as: name))
            keys.append(.column(name))
        }
        outputs += values.outputs.enumerated().map { .init($0.element, as: Identifier("v\($0.offset)")) }
        if exemplars {
            let value = measure.value.map { Expression.call("toFloat64", $0) } ?? .number(0)
            outputs.append(
                .init(
                    .call(
                        "argMin",
                        .call(
                            "tuple", .call("hex", .column("trace_id")), .call("hex", .column("span_id")), start, value),
                        .column("start_time")), as: "exemplar"))
        }
        var conditions: [Expression] = [
            .comparison(.column("start_time"), .greaterOrEqual, .time(grid.spansStart)),
            .comparison(.column("start_time"), .less, .time(grid.spansEnd)),
        ]
        if !filter.isAlways { conditions.append(filter.sql) }
        if case .number(let key) = measure {
            conditions.append(.call("mapContains", .column("attribute_numbers"), .parameter(key)))
            // Of a key that stands twice the first counts, which may be a text beside a number.
            if let letter = AttributeMap.ofRow(key.value, mayBeArray: false).letter {
                conditions.append(.inArray(letter, .strings(["i", "d"])))
            }
            if let value = measure.value { conditions.append(.not(.call("isNaN", value))) }
        }
        select = Select(
            outputs, from: TelemetrySchema.spans.name, where: .and(conditions), groupBy: keys,
            limit: Self.rowsMax + 1)
    }

    /// The expressions of a function: what is grouped by beside the groups, and what is computed.
    private static func aggregates(
        _ kind: MetricsFunction.Kind, _ measure: Measure
    ) -> (keys: [Expression], outputs: [Expression])? {
        let value = measure.value
        switch (kind, value) {
        case (.rate, _), (.countOverTime, _): return ([], [.call("toFloat64", .call("count"))])
        case (.minimumOverTime, let value?): return ([], [.call("toFloat64", .call("min", value))])
        case (.maximumOverTime, let value?): return ([], [.call("toFloat64", .call("max", value))])
        case (.sumOverTime, let value?): return ([], [sum(value, measure)])
        case (.averageOverTime, let value?): return ([], [.call("divide", sum(value, measure), .call("count"))])
        case (.quantileOverTime(_, let quantiles), let value?):
            guard quantiles.allSatisfy({ (0...1).contains($0) }), (1...quantilesMax).contains(quantiles.count) else {
                return nil
            }
            return (
                [], [.parametric("quantilesExactInclusive", quantiles.map { .number($0) }, [.call("toFloat64", value)])]
            )
        case (.histogramOverTime, .some):
            // Only whole numbers have exact powers of two here. The last bound is past the whole numbers.
            guard measure == .duration else { return nil }
            let power = Expression.call("roundToExp2", .column("duration"))
            let float = Expression.call("toFloat64", power)
            let bound = Expression.call(
                "if", .equal(power, .column("duration")), float, .call("multiply", float, .number(2)))
            return ([bound], [.call("toFloat64", .call("count"))])
        default: return nil
        }
    }

    /// What an infinity does to a sum is lost where rounding is made good.
    private static func sum(_ value: Expression, _ measure: Measure) -> Expression {
        let exact = Expression.call("sumKahan", .call("toFloat64", value))
        if measure == .duration { return exact }
        let plain = Expression.call("sum", value)
        return .call("if", .call("isFinite", plain), exact, plain)
    }

    /// Makes series of the rows.
    func series(_ rows: [[ResultValue]], exemplars wanted: Int) throws -> (series: [MetricSeries], spans: Int) {
        var builder = SeriesBuilder(function, on: grid) { $0.description }
        // Durations are told in seconds; a division leaves the number that is nearest.
        let unit = measure == .duration ? 1e9 : 1
        var exemplars: [(MetricExemplar, groups: [Value], mark: Value)] = []
        for row in rows {
            let interval = Int(row[0].integer ?? -1)
            var column = 1
            let values: [Value] = groups.map { $0.read(row, &column) }
            var marks: [(mark: Value, value: Double)] = []
            switch function.kind {
            case .histogramOverTime:
                // Zero and less are in no bucket.
                guard let bound = row[column].number, bound > 0 else { continue }
                marks = [(.double(bound / unit), row[column + 1].number ?? 0)]
                column += 2
            case .quantileOverTime(_, let quantiles):
                for (quantile, value) in zip(quantiles, row[column].items ?? []) {
                    marks.append((.double(quantile), (value.number ?? .nan) / unit))
                }
                column += 1
            case .rate, .countOverTime:
                marks = [(.none, row[column].number ?? 0)]
                column += 1
            default:
                marks = [(.none, (row[column].number ?? .nan) / unit)]
                column += 1
            }
            for mark in marks {
                try builder.set(groups: values, mark: mark.mark, interval: interval, value: mark.value)
            }
            if hasExemplars, let first = marks.first {
                let sample = if case .rate = function.kind { first.value / grid.seconds } else { first.value }
                if let exemplar = MetricExemplar(
                    row[column], unit: function.operand == nil ? nil : unit, value: sample)
                {
                    exemplars.append((exemplar, values, first.mark))
                }
            }
        }
        // The newest, spread over the range as they come.
        exemplars.sort { $0.0.time > $1.0.time }
        let stride = max(1, exemplars.count / max(1, wanted))
        for (index, exemplar) in exemplars.enumerated() where index % stride == 0 && index / stride < wanted {
            try builder.add(exemplar.0, groups: exemplar.groups, mark: exemplar.mark)
        }
        return (builder.finish(), 0)
    }
}

extension MetricsStatement.Measure {
    init?(_ operand: FieldExpression, _ lowering: SpanLowering) async throws {
        guard case .attribute(let attribute) = operand, !attribute.ofParent else { return nil }
        switch attribute.target {
        case .intrinsic(.duration): self = .duration
        case .attribute(.span, let key):
            guard !lowering.keys.hasArrays(key, in: .span) else { return nil }
            self = .number(.string(key))
        case .attribute(.any, let key):
            guard lowering.isOnlyInSpans(key) else { return nil }
            self = .number(.string(key))
        default: return nil
        }
    }
}

extension MetricExemplar {
    /// - Parameter unit: of the number that the function took; nil for a function that counts, whose sample is shown.
    fileprivate init?(_ tuple: ResultValue, unit: Double?, value: Double) {
        guard case .structure(let members) = tuple, members.count == 4,
            let trace = TraceID(hex: members[0].value.text ?? ""),
            let span = Hex.decode(members[1].value.text ?? "", paddedTo: 8)
                .flatMap({ SpanID(bytes: $0) })
        else { return nil }
        self.init(
            traceID: trace, spanID: span, time: members[2].value.integer ?? 0,
            value: unit.map { (members[3].value.number ?? 0) / $0 } ?? value)
    }
}
