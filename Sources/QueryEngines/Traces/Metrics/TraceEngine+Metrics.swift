import PromQLEvaluation
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL
import TraceQLEvaluation

extension TraceEngine {
    /// See `TraceQueries.metrics`.
    package func metrics(_ request: TraceMetricsRequest) async throws -> TraceMetricsResult {
        guard case .metrics(let expression) = request.query.body else {
            throw TraceQueryError(.invalid, "this query has no metrics function such as rate(); ask /api/search for it")
        }
        return try await answering {
            let grid = try IntervalGrid(start: request.start, end: request.end, step: request.step)
            var results: [[MetricSeries]] = []
            var spans = 0
            for (pipeline, function) in MetricsExpressionEvaluator.pipelines(of: expression) {
                let (series, inspected) = try await self.series(
                    pipeline, function, on: grid, exemplars: request.exemplars)
                results.append(series)
                spans += inspected
            }
            let series = try MetricsExpressionEvaluator.evaluate(expression, results: results, on: grid)
            return TraceMetricsResult(
                series: series.map { series in
                    TraceMetricsResult.Series(
                        labels: series.labels.map { ($0.key, $0.value) }, samples: series.samples(on: grid),
                        exemplars: series.exemplars.map {
                            TraceMetricsResult.Exemplar(
                                traceID: $0.traceID, spanID: $0.spanID, time: $0.time, value: $0.value)
                        })
                }, inspectedSpans: spans)
        }
    }

    private func series(
        _ pipeline: Pipeline, _ function: MetricsFunction, on grid: IntervalGrid, exemplars: Int
    ) async throws -> ([MetricSeries], Int) {
        let statement = try await MetricsStatement.make(
            pipeline, function, on: grid, lowering(for: .answer), exemplars: exemplars > 0)
        if let statement {
            let rows = try await rows(statement.select)
            guard rows.count <= MetricsStatement.rowsMax else {
                throw TraceQueryError(
                    .overLimit,
                    "the query has more than \(MetricsStatement.rowsMax) samples; group by less, or take a larger step")
            }
            return try statement.series(rows, exemplars: exemplars)
        }
        return try await evaluated(pipeline, function, on: grid, exemplars: exemplars)
    }

    /// The same by loading every trace that can have an answer.
    func evaluated(
        _ pipeline: Pipeline, _ function: MetricsFunction, on grid: IntervalGrid, exemplars: Int
    ) async throws -> ([MetricSeries], Int) {
        let deadline = self.deadline
        let plan = try await CandidatePlan.make(pipeline, lowering(for: .candidates))
        var attributes = pipeline.attributes + function.groups + (function.operand?.attributes ?? [])
        if case .compare(let selection, _, _, _) = function.kind {
            attributes += selection.attributes
            attributes += try await comparedAttributes()
        }
        let loader = self.loader(attributes)
        let aggregation = MetricsAggregation(pipeline, function, on: grid, exemplars: exemplars)
        guard !plan.driver.isNever else { return (try aggregation.finish(), 0) }
        var inspected = 0
        let candidates = try await CandidateSearch(engine: self, plan: plan, range: .all)
            .all(time: [
                .comparison(.column("start_time"), .greaterOrEqual, .time(grid.spansStart)),
                .comparison(.column("start_time"), .less, .time(grid.spansEnd)),
            ])
        var steps = Array(self.steps(candidates).reversed())
        while let step = steps.popLast() {
            try Task.checkCancellation()
            try check(deadline)
            guard let table = try await load(step, loader, halves: &steps) else { continue }
            inspected += table.rows
            try await EvaluationThread.run { Result { try aggregation.add(table) } }.get()
        }
        return (try aggregation.finish(), inspected)
    }

    /// What `compare` compares: every attribute that spans and their resources have.
    private func comparedAttributes() async throws -> [Attribute] {
        // Not `tagNames`: this query has its place already.
        let names = try await names(TagNamesRequest())
        var attributes: [Attribute] = [
            Attribute(.intrinsic(.name)), Attribute(.intrinsic(.status)), Attribute(.intrinsic(.statusMessage)),
            Attribute(.intrinsic(.kind)),
        ]
        attributes += (names[.resource] ?? []).map { Attribute(.attribute(.resource, $0)) }
        attributes += (names[.span] ?? []).map { Attribute(.attribute(.span, $0)) }
        guard attributes.count <= Self.comparedMax else {
            throw TraceQueryError(
                .overLimit, "compare() would look at \(attributes.count) attributes, limit is \(Self.comparedMax)")
        }
        return attributes
    }

    private static let comparedMax = 500
}

/// An aggregator that is given to one thread after the other.
// Sendable: its owner awaits each call before the next.
private final class MetricsAggregation: @unchecked Sendable {
    private let pipeline: Pipeline
    private var aggregator: MetricsAggregator

    init(_ pipeline: Pipeline, _ function: MetricsFunction, on grid: IntervalGrid, exemplars: Int) {
        self.pipeline = pipeline
        aggregator = MetricsAggregator(function, on: grid, exemplars: exemplars) { $0.description }
    }

    func add(_ table: SpanTable) throws {
        let fields = try FieldEvaluator(table)
        var evaluator = PipelineEvaluator(pipeline, over: fields)
        try aggregator.add(try evaluator.matches(), of: fields)
    }

    func finish() throws -> [MetricSeries] { try aggregator.finish() }
}
