import PromQL
import PrometheusModel

/// An expression ready to be evaluated: parentheses gone, durations known, functions looked up, and what does not
/// change from step to step marked.
indirect enum PlanNode: Sendable {
    case number(Double, SourceRange)
    case string(StringLiteral)
    case selector(SelectorPlan)
    case window(WindowPlan)
    case subquery(SubqueryPlan)
    case call(CallPlan)
    case aggregation(AggregationPlan)
    case unary(isNegation: Bool, PlanNode, SourceRange)
    case binary(BinaryPlan)
    /// Evaluated at the first time only; what it gives holds at all times.
    case invariant(PlanNode)
}

struct SelectorPlan: Sendable {
    /// Numbers the selectors of a plan.
    var id: Int
    var matchers: [LabelMatcher]
    /// Milliseconds back.
    var offset: Int64
    /// The `@` time.
    var at: Int64?
    /// Name of the function or aggregation around it.
    var surroundings: String
    var range: SourceRange

    /// The time to look at when evaluating at `time`.
    @inline(__always)
    func reference(_ time: Int64) -> Int64 { (at ?? time).subtracting(offset) }
}

/// A range selector.
struct WindowPlan: Sendable {
    var selector: SelectorPlan
    /// Milliseconds.
    var width: Int64
    var range: SourceRange
}

struct SubqueryPlan: Sendable {
    var node: PlanNode
    /// Milliseconds.
    var width: Int64
    var step: Int64
    var offset: Int64
    var at: Int64?
    var range: SourceRange

    func reference(_ time: Int64) -> Int64 { (at ?? time).subtracting(offset) }

    /// The inner times for evaluations at the outer ones: multiples of the step, the first after the begin of the first
    /// window.
    func inner(_ outer: TimeGrid) -> TimeGrid {
        guard outer.count > 0 else { return TimeGrid(start: 0, step: step, count: 0) }
        let begin = reference(outer.start).subtracting(width)
        let end = reference(outer.end)
        let step = max(step, 1)
        var start = begin - begin % step
        if start <= begin { start = start.adding(step) }
        return TimeGrid(from: start, through: end, step: step)
    }
}

struct CallPlan: Sendable {
    var name: String
    var body: FunctionBody
    var arguments: [PlanNode]
    var range: SourceRange
    /// Of `info` only: the request for the info series.
    var infoSelector: SelectorPlan?

    func place(_ argument: Int) -> SourceRange {
        arguments.indices.contains(argument) ? arguments[argument].range : range
    }
}

struct AggregationPlan: Sendable {
    var operation: AggregationOperator
    var node: PlanNode
    var parameter: PlanNode?
    var grouping: [String]
    var isWithout: Bool
    var range: SourceRange
}

struct BinaryPlan: Sendable {
    var operation: BinaryOperator
    var left: PlanNode
    var right: PlanNode
    var returnsBool: Bool
    var matching: VectorMatching
    var range: SourceRange
}

/// Evaluates a call at the times of a grid.
typealias FunctionBody = @Sendable (Evaluator, CallPlan, TimeGrid) throws(QueryError) -> Value

extension PlanNode {
    var range: SourceRange {
        switch self {
        case .number(_, let range): range
        case .string(let literal): literal.range
        case .selector(let plan): plan.range
        case .window(let plan): plan.range
        case .subquery(let plan): plan.range
        case .call(let plan): plan.range
        case .aggregation(let plan): plan.range
        case .unary(_, _, let range): range
        case .binary(let plan): plan.range
        case .invariant(let node): node.range
        }
    }

    /// The leftmost selector within.
    var firstSelector: SelectorPlan? {
        switch self {
        case .number, .string: return nil
        case .selector(let plan): return plan
        case .window(let plan): return plan.selector
        case .subquery(let plan): return plan.node.firstSelector
        case .unary(_, let node, _): return node.firstSelector
        case .invariant(let node): return node.firstSelector
        case .binary(let plan): return plan.left.firstSelector ?? plan.right.firstSelector
        case .aggregation(let plan): return plan.node.firstSelector
        case .call(let plan):
            for argument in plan.arguments {
                if let selector = argument.firstSelector { return selector }
            }
            return nil
        }
    }

    /// Without the mark of what does not change.
    var bare: PlanNode {
        if case .invariant(let node) = self { return node.bare }
        return self
    }
}
