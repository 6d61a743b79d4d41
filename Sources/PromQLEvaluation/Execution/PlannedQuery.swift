import PromQL

/// A query that only lacks its samples.
struct PlannedQuery: Sendable {
    let text: String
    let expression: Expression
    let plan: PlanNode
    let requests: PlanRequests
    let times: TimeGrid
    let isRange: Bool
    let samplesMax: Int
    let control: QueryControl

    /// Up to this cost, about a millisecond, an evaluation is done where it is asked for: a thread would cost more.
    static let smallCost = 1 << 16
    /// Beyond this cost, about a tenth of a second, evaluations take turns.
    static let heavyCost = 1 << 22

    /// About how many values are looked at.
    func cost(with data: [SeriesSet]) -> Int {
        var (samples, series) = (0, 1)
        for set in data {
            // A histogram has some dozen buckets.
            samples = samples.addingSaturated(set.sampleCount.multipliedSaturated(by: set.histograms.isEmpty ? 1 : 64))
            series = series.addingSaturated(set.seriesCount)
        }
        return samples.multipliedSaturated(by: requests.overlap).addingSaturated(
            series.multipliedSaturated(by: requests.slots))
    }

    /// Evaluates, synchronously.
    func answer(from data: [SeriesSet]) -> Result<QueryResult, QueryError> {
        do throws(QueryError) {
            let budget = SampleBudget(samplesMax: samplesMax, control: control)
            try budget.check()
            let evaluator = Evaluator(query: text, data: data, requests: requests, budget: budget)
            let value = try evaluator.result(of: plan, expression, on: times, isRange: isRange)
            var warnings = evaluator.notes.texts(.warning, in: text)
            warnings += Set(data.flatMap(\.warnings)).sorted()
            return .success(
                QueryResult(
                    value: value, warnings: warnings, infos: evaluator.notes.texts(.info, in: text),
                    samplesRead: data.reduce(0) { $0 + $1.sampleCount }))
        } catch {
            return .failure(error)
        }
    }
}

extension Int {
    func addingSaturated(_ other: Int) -> Int {
        let (sum, overflows) = addingReportingOverflow(other)
        return overflows ? .max : sum
    }

    func multipliedSaturated(by other: Int) -> Int {
        let (product, overflows) = multipliedReportingOverflow(by: other)
        return overflows ? .max : product
    }
}
