import LogQL
import PromQL
import PrometheusModel
import TelemetryModel

/// A metric query as PromQL over the results of its range aggregations: LogQL's vector aggregations and operators are
/// PromQL's, but for division by zero.
///
/// Each range aggregation becomes a selector on `RangeResults.label`; `ranges` says what it stands for.
struct MetricPlan {
    struct Range: Equatable {
        var aggregation: RangeAggregation
        /// Of a sum right around it, when series may be put together before.
        var grouping: LogQL.Grouping?
    }

    private(set) var ranges: [Range] = []
    /// Whether there is an `approx_topk` in it.
    private(set) var isApproximate = false
    private(set) var expression: PromQL.Expression = .number(NumberLiteral(value: 0, range: MetricPlan.nowhere))

    /// The only range aggregation when the query is nothing else: then its series are the answer as they are.
    var onlyRange: Range? {
        guard ranges.count == 1, case .vectorSelector = expression.unwrapped else { return nil }
        return ranges[0]
    }

    private static let nowhere = PromQL.SourceRange(0, 0)

    init(_ query: MetricExpression) throws(LogQueryError) {
        expression = try lower(query, under: nil)
    }

    private mutating func lower(
        _ query: MetricExpression, under grouping: LogQL.Grouping?
    ) throws(LogQueryError) -> PromQL.Expression {
        let nowhere = Self.nowhere
        switch query {
        case .literal(let value): return .number(NumberLiteral(value: value, range: nowhere))
        case .parenthesis(let inner):
            return .parenthesis(Parenthesis(expression: try lower(inner, under: grouping), range: nowhere))
        case .constantVector(let value):
            return try call("vector", [.number(NumberLiteral(value: value, range: nowhere))])
        case .range(let aggregation):
            let range = Range(aggregation: aggregation, grouping: grouping)
            let index = ranges.firstIndex(of: range) ?? ranges.count
            if index == ranges.count { ranges.append(range) }
            return .vectorSelector(
                VectorSelector(
                    name: "", matchers: [LabelMatcher(equal: RangeResults.label, "\(index)")], range: nowhere))
        case .labelReplace(let replacement):
            let texts = [replacement.target, replacement.replacement, replacement.source, replacement.pattern]
            return try call(
                "label_replace",
                [try lower(replacement.expression, under: nil)]
                    + texts.map { .string(StringLiteral(value: $0, range: nowhere)) })
        case .vector(let aggregation): return try lower(aggregation)
        case .binary(let operation): return try lower(operation)
        }
    }

    private mutating func lower(_ aggregation: LogQL.VectorAggregation) throws(LogQueryError) -> PromQL.Expression {
        let nowhere = Self.nowhere
        let isSum = aggregation.operation == .sum
        let inner = try lower(
            aggregation.expression,
            under: isSum ? aggregation.grouping ?? LogQL.Grouping(labels: [], isWithout: false) : nil)
        let operation: PromQL.AggregationOperator
        switch aggregation.operation {
        case .sum: operation = .sum
        case .avg: operation = .avg
        case .min: operation = .min
        case .max: operation = .max
        case .count: operation = .count
        case .stddev: operation = .stddev
        case .stdvar: operation = .stdvar
        case .topk: operation = .topk
        case .approximateTopK:
            // Exact answers are among the approximate ones.
            isApproximate = true
            operation = .topk
        case .bottomk: operation = .bottomk
        case .sort: return try call("sort", [inner])
        case .sortDescending: return try call("sort_desc", [inner])
        }
        return .aggregation(
            PromQL.Aggregation(
                operation: operation, expression: inner,
                parameter: aggregation.parameter.map { .number(NumberLiteral(value: Double($0), range: nowhere)) },
                grouping: aggregation.grouping?.labels ?? [], isWithout: aggregation.grouping?.isWithout ?? false,
                range: nowhere))
    }

    private mutating func lower(_ operation: LogQL.BinaryOperation) throws(LogQueryError) -> PromQL.Expression {
        let (left, right) = (try lower(operation.left, under: nil), try lower(operation.right, under: nil))
        let areVectors = left.type == .vector && right.type == .vector
        var matching: VectorMatching?
        if areVectors {
            matching = VectorMatching(cardinality: operation.operation.isSetOperation ? .manyToMany : .oneToOne)
            if let written = operation.matching {
                matching?.labels = written.labels
                matching?.isOn = written.isOn
                switch written.cardinality {
                case .oneToOne: break
                case .manyToOne(let include):
                    matching?.cardinality = .manyToOne
                    matching?.include = include
                case .oneToMany(let include):
                    matching?.cardinality = .oneToMany
                    matching?.include = include
                }
            }
        }
        return .binary(
            Binary(
                operation: operation.operation.promQL, left: left, right: right, returnsBool: operation.returnsBool,
                matching: matching, range: Self.nowhere))
    }

    private func call(_ name: String, _ arguments: [PromQL.Expression]) throws(LogQueryError) -> PromQL.Expression {
        guard let function = FunctionSignatures.all.first(where: { $0.name == name }) else {
            throw LogQueryError(.unsupported, "\(name) is not supported")
        }
        return .call(Call(function: function, arguments: arguments, range: Self.nowhere))
    }
}

extension LogQL.BinaryOperation.Operator {
    fileprivate var promQL: PromQL.BinaryOperator {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .quotient
        case .modulo: .modulo
        case .power: .power
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .and: .and
        case .or: .or
        case .unless: .unless
        }
    }
}
