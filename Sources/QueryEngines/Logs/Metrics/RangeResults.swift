import LogQLEvaluation
import PromQLEvaluation
import PrometheusModel

/// The results of range aggregations, as a source of series for what is around them.
struct RangeResults: SeriesSource {
    /// Tells one aggregation of a query from another; not among the labels of the series.
    static let label = "__range__"

    struct Series: Sendable {
        /// Sorted by name; values may be empty.
        var labels: [Label]
        /// One for each step.
        var values: [Double?]
    }

    let ranges: [[Series]]

    /// An empty value is no label in PromQL, and is one in LogQL.
    static let emptyValue = "\u{0}"

    func select(_ request: SeriesRequest) async throws -> SeriesSet {
        var set = SeriesSet()
        guard let index = request.matchers.first(where: { $0.name == Self.label }).flatMap({ Int($0.value) }),
            ranges.indices.contains(index)
        else { return set }
        for series in ranges[index] {
            for (step, value) in series.values.enumerated()
            where Int64(step) > request.startExclusive && Int64(step) <= request.end {
                guard let value else { continue }
                // The number of the step stands for its time.
                set.times.append(Int64(step))
                set.values.append(value)
            }
            guard set.times.count > set.bounds[set.bounds.count - 1] else { continue }
            set.bounds.append(set.times.count)
            set.labels.append(
                Labels(
                    sorted: series.labels.map { $0.value.isEmpty ? Label($0.name, Self.emptyValue) : $0 }))
        }
        return set
    }

    /// The labels of a result, with their empty values again.
    static func labels(_ labels: Labels) -> [Label] {
        labels.entries.map { $0.value == emptyValue ? Label($0.name, "") : $0 }
    }
}
