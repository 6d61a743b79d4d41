import TelemetryModel
package import TraceQL

/// Runs a pipeline over each trace of a table.
///
/// Each stage takes the spansets of the one before it, the first all spans of one trace; spansets without spans are
/// dropped at once.
/// - A spanset stage filters and combines within each spanset that comes in.
/// - `by` divides each spanset by the value of an expression, spans without one into a spanset of their own; of several
///   values of a span the first counts. Groups come in the order of their first spans.
/// - `coalesce` makes one spanset of all, without what `by` knew.
/// - A filter of scalars drops a spanset for which a side has no value.
package struct PipelineEvaluator {
    package let pipeline: Pipeline
    private let fields: FieldEvaluator
    private var matcher: RelationMatcher?
    private var columns: [(expression: FieldExpression, column: ValueColumn)] = []

    package init(_ pipeline: Pipeline, over fields: FieldEvaluator) {
        self.pipeline = pipeline
        self.fields = fields
    }

    /// The spansets of all traces, in the table's order.
    package mutating func matches() throws(TraceQLEvaluationError) -> [SpansetMatch] {
        var result: [SpansetMatch] = []
        for trace in fields.table.traceIDs.indices { result += try matches(inTrace: trace) }
        return result
    }

    /// The spansets of one trace.
    package mutating func matches(inTrace trace: Int) throws(TraceQLEvaluationError) -> [SpansetMatch] {
        try run(pipeline, on: allSpans(ofTrace: trace), depth: 0)
    }

    /// The spans of one spanset for which another expression holds; the selection of `compare`.
    mutating func rows(
        _ expression: SpansetExpression, within match: SpansetMatch
    ) throws(TraceQLEvaluationError) -> [Int32] {
        try rows(expression, within: match, depth: 0)
    }

    private func allSpans(ofTrace trace: Int) -> SpansetMatch {
        SpansetMatch(trace: trace, rows: fields.table.rows(ofTrace: trace).map { Int32(truncatingIfNeeded: $0) })
    }

    private mutating func run(
        _ pipeline: Pipeline, on spanset: SpansetMatch, depth: Int
    ) throws(TraceQLEvaluationError) -> [SpansetMatch] {
        guard !spanset.rows.isEmpty else { return [] }
        var spansets = [spanset]
        for stage in pipeline.stages where !spansets.isEmpty {
            spansets = try run(stage, on: spansets, depth: depth)
        }
        return spansets
    }

    private mutating func run(
        _ stage: Stage, on spansets: [SpansetMatch], depth: Int
    ) throws(TraceQLEvaluationError) -> [SpansetMatch] {
        var result: [SpansetMatch] = []
        switch stage {
        case .spansets(let expression):
            for var spanset in spansets {
                spanset.rows = try rows(expression, within: spanset, depth: depth)
                if !spanset.rows.isEmpty { result.append(spanset) }
            }
        case .scalarFilter(let left, let comparison, let right):
            for var spanset in spansets {
                let leftValue = try scalar(left, of: spanset, depth: depth)
                let rightValue = try scalar(right, of: spanset, depth: depth)
                guard Comparison.holds(leftValue, comparison, rightValue) else { continue }
                note(left, leftValue, in: &spanset)
                note(right, rightValue, in: &spanset)
                result.append(spanset)
            }
        case .group(let expression):
            let column = try remembered(expression)
            for spanset in spansets { result += groups(of: spanset, by: expression, column) }
        case .coalesce:
            guard let first = spansets.first else { return [] }
            let rows = spansets.count == 1 ? first.rows : Set(spansets.flatMap(\.rows)).sorted()
            result = [SpansetMatch(trace: first.trace, rows: rows)]
        case .select: result = spansets
        }
        return result
    }

    private func note(_ expression: ScalarExpression, _ value: Value, in spanset: inout SpansetMatch) {
        if case .literal = expression { return }
        spanset.scalars.append(SpansetMatch.Scalar(expression, value))
    }

    private func groups(
        of spanset: SpansetMatch, by expression: FieldExpression, _ column: ValueColumn
    ) -> [SpansetMatch] {
        var result: [SpansetMatch] = []
        var places: [Value: Int] = [:]
        for row in spanset.rows {
            let value = column.firstValue(at: Int(row)).groupKey
            if let place = places[value] {
                result[place].rows.append(row)
            } else {
                places[value] = result.count
                var group = spanset
                group.rows = [row]
                group.groups.append(SpansetMatch.Group(expression, value))
                result.append(group)
            }
        }
        return result
    }

    private mutating func remembered(_ expression: FieldExpression) throws(TraceQLEvaluationError) -> ValueColumn {
        for known in columns where known.expression == expression { return known.column }
        let column = try fields.column(expression)
        columns.append((expression, column))
        return column
    }
}

