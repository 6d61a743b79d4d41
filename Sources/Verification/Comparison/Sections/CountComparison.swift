import TraceAnalysis

/// How often operations were called, and which are new or missing.
enum CountComparison {
    static func candidates(_ context: ComparisonContext) -> [Candidate] {
        context.operationKeys.map { key in
            let (one, two) = (context.a.operations[key], context.b.operations[key])
            guard let one, let two else {
                return presence(key, one, two, context)
            }
            // The same noise on both sides: the larger clumps count.
            let test = context.countTest(one.count, two.count, dispersion: max(one.dispersion, two.dispersion))
            var finding = ComparisonFinding(
                test.change >= 0 ? .moreCalls : .fewerCalls, service: key.service, name: key.operation,
                detail: "calls")
            context.setCounts(one.count, two.count, in: &finding)
            return Candidate(
                finding: finding, pValue: test.pValue, isLarge: abs(test.change) >= context.options.relativeMin)
        }
    }

    private static func presence(
        _ key: OperationKey, _ one: OperationProfile?, _ two: OperationProfile?, _ context: ComparisonContext
    ) -> Candidate {
        var finding = ComparisonFinding(
            one == nil ? .newOperation : .missingOperation, service: key.service, name: key.operation)
        finding.unit = .count
        finding.a = .init(Double(one?.count ?? 0))
        finding.b = .init(Double(two?.count ?? 0))
        let (test, isCertain, reason) = evidence(key, one, two, context)
        finding.reason = reason
        return Candidate(finding: finding, pValue: test, isLarge: true, isCertain: isCertain, isPresence: true)
    }

    /// Whether an operation that one side has would be expected on the other.
    private static func evidence(
        _ key: OperationKey, _ one: OperationProfile?, _ two: OperationProfile?, _ context: ComparisonContext
    ) -> (pValue: Double, isCertain: Bool, reason: String) {
        guard let present = one ?? two else { return (1, false, "") }
        let (own, other) = one == nil ? (context.b, context.a) : (context.a, context.b)
        // The operation below which it is called most.
        let root = present.tracesByRoot.max {
            ($0.value, $1.key.service, $1.key.operation) < ($1.value, $0.key.service, $0.key.operation)
        }
        if let root, root.key != key, let otherTraces = other.tracesByRoot[root.key] {
            let ownTraces = own.tracesByRoot[root.key] ?? root.value
            // Of the same work, what is in every trace of one side is no accident.
            if context.isSameWork, root.value == ownTraces { return (0, true, "") }
            let pValue = ExactTest.fisher(first: root.value, of: ownTraces, second: 0, of: otherTraces)
            return (pValue, false, "in \(root.value) of \(ownTraces) traces of \(root.key.operation)")
        }
        if context.isSameWork { return (0, true, "") }
        let counts = one == nil ? (0, present.traces) : (present.traces, 0)
        let pValue = max(
            ExactTest.poisson(counts.0, counts.1),
            ExactTest.poisson(counts.0, counts.1, exposures: context.exposures))
        return (pValue, false, "")
    }
}
