import TraceAnalysis

/// Durations of operations: p50, p95 and p99.
///
/// p50 stands for all durations: it differs when durations tend to be longer or shorter (`LocationTest`) and the median
/// moved that way. p95 and p99 are compared by `QuantileTest`. The intervals are those of order statistics
/// (`QuantileInterval`).
enum DurationComparison {
    static func candidates(_ context: ComparisonContext) -> [Candidate] {
        var candidates: [Candidate] = []
        for key in context.operationKeys {
            guard let one = context.a.operations[key], let two = context.b.operations[key] else { continue }
            let (first, second) = (one.observations, two.observations)
            guard !first.values.isEmpty, !second.values.isEmpty else { continue }
            let location = LocationTest.compare(first, second)
            for (fraction, detail) in [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")] {
                let quantile = QuantileTest.compare(fraction, first, second)
                let (a, b) = (
                    figure(fraction, first, quantile.designEffects.0, context),
                    figure(fraction, second, quantile.designEffects.1, context)
                )
                var finding = ComparisonFinding(
                    b.value >= a.value ? .slower : .faster, service: key.service, name: key.operation, detail: detail)
                finding.unit = .nanoseconds
                (finding.a, finding.b) = (a, b)
                let change = abs(b.value - a.value)
                var candidate = Candidate(
                    finding: finding, pValue: quantile.pValue, smallestPValue: quantile.smallestPValue,
                    isLarge: change > 0 && change >= context.options.durationMin
                        && change >= context.options.relativeMin * min(max(a.value, 0), max(b.value, 0)))
                if fraction == 0.5 {
                    candidate.pValue = location.pValue
                    candidate.smallestPValue = location.smallestPValue
                    // The median may move one way by chance while most moves the other.
                    if (location.superiority > 0.5) != (b.value > a.value) { candidate.isLarge = false }
                }
                candidates.append(candidate)
            }
        }
        return candidates
    }

    private static func figure(
        _ fraction: Double, _ observations: Observations, _ designEffect: Double, _ context: ComparisonContext
    ) -> ComparisonFinding.Figure {
        let interval = QuantileInterval.interval(
            fraction, sorted: observations.sorted, confidence: context.options.confidence, designEffect: designEffect)
        return ComparisonFinding.Figure(
            QuantileInterval.quantile(fraction, sorted: observations.sorted), low: interval?.lowerBound,
            high: interval?.upperBound)
    }
}
