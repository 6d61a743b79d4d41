package import TelemetryModel

/// A trace as Jaeger's model has it, between the store and the shapes of its APIs (JSON of the web page, gRPC).
package struct JaegerTrace: Sendable, Equatable {
    package var id: TraceID
    package var spans: [JaegerSpan]
    /// The processes that `JaegerSpan.process` counts into, equal ones once, in order of first appearance.
    package var processes: [JaegerProcess]
    package var warnings: [String]

    package init(id: TraceID, spans: [JaegerSpan], processes: [JaegerProcess], warnings: [String] = []) {
        self.id = id
        self.spans = spans
        self.processes = processes
        self.warnings = warnings
    }
}

package struct JaegerSpan: Sendable, Equatable {
    package var traceID: TraceID
    package var spanID: SpanID
    /// The trace flags of W3C: bit 0 says sampled, in Jaeger too.
    package var flags: UInt32
    package var operationName: String
    /// The parent first, where there is one.
    package var references: [JaegerReference]
    /// Nanoseconds since the Unix epoch.
    package var startNanoseconds: Int64
    package var durationNanoseconds: Int64
    package var tags: [JaegerTag]
    package var logs: [JaegerLog]
    /// Index into `JaegerTrace.processes`.
    package var process: Int
    package var warnings: [String]

    package init(
        traceID: TraceID, spanID: SpanID, flags: UInt32 = 0, operationName: String,
        references: [JaegerReference] = [], startNanoseconds: Int64, durationNanoseconds: Int64,
        tags: [JaegerTag] = [], logs: [JaegerLog] = [], process: Int, warnings: [String] = []
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
        self.operationName = operationName
        self.references = references
        self.startNanoseconds = startNanoseconds
        self.durationNanoseconds = durationNanoseconds
        self.tags = tags
        self.logs = logs
        self.process = process
        self.warnings = warnings
    }

    /// The parent in the same trace: its first reference of that kind.
    package var parent: SpanID? {
        references.first { $0.kind == .childOf && $0.traceID == traceID }?.spanID
    }
}

package struct JaegerProcess: Sendable, Hashable {
    package var serviceName: String
    package var tags: [JaegerTag]

    package init(serviceName: String, tags: [JaegerTag] = []) {
        self.serviceName = serviceName
        self.tags = tags
    }
}

package struct JaegerReference: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case childOf = "CHILD_OF"
        case followsFrom = "FOLLOWS_FROM"
    }

    package var kind: Kind
    package var traceID: TraceID
    package var spanID: SpanID

    package init(kind: Kind, traceID: TraceID, spanID: SpanID) {
        self.kind = kind
        self.traceID = traceID
        self.spanID = spanID
    }
}

package struct JaegerLog: Sendable, Equatable {
    /// Nanoseconds since the Unix epoch.
    package var nanoseconds: Int64
    package var fields: [JaegerTag]

    package init(nanoseconds: Int64, fields: [JaegerTag]) {
        self.nanoseconds = nanoseconds
        self.fields = fields
    }
}

package struct JaegerTag: Sendable, Hashable {
    package enum Value: Sendable, Hashable {
        case string(String)
        case bool(Bool)
        case int64(Int64)
        case float64(Double)
        case binary([UInt8])
    }

    package var key: String
    package var value: Value

    package init(_ key: String, _ value: Value) {
        self.key = key
        self.value = value
    }
}
