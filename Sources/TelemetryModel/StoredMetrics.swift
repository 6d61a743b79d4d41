/// What tells one stored metric stream from another; the members mean what they mean in `SeriesBlock`.
package struct StoredSeries: Sendable, Hashable {
    package var form = SeriesForm.otlp
    package var name = ""
    /// `MetricKind`'s raw value of the form OTLP, else a type of an exposition.
    package var type = ""
    package var unit = ""
    package var description = ""
    package var temporality: Int32 = 0
    package var isMonotonic = false
    package var service = ""
    package var resourceID: UInt64 = 0
    package var scopeID: UInt64 = 0
    package var attributes: [StoredAttribute] = []
    /// `Metric.metadata`, text only.
    package var metadata: [StoredAttribute] = []

    package init() {}

    /// Made of spans by Martlet itself.
    package var isDerived: Bool { form != .otlp && DerivedMetricNames.isDerived(name) }
}

/// A series in OTLP's terms.
package struct ExportedSeries: Sendable, Hashable {
    /// Of the form `otlp`.
    package var series: StoredSeries
    /// Of a series whose resource is not stored, but made of its labels.
    package var resource: StoredResource?
    /// The id that the store gives to this series when it comes as OTLP. Of one that came as OTLP, the one it has.
    package var id: UInt64

    package init(series: StoredSeries, resource: StoredResource?, id: UInt64) {
        self.series = series
        self.resource = resource
        self.id = id
    }
}

/// An exemplar as it is stored; the members mean what they mean in `ExemplarBlock`.
package struct StoredExemplar: Sendable, Equatable {
    package var time = Timestamp(nanoseconds: 0)
    package var pointTime = Timestamp(nanoseconds: 0)
    package var number = StoredNumber()
    package var traceID = TraceID.zero
    package var spanID = SpanID.zero
    package var attributes: [StoredAttribute] = []

    package init() {}
}

/// The value of a number point or exemplar.
package struct StoredNumber: Sendable, Equatable {
    package var kind = NumberKind.none
    package var double = Double.nan
    package var int: Int64 = 0

    package init() {}

    package init(kind: NumberKind, double: Double, int: Int64) {
        self.kind = kind
        self.double = double
        self.int = int
    }
}

/// A point of a metric as it is stored.
package struct StoredPoint: Sendable {
    package struct Histogram: Sendable {
        package var count: UInt64 = 0
        package var sum = 0.0
        package var min = 0.0
        package var max = 0.0
        package var presence: HistogramPresence = []
        package var bounds: [Double] = []
        package var bucketCounts: [UInt64] = []

        package init() {}
    }

    package struct Buckets: Sendable {
        package var offset: Int32 = 0
        package var counts: [UInt64] = []

        package init(offset: Int32 = 0, counts: [UInt64] = []) {
            self.offset = offset
            self.counts = counts
        }
    }

    package struct ExponentialHistogram: Sendable {
        package var count: UInt64 = 0
        package var sum = 0.0
        package var min = 0.0
        package var max = 0.0
        package var presence: HistogramPresence = []
        package var scale: Int32 = 0
        package var zeroCount: UInt64 = 0
        package var zeroThreshold = 0.0
        package var positive = Buckets()
        package var negative = Buckets()

        package init() {}
    }

    package struct Summary: Sendable {
        package var count: UInt64 = 0
        package var sum = 0.0
        package var quantiles: [Double] = []
        package var values: [Double] = []

        package init() {}
    }

    package enum Value: Sendable {
        case number(StoredNumber)
        case histogram(Histogram)
        case exponentialHistogram(ExponentialHistogram)
        case summary(Summary)
    }

    /// Into the list of series that comes with the points.
    package var series: Int
    package var time: Timestamp
    package var startTime: Timestamp
    package var flags: UInt32
    package var value: Value
    package var exemplars: [StoredExemplar] = []

    package init(series: Int, time: Timestamp, startTime: Timestamp, flags: UInt32, value: Value) {
        self.series = series
        self.time = time
        self.startTime = startTime
        self.flags = flags
        self.value = value
    }
}

/// Some stored points with what they refer to.
package struct StoredMetrics: Sendable {
    package var points: [StoredPoint]
    package var series: [ExportedSeries]
    package var resources: [UInt64: StoredResource]
    package var scopes: [UInt64: StoredScope]

    package init(
        points: [StoredPoint], series: [ExportedSeries] = [], resources: [UInt64: StoredResource] = [:],
        scopes: [UInt64: StoredScope] = [:]
    ) {
        self.points = points
        self.series = series
        self.resources = resources
        self.scopes = scopes
    }
}
