import TraceAnalysis

/// Shares of errors of operations, and what went wrong: exceptions, error types, codes.
enum ErrorComparison {
    static func candidates(_ context: ComparisonContext) -> [Candidate] {
        var candidates: [Candidate] = []
        for key in context.operationKeys {
            guard let one = context.a.operations[key], let two = context.b.operations[key] else {
                // A new operation that fails is worth a line of its own.
                if let two = context.b.operations[key], two.errors > 0 {
                    var finding = ComparisonFinding(
                        .moreErrors, service: key.service, name: key.operation, detail: "errors")
                    finding.reason = "the operation is new"
                    candidates.append(
                        ShareTest.candidate(
                            finding, (0, of: 0), (two.errors, of: two.count), sameWork: context.isSameWork,
                            shareMin: 0))
                }
                continue
            }
            let dispersion = max(one.errorDesignEffect, two.errorDesignEffect)
            func add(_ detail: String, _ first: Int, _ second: Int) {
                let isMore = Double(second) * Double(one.count) >= Double(first) * Double(two.count)
                candidates.append(
                    ShareTest.candidate(
                        ComparisonFinding(
                            isMore ? .moreErrors : .fewerErrors, service: key.service, name: key.operation,
                            detail: detail),
                        (min(first, one.count), of: one.count), (min(second, two.count), of: two.count),
                        dispersion: dispersion, sameWork: context.isSameWork,
                        // What never failed before matters from the first failure.
                        shareMin: first == 0 || second == 0 ? 0 : context.options.shareMin))
            }
            if one.errors > 0 || two.errors > 0 { add("errors", one.errors, two.errors) }
            for problem in Set(one.problems.keys).union(two.problems.keys).sorted() {
                add(problem, one.problems[problem] ?? 0, two.problems[problem] ?? 0)
            }
        }
        return candidates
    }
}
