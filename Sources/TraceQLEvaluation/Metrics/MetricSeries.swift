package import TelemetryModel
package import TraceQL

package struct MetricLabel: Hashable, Sendable {
    package var key: String
    /// Keeps its type; `.none`, which is rendered "nil", is a missing value.
    package var value: Value

    package init(_ key: String, _ value: Value) {
        self.key = key
        self.value = value
    }
}

package struct MetricExemplar: Sendable, Equatable {
    package var traceID: TraceID
    package var spanID: SpanID
    /// Start of the span, nanoseconds.
    package var time: Int64
    package var value: Double

    package init(traceID: TraceID, spanID: SpanID, time: Int64, value: Double) {
        self.traceID = traceID
        self.spanID = spanID
        self.time = time
        self.value = value
    }
}

/// One time series.
package struct MetricSeries: Sendable {
    package var labels: [MetricLabel]
    /// One a interval of the grid; NaN where there is no sample.
    package var values: [Double]
    package var exemplars: [MetricExemplar]

    package init(labels: [MetricLabel], values: [Double], exemplars: [MetricExemplar] = []) {
        self.labels = labels
        self.values = values
        self.exemplars = exemplars
    }

    /// The samples that exist, oldest first.
    package func samples(on grid: IntervalGrid) -> [(time: Int64, value: Double)] {
        values.indices.compactMap { values[$0].isNaN ? nil : (grid.time(of: $0), values[$0]) }
    }

    var isEmpty: Bool { values.allSatisfy(\.isNaN) }
}

extension [MetricSeries] {
    /// Without the series that have no sample, sorted by labels: the order of every result.
    func finished() -> [MetricSeries] {
        filter { !$0.isEmpty }.sorted { Self.precedes($0.labels, $1.labels) }
    }

    static func precedes(_ left: [MetricLabel], _ right: [MetricLabel]) -> Bool {
        for (left, right) in zip(left, right) where left != right {
            if left.key != right.key { return left.key.utf8.lexicographicallyPrecedes(right.key.utf8) }
            return left.value.precedes(right.value)
        }
        return left.count < right.count
    }
}

extension Value {
    /// An order of all values: by type, numbers together, then by value.
    func precedes(_ other: Value) -> Bool {
        if rank != other.rank { return rank < other.rank }
        switch (self, other) {
        case (.bool(let left), .bool(let right)): return !left && right
        case (.status(let left), .status(let right)): return left.rawValue < right.rawValue
        case (.kind(let left), .kind(let right)): return left.rawValue < right.rawValue
        case (.list(let left), .list(let right)): return left.lexicographicallyPrecedes(right) { $0.precedes($1) }
        default: return Comparison.holds(self, .less, other)
        }
    }

    private var rank: Int {
        switch self {
        case .none: 0
        case .bool: 1
        case .int, .double, .duration: 2
        case .string: 3
        case .status: 4
        case .kind: 5
        case .list: 6
        }
    }
}
