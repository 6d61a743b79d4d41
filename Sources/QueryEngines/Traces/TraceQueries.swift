package import TelemetryModel
package import TraceQL

/// What the APIs of traces (Tempo, Jaeger, Zipkin, the web page, the command line) ask. `TraceEngine` answers from the
/// store; tests answer from memory.
///
/// - Throws: every method throws `TraceQueryError`; cancelling the task ends the statement in the engine.
package protocol TraceQueries: Sendable {
    /// The newest traces with a span that matches and overlaps the time, each with its matching spans.
    func search(_ request: TraceSearchRequest, progress: @Sendable (TraceSearchProgress) async throws -> Void)
        async throws -> TraceSearchResult
    /// Time series of a metrics query.
    func metrics(_ request: TraceMetricsRequest) async throws -> TraceMetricsResult
    /// Names of attributes and intrinsics by scope.
    func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]]
    /// Values of one attribute or intrinsic, sorted, without repetition.
    func tagValues(_ request: TagValuesRequest) async throws -> [TagValue]

    /// All spans of a trace, sorted by start; nil when there is none. For traces that fit `spansMax`.
    /// - Throws: `.tooLarge` past `spansMax`.
    func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace?
    /// The spans of a trace in pages sorted by start, each with the resources and scopes it refers to; false when there
    /// is none. Memory is bounded by a page.
    func streamTrace(_ id: TraceID, page: @Sendable (StoredTrace) async throws -> Void) async throws -> Bool

    /// Services with a span in the time range, sorted.
    func services(_ range: TraceTimeRange) async throws -> [String]
    /// Operations of a service (of all services when nil), sorted by name and kind.
    func operations(service: String?, _ range: TraceTimeRange) async throws -> [TraceOperation]
    /// Calls between services: a span whose stored parent is of another service. Sorted by parent and child.
    func dependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency]
}

/// Nanoseconds since the Unix epoch, `start` inclusive and `end` exclusive; nil is no bound.
package struct TraceTimeRange: Sendable, Hashable {
    package var start: Int64?
    package var end: Int64?

    package init(start: Int64? = nil, end: Int64? = nil) {
        self.start = start
        self.end = end
    }

    package static let all = TraceTimeRange()
}

package struct TraceSearchRequest: Sendable {
    /// A query whose body is `.search`.
    package var query: Query
    package var range: TraceTimeRange
    /// Traces in the answer at most.
    package var limit: Int
    /// Spans shown of each spanset at most; `matched` counts all.
    package var spansPerSpanset: Int

    package init(query: Query, range: TraceTimeRange = .all, limit: Int = 20, spansPerSpanset: Int = 3) {
        self.query = query
        self.range = range
        self.limit = limit
        self.spansPerSpanset = spansPerSpanset
    }
}

/// What has been found so far; the traces are new since the last report.
package struct TraceSearchProgress: Sendable {
    package var traces: [FoundTrace]
    package var inspectedTraces: Int
    package var inspectedSpans: Int

    package init(traces: [FoundTrace], inspectedTraces: Int, inspectedSpans: Int) {
        self.traces = traces
        self.inspectedTraces = inspectedTraces
        self.inspectedSpans = inspectedSpans
    }
}

package struct TraceSearchResult: Sendable {
    /// Newest first.
    package var traces: [FoundTrace]
    package var inspectedTraces: Int
    package var inspectedSpans: Int

    package init(traces: [FoundTrace], inspectedTraces: Int, inspectedSpans: Int) {
        self.traces = traces
        self.inspectedTraces = inspectedTraces
        self.inspectedSpans = inspectedSpans
    }
}

package struct FoundTrace: Sendable, Equatable {
    package struct ServiceStatistics: Sendable, Equatable {
        package var spans: Int
        package var errors: Int

        package init(spans: Int, errors: Int) {
            self.spans = spans
            self.errors = errors
        }
    }

    package struct Spanset: Sendable, Equatable {
        /// Value of `by(…)`, one for each grouping, under the text of its expression.
        package var attributes: [(key: String, value: Value)]
        package var spans: [FoundSpan]
        /// All spans that matched, also those that are not shown.
        package var matched: Int

        package init(attributes: [(key: String, value: Value)] = [], spans: [FoundSpan], matched: Int) {
            self.attributes = attributes
            self.spans = spans
            self.matched = matched
        }

        package static func == (left: Spanset, right: Spanset) -> Bool {
            left.spans == right.spans && left.matched == right.matched
                && left.attributes.elementsEqual(right.attributes) { $0.key == $1.key && $0.value == $1.value }
        }
    }

    package var id: TraceID
    /// Nil when no span without a parent is stored.
    package var rootService: String?
    package var rootName: String?
    /// Of all stored spans of the trace: the first start, and the last end minus it; nanoseconds.
    package var start: Int64
    package var duration: Int64
    package var services: [String: ServiceStatistics]
    package var spansets: [Spanset]
    /// Stored spans whose parent is not stored; nil when they were not counted.
    package var orphans: Int?

    package init(
        id: TraceID, rootService: String?, rootName: String?, start: Int64, duration: Int64,
        services: [String: ServiceStatistics], spansets: [Spanset], orphans: Int? = nil
    ) {
        self.id = id
        self.rootService = rootService
        self.rootName = rootName
        self.start = start
        self.duration = duration
        self.services = services
        self.spansets = spansets
        self.orphans = orphans
    }
}

