package import PrometheusModel
package import PromQLEvaluation

/// What rules ask of the data. Called by the groups while they evaluate, several groups at a time.
package protocol RuleQuerying: Sendable {
    /// Evaluates an expression at a time (milliseconds since the Unix epoch). A scalar is one sample without labels.
    ///
    /// - Throws: when there is no whole answer, or it is neither a vector nor a scalar.
    func instant(_ query: String, at time: Int64) async throws -> [VectorSample]

    /// The newest sample of each matching series in a span of time with its own time; a stale marker is one, too.
    func newest(_ matchers: [LabelMatcher], startExclusive: Int64, end: Int64) async throws -> [VectorSample]
}

/// Rules over the PromQL engine.
package struct EngineRuleQuerying: RuleQuerying {
    private let engine: PromQLEngine

    package init(_ engine: PromQLEngine) { self.engine = engine }

    package func instant(_ query: String, at time: Int64) async throws -> [VectorSample] {
        switch try await engine.instant(query, at: time).value {
        case .vector(let samples): return samples
        case .scalar(let time, let value): return [VectorSample(labels: Labels(), time: time, value: value)]
        case .string, .matrix: throw RuleFailure("rule result is not a vector or scalar")
        }
    }

    package func newest(
        _ matchers: [LabelMatcher], startExclusive: Int64, end: Int64
    ) async throws -> [VectorSample] {
        let set = try await engine.source.select(
            SeriesRequest(matchers: matchers, startExclusive: startExclusive, end: end))
        var samples: [VectorSample] = []
        for series in 0..<set.seriesCount where set.bounds[series + 1] > set.bounds[series] {
            let last = set.bounds[series + 1] - 1
            samples.append(VectorSample(labels: set.labels[series], time: set.times[last], value: set.values[last]))
        }
        return samples
    }
}

/// Why a rule has no result.
package struct RuleFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) { self.message = message }

    package var description: String { message }
}