// MARK: - Spansets

extension PipelineEvaluator {
    private mutating func rows(
        _ expression: SpansetExpression, within spanset: SpansetMatch, depth: Int
    ) throws(TraceQLEvaluationError) -> [Int32] {
        guard depth < fields.limits.nestingMax else {
            throw TraceQLEvaluationError(
                .overLimit, "query is nested deeper than \(fields.limits.nestingMax) levels")
        }
        switch expression {
        case .filter(.literal(.bool(true))): return spanset.rows
        case .filter(let condition):
            let flags = try fields.condition(condition)
            return spanset.rows.filter { flags[Int($0)] }
        case .pipeline(let pipeline):
            var plain = spanset
            plain.groups = []
            plain.scalars = []
            let found = try run(pipeline, on: plain, depth: depth + 1)
            return found.count == 1 ? found[0].rows : Set(found.flatMap(\.rows)).sorted()
        case .combined: return try combined(expression, within: spanset, depth: depth)
        }
    }

    /// A chain on the left is followed by a loop, however long it is.
    private mutating func combined(
        _ expression: SpansetExpression, within spanset: SpansetMatch, depth: Int
    ) throws(TraceQLEvaluationError) -> [Int32] {
        var rest = expression
        var operands: [(operation: SpansetOperator, operand: SpansetExpression)] = []
        while case .combined(let left, let operation, let right) = rest {
            operands.append((operation, right))
            rest = left
        }
        var result = try rows(rest, within: spanset, depth: depth + 1)
        for (operation, operand) in operands.reversed() {
            let right = try rows(operand, within: spanset, depth: depth + 1)
            switch operation {
            case .and: result = result.isEmpty || right.isEmpty ? [] : Self.union(result, right)
            case .or: result = Self.union(result, right)
            case .relation(let relation, let form):
                var matcher = self.matcher ?? RelationMatcher(fields.table, fields.forest)
                // Held by one owner while it works, so that its marks are not copied.
                self.matcher = nil
                result = matcher.match(relation, form, left: result, right: right, trace: spanset.trace)
                self.matcher = matcher
            }
        }
        return result
    }

    /// Of two ascending lists, each element once.
    private static func union(_ left: [Int32], _ right: [Int32]) -> [Int32] {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        var result: [Int32] = []
        result.reserveCapacity(max(left.count, right.count))
        var leftPlace = 0
        var rightPlace = 0
        while leftPlace < left.count, rightPlace < right.count {
            let next = min(left[leftPlace], right[rightPlace])
            if left[leftPlace] == next { leftPlace += 1 }
            if right[rightPlace] == next { rightPlace += 1 }
            result.append(next)
        }
        result += left[leftPlace...]
        result += right[rightPlace...]
        return result
    }
}

// MARK: - Scalars

extension PipelineEvaluator {
    /// None when there is nothing to aggregate.
    private mutating func scalar(
        _ expression: ScalarExpression, of spanset: SpansetMatch, depth: Int
    ) throws(TraceQLEvaluationError) -> Value {
        guard depth < fields.limits.nestingMax else {
            throw TraceQLEvaluationError(
                .overLimit, "query is nested deeper than \(fields.limits.nestingMax) levels")
        }
        switch expression {
        case .literal(let value): return value
        case .negated(let operand): return Arithmetic.negated(try scalar(operand, of: spanset, depth: depth + 1))
        case .arithmetic(let left, let operation, let right):
            return Arithmetic.result(
                try scalar(left, of: spanset, depth: depth + 1), operation,
                try scalar(right, of: spanset, depth: depth + 1))
        case .aggregate(let aggregate, let operand):
            guard aggregate != .count, let operand else { return .int(Int64(spanset.rows.count)) }
            return Aggregation.result(aggregate, try remembered(operand), spanset.rows)
        case .pipeline(let pipeline, let operand):
            // Its own look at the whole trace; what it groups is taken together again.
            let found = try run(pipeline, on: allSpans(ofTrace: spanset.trace), depth: depth + 1)
            guard let first = found.first else { return .none }
            let rows = found.count == 1 ? first.rows : Set(found.flatMap(\.rows)).sorted()
            return try scalar(operand, of: SpansetMatch(trace: first.trace, rows: rows), depth: depth + 1)
        }
    }
}

extension Pipeline {
    /// Attributes that `select` stages name, each once, in the order written.
    package var selectedAttributes: [Attribute] {
        var result: [Attribute] = []
        for case .select(let attributes) in stages {
            for attribute in attributes where !result.contains(attribute) { result.append(attribute) }
        }
        return result
    }
}