package struct FoundSpan: Sendable, Equatable {
    package var id: SpanID
    package var name: String
    package var service: String
    package var start: Int64
    package var duration: Int64
    /// What the query names or selects, under the name the query gives it; only those that the span has.
    package var attributes: [(key: String, value: Value)]

    package init(
        id: SpanID, name: String, service: String, start: Int64, duration: Int64,
        attributes: [(key: String, value: Value)]
    ) {
        self.id = id
        self.name = name
        self.service = service
        self.start = start
        self.duration = duration
        self.attributes = attributes
    }

    package static func == (left: FoundSpan, right: FoundSpan) -> Bool {
        left.id == right.id && left.name == right.name && left.service == right.service && left.start == right.start
            && left.duration == right.duration
            && left.attributes.elementsEqual(right.attributes) { $0.key == $1.key && $0.value == $1.value }
    }
}

package struct TraceMetricsRequest: Sendable {
    /// A query whose body is `.metrics`.
    package var query: Query
    /// Nanoseconds, `start` inclusive and `end` exclusive; a span counts where it starts.
    package var start: Int64
    package var end: Int64
    /// Nanoseconds between samples; nil asks for one value over the whole range.
    package var step: Int64?
    /// Exemplars in the answer at most.
    package var exemplars: Int

    package init(query: Query, start: Int64, end: Int64, step: Int64?, exemplars: Int = 0) {
        self.query = query
        self.start = start
        self.end = end
        self.step = step
        self.exemplars = exemplars
    }
}

package struct TraceMetricsResult: Sendable {
    package struct Series: Sendable {
        package var labels: [(key: String, value: Value)]
        /// Time of a sample: the end of its interval, nanoseconds; a value that does not exist is left out.
        package var samples: [(time: Int64, value: Double)]
        package var exemplars: [Exemplar]

        package init(
            labels: [(key: String, value: Value)], samples: [(time: Int64, value: Double)], exemplars: [Exemplar] = []
        ) {
            self.labels = labels
            self.samples = samples
            self.exemplars = exemplars
        }
    }

    package struct Exemplar: Sendable {
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

    /// Sorted by labels.
    package var series: [Series]
    package var inspectedSpans: Int

    package init(series: [Series], inspectedSpans: Int) {
        self.series = series
        self.inspectedSpans = inspectedSpans
    }
}

package enum TagScope: String, Sendable, Hashable, CaseIterable {
    case resource, span, event, link, instrumentation, intrinsic
}

package struct TagNamesRequest: Sendable {
    /// Nil asks for all scopes.
    package var scope: TagScope?
    /// Only of spans that match; nil for all. Where a condition depends on other spans, of all that may match.
    package var filter: Query?
    package var range: TraceTimeRange
    /// Names of each scope at most; 0 for no limit of the client's.
    package var limit: Int

    package init(scope: TagScope? = nil, filter: Query? = nil, range: TraceTimeRange = .all, limit: Int = 0) {
        self.scope = scope
        self.filter = filter
        self.range = range
        self.limit = limit
    }
}

package struct TagValuesRequest: Sendable {
    package var target: Attribute.Target
    package var filter: Query?
    package var range: TraceTimeRange
    package var limit: Int

    package init(target: Attribute.Target, filter: Query? = nil, range: TraceTimeRange = .all, limit: Int = 0) {
        self.target = target
        self.filter = filter
        self.range = range
        self.limit = limit
    }
}

package struct TagValue: Sendable, Hashable {
    /// `string`, `int`, `float`, `bool`, `duration` or `keyword` (a status or kind).
    package var type: String
    package var text: String

    package init(type: String, text: String) {
        self.type = type
        self.text = text
    }
}

package struct TraceOperation: Sendable, Hashable {
    package var name: String
    /// As in OTLP: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    package var kind: Int32

    package init(name: String, kind: Int32) {
        self.name = name
        self.kind = kind
    }
}

package struct ServiceDependency: Sendable, Hashable {
    package var parent: String
    package var child: String
    package var calls: Int
    package var errors: Int

    package init(parent: String, child: String, calls: Int, errors: Int) {
        self.parent = parent
        self.child = child
        self.calls = calls
        self.errors = errors
    }
}

/// Why a question about traces has no answer.
package struct TraceQueryError: Error, Sendable, CustomStringConvertible {
    package var kind: ErrorKind
    package var message: String

    package init(_ kind: ErrorKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
