package import TelemetryModel

/// Telemetry in memory, for whoever looks at all of it: checks, comparisons, snapshots.
///
/// Spans, series and logs name their resource and scope by index. Nothing is repaired or sorted: spans and logs are in
/// the order in which they came, points of a series in order of time.
package struct Recording: Sendable {
    package var resources: [RecordedResource] = []
    package var scopes: [RecordedScope] = []
    package var spans: [RecordedSpan] = []
    package var series: [RecordedSeries] = []
    package var logs: [RecordedLog] = []

    package init() {}

    /// Items: spans, points and log records.
    package var items: Int { spans.count + series.reduce(0) { $0 + $1.points.count } + logs.count }
}

/// A resource. Spec: OTLP resource.proto.
package struct RecordedResource: Sendable, Hashable {
    package var attributes: RecordedAttributes
    package var schemaURL: String

    package init(attributes: RecordedAttributes, schemaURL: String = "") {
        self.attributes = attributes
        self.schemaURL = schemaURL
    }

    /// `service.name` as text; empty when there is none.
    package var service: String { attributes["service.name"]?.text ?? "" }
}

/// An instrumentation scope. Spec: OTLP common.proto, `InstrumentationScope`.
package struct RecordedScope: Sendable, Hashable {
    package var name: String
    package var version: String
    package var attributes: RecordedAttributes

    package init(name: String = "", version: String = "", attributes: RecordedAttributes = RecordedAttributes()) {
        self.name = name
        self.version = version
        self.attributes = attributes
    }
}

/// A span. Spec: OTLP trace.proto, `Span`.
package struct RecordedSpan: Sendable {
    package struct Event: Sendable {
        /// Nanoseconds since the Unix epoch.
        package var time: UInt64
        package var name: String
        package var attributes: RecordedAttributes

        package init(time: UInt64, name: String, attributes: RecordedAttributes) {
            self.time = time
            self.name = name
            self.attributes = attributes
        }
    }

    package struct Link: Sendable {
        package var traceID: TraceID
        package var spanID: SpanID
        package var attributes: RecordedAttributes

        package init(traceID: TraceID, spanID: SpanID, attributes: RecordedAttributes) {
            self.traceID = traceID
            self.spanID = spanID
            self.attributes = attributes
        }
    }

    /// The numbers of OTLP; another number is `unspecified`.
    package enum Kind: Int, Sendable, CaseIterable {
        case unspecified, `internal`, server, client, producer, consumer
    }

    package enum Status: Int, Sendable, CaseIterable {
        case unset, ok, error
    }

    package var resource: Int
    package var scope: Int
    package var traceID: TraceID
    package var spanID: SpanID
    /// Zero for a root.
    package var parentSpanID: SpanID
    package var traceState = ""
    package var name: String
    package var kind: Kind
    /// Nanoseconds since the Unix epoch.
    package var startTime: UInt64
    package var endTime: UInt64
    package var status = Status.unset
    package var statusMessage = ""
    package var attributes = RecordedAttributes()
    package var events: [Event] = []
    package var links: [Link] = []

    package init(
        resource: Int, scope: Int, traceID: TraceID, spanID: SpanID, parentSpanID: SpanID, name: String, kind: Kind,
        startTime: UInt64, endTime: UInt64
    ) {
        self.resource = resource
        self.scope = scope
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.name = name
        self.kind = kind
        self.startTime = startTime
        self.endTime = endTime
    }

    /// Nanoseconds; 0 when the end is before the start.
    package var duration: UInt64 { endTime > startTime ? endTime - startTime : 0 }
}

/// The points of one metric stream. Spec: OTLP metrics data model, "Timeseries Model".
package struct RecordedSeries: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        case gauge, sum, histogram, summary
        case exponentialHistogram = "exponential_histogram"
    }

    package enum Temporality: String, Sendable, CaseIterable {
        case unspecified, delta, cumulative
    }

    package var resource: Int
    package var scope: Int
    package var name: String
    package var unit: String
    package var description: String
    package var kind: Kind
    package var temporality: Temporality
    package var isMonotonic: Bool
    package var attributes: RecordedAttributes
    /// In order of time.
    package var points: [RecordedPoint] = []

    package init(
        resource: Int, scope: Int, name: String, unit: String, description: String, kind: Kind,
        temporality: Temporality, isMonotonic: Bool, attributes: RecordedAttributes
    ) {
        self.resource = resource
        self.scope = scope
        self.name = name
        self.unit = unit
        self.description = description
        self.kind = kind
        self.temporality = temporality
        self.isMonotonic = isMonotonic
        self.attributes = attributes
    }
}

/// A point of a metric.
package struct RecordedPoint: Sendable {
    package enum Value: Sendable {
        case int(Int64)
        case double(Double)
        case histogram(Histogram)
        /// Count, sum, and values by quantile.
        case summary(count: UInt64, sum: Double, quantiles: [(quantile: Double, value: Double)])
        /// The point says that it has none ("no recorded value").
        case none
    }

    /// A histogram of either kind; of an exponential one the buckets are given by their upper bounds.
    package struct Histogram: Sendable {
        package var count: UInt64
        package var sum: Double?
        package var min: Double?
        package var max: Double?
        /// Upper bounds, ascending, without the last, which is infinite.
        package var bounds: [Double]
        /// One more than `bounds`, or none.
        package var counts: [UInt64]

        package init(count: UInt64, sum: Double?, min: Double?, max: Double?, bounds: [Double], counts: [UInt64]) {
            self.count = count
            self.sum = sum
            self.min = min
            self.max = max
            self.bounds = bounds
            self.counts = counts
        }
    }

    package struct Exemplar: Sendable {
        package var time: UInt64
        package var value: Double
        package var traceID: TraceID
        package var spanID: SpanID

        package init(time: UInt64, value: Double, traceID: TraceID, spanID: SpanID) {
            self.time = time
            self.value = value
            self.traceID = traceID
            self.spanID = spanID
        }
    }

    /// Nanoseconds since the Unix epoch.
    package var time: UInt64
    /// 0 when the sender did not say.
    package var startTime: UInt64
    package var value: Value
    package var exemplars: [Exemplar] = []

    package init(time: UInt64, startTime: UInt64, value: Value) {
        self.time = time
        self.startTime = startTime
        self.value = value
    }
}

/// A log record. Spec: OTLP logs.proto, `LogRecord`.
package struct RecordedLog: Sendable {
    package var resource: Int
    package var scope: Int
    /// Nanoseconds since the Unix epoch; the observed time when the record has none.
    package var time: UInt64
    package var observedTime: UInt64
    package var severityNumber: Int
    package var severityText: String
    package var eventName: String
    package var body: RecordedValue
    /// Of the record, or found in its attributes (`trace_id`, `span_id`); zero when there is none.
    package var traceID: TraceID
    package var spanID: SpanID
    package var attributes: RecordedAttributes

    package init(
        resource: Int, scope: Int, time: UInt64, observedTime: UInt64, severityNumber: Int, severityText: String,
        eventName: String, body: RecordedValue, traceID: TraceID, spanID: SpanID, attributes: RecordedAttributes
    ) {
        self.resource = resource
        self.scope = scope
        self.time = time
        self.observedTime = observedTime
        self.severityNumber = severityNumber
        self.severityText = severityText
        self.eventName = eventName
        self.body = body
        self.traceID = traceID
        self.spanID = spanID
        self.attributes = attributes
    }
}
