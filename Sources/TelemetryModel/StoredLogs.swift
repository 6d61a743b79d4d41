/// A log record as it is stored; the members mean what they mean in `LogBlock`.
package struct StoredLog: Sendable, Equatable {
    package var time = Timestamp(nanoseconds: 0)
    package var observedTime = Timestamp(nanoseconds: 0)
    package var traceID = TraceID.zero
    package var spanID = SpanID.zero
    package var flags: UInt32 = 0
    package var service = ""
    package var severityNumber: Int32 = 0
    package var severityText = ""
    package var level = ""
    /// The body; its key is empty.
    package var body = StoredAttribute(key: "", text: "", type: .empty)
    package var eventName = ""
    package var resourceID: UInt64 = 0
    package var scopeID: UInt64 = 0
    package var attributes: [StoredAttribute] = []
    package var droppedAttributes: UInt32 = 0

    package init() {}
}

/// Some stored log records with what they refer to.
package struct StoredLogs: Sendable {
    package var records: [StoredLog]
    package var resources: [UInt64: StoredResource]
    package var scopes: [UInt64: StoredScope]

    package init(
        records: [StoredLog], resources: [UInt64: StoredResource] = [:], scopes: [UInt64: StoredScope] = [:]
    ) {
        self.records = records
        self.resources = resources
        self.scopes = scopes
    }
}
