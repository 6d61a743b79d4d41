import SQLSyntax
package import TraceQL

/// Which traces a pipeline can have an answer in.
package struct CandidatePlan: Sendable, Hashable {
    /// Holds for a span of the answer.
    package var driver: RowCondition
    /// Each holds for some span of the trace.
    package var requirements: [RowCondition]

    /// - Shape: `driver` is implied by being in the answer of the pipeline's last spansets; conditions that say nothing
    ///   are left out of `requirements`.
    package static func make(_ pipeline: Pipeline, _ lowering: SpanLowering) async throws -> CandidatePlan {
        var plan = CandidatePlan(driver: .unknown, requirements: [])
        var isFirst = true
        for stage in pipeline.stages {
            guard case .spansets(let expression) = stage else {
                isFirst = false
                continue
            }
            let next = try await make(expression, lowering)
            plan.requirements += next.requirements
            if isFirst {
                plan.driver = next.driver
            } else if case .filter = expression {
                // Both hold for the span.
                plan.driver = .all([plan.driver, next.driver])
                plan.driver.isExact = plan.driver.isNever
            } else {
                plan.driver = next.driver
            }
            isFirst = false
        }
        if pipeline.stages.count > 1, !plan.driver.isNever { plan.driver.isExact = false }
        plan.requirements.removeAll { $0.isAlways }
        return plan
    }

    private static func make(
        _ expression: SpansetExpression, _ lowering: SpanLowering
    ) async throws -> CandidatePlan {
        switch expression {
        case .filter(let field):
            return CandidatePlan(
                driver: try await lowering.lower(field), requirements: RootCondition.requirements(of: field))
        case .pipeline(let pipeline): return try await make(pipeline, lowering)
        case .combined(let left, let combination, let right):
            let left = try await make(left, lowering)
            let right = try await make(right, lowering)
            var plan = CandidatePlan(driver: right.driver, requirements: left.requirements + right.requirements)
            switch combination {
            case .or:
                plan.driver = .any([left.driver, right.driver])
                plan.requirements = []
            case .and, .relation(_, .union):
                // Spans of both sides are in the answer, and one of either may be the only one in the time.
                plan.driver = .any([left.driver, right.driver])
                if left.driver.isNever || right.driver.isNever { plan.driver = .never }
                plan.requirements += [left.driver, right.driver]
            case .relation(_, .plain):
                if left.driver.isNever { plan.driver = .never }
                plan.requirements += [left.driver, right.driver]
            case .relation(_, .negated):
                plan.requirements = right.requirements + [right.driver]
            }
            if !plan.driver.isNever, !plan.driver.isAlways { plan.driver.isExact = false }
            if plan.driver.isAlways { plan.driver = .unknown }
            return plan
        }
    }
}

/// What conditions on the root say of the trace: a span without a parent that has this name or service is stored.
enum RootCondition {
    static func requirements(of expression: FieldExpression) -> [RowCondition] {
        switch expression {
        case .and(let left, let right): return requirements(of: left) + requirements(of: right)
        case .comparison(.attribute(let attribute), let comparison, .literal(.string(let text)))
        where !attribute.ofParent:
            let column: Expression
            switch attribute.target {
            case .intrinsic(.rootName): column = .column("name")
            case .intrinsic(.rootService): column = .column("service")
            default: return []
            }
            let condition: Expression
            switch comparison {
            case .equal: condition = .equal(column, .parameter(.string(text)))
            case .matches: condition = RegularExpression.condition(column, text)
            default: return []
            }
            return [.wider(.and([.isRoot, condition]))]
        default: return []
        }
    }
}
