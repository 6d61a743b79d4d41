package import QueryEngines
package import TelemetryModel
package import TraceQL

/// What the search form of Jaeger asks: spans of one service, and what each of them must have.
package struct JaegerSearch: Sendable, Equatable {
    /// Nil or empty for any service.
    package var service: String?
    /// Nil or empty for any operation.
    package var operation: String?
    /// All have to hold on one span.
    package var tags: [(key: String, value: String)]
    /// Where a matching span has to start.
    package var range: TraceTimeRange
    /// Nanoseconds, both inclusive.
    package var durationMin: Int64?
    package var durationMax: Int64?
    /// Traces in the answer at most.
    package var limit: Int
    /// When not empty, these traces are asked for, whatever else is said.
    package var traceIDs: [TraceID]
    /// A further condition on the span, for API v3.
    package var filter: FieldExpression?

    package init(
        service: String? = nil, operation: String? = nil, tags: [(key: String, value: String)] = [],
        range: TraceTimeRange = .all, durationMin: Int64? = nil, durationMax: Int64? = nil,
        limit: Int = JaegerSearch.limitDefault, traceIDs: [TraceID] = [], filter: FieldExpression? = nil
    ) {
        self.service = service
        self.operation = operation
        self.tags = tags
        self.range = range
        self.durationMin = durationMin
        self.durationMax = durationMax
        self.limit = limit
        self.traceIDs = traceIDs
        self.filter = filter
    }

    package static let limitDefault = 100

    package static func == (left: JaegerSearch, right: JaegerSearch) -> Bool {
        left.service == right.service && left.operation == right.operation && left.range == right.range
            && left.durationMin == right.durationMin && left.durationMax == right.durationMax
            && left.limit == right.limit && left.traceIDs == right.traceIDs && left.filter == right.filter
            && left.tags.elementsEqual(right.tags) { $0.key == $1.key && $0.value == $1.value }
    }

    /// Microseconds since the Unix epoch, both inclusive: the end moves behind the last nanosecond of its microsecond.
    package static func range(startMicroseconds: Int64?, endMicroseconds: Int64?) -> TraceTimeRange {
        TraceTimeRange(
            start: startMicroseconds.map { $0.multipliedClamping(by: 1000) },
            end: endMicroseconds.map { $0 == .max ? .max : ($0 + 1).multipliedClamping(by: 1000) })
    }

    /// One spanset filter of everything but the time range, the limit and the trace ids.
    package func query() -> Query {
        var conditions: [FieldExpression] = []
        if let service, !service.isEmpty { conditions.append(Self.isOf(service)) }
        if let operation, !operation.isEmpty {
            conditions.append(.intrinsic(.name, .equal, .string(operation)))
        }
        if let durationMin { conditions.append(.intrinsic(.duration, .greaterOrEqual, .duration(durationMin))) }
        if let durationMax { conditions.append(.intrinsic(.duration, .lessOrEqual, .duration(durationMax))) }
        conditions += tags.map { JaegerTagCondition(key: $0.key, text: $0.value).expression }
        if let filter { conditions.append(filter) }
        return Query(body: .search(Pipeline([.spansets(.filter(.all(conditions)))])))
    }

    /// That a span is of a service as Jaeger names it.
    package static func isOf(_ service: String) -> FieldExpression {
        let name = Attribute(.attribute(.resource, "service.name"))
        let named = FieldExpression.comparison(.attribute(name), .equal, .literal(.string(service)))
        guard JaegerService.stored(service).isEmpty else { return named }
        return .any([
            named, .comparison(.attribute(name), .equal, .literal(.string(""))),
            .comparison(.attribute(name), .equal, .literal(.none)),
        ])
    }
}
