package import TelemetryModel

/// The shape of one trace: what is needed to draw it, without attributes. Columns of equal length, sorted by start and
/// then by span id. One million spans are some 45 MB.
package struct TraceSkeleton: Sendable {
    package var spanIDs: [SpanID]
    package var parentIDs: [SpanID]
    /// Nanoseconds since the Unix epoch.
    package var starts: [Int64]
    /// Nanoseconds; negative when the sender's clock went back.
    package var durations: [Int64]
    /// Index into `serviceNames`, `operationNames`.
    package var services: [UInt32]
    package var operations: [UInt32]
    /// As in OTLP.
    package var kinds: [UInt8]
    /// As in OTLP: 0 unset, 1 ok, 2 error.
    package var statuses: [UInt8]
    package var serviceNames: [String]
    package var operationNames: [String]

    package init(
        spanIDs: [SpanID] = [], parentIDs: [SpanID] = [], starts: [Int64] = [], durations: [Int64] = [],
        services: [UInt32] = [], operations: [UInt32] = [], kinds: [UInt8] = [], statuses: [UInt8] = [],
        serviceNames: [String] = [], operationNames: [String] = []
    ) {
        self.spanIDs = spanIDs
        self.parentIDs = parentIDs
        self.starts = starts
        self.durations = durations
        self.services = services
        self.operations = operations
        self.kinds = kinds
        self.statuses = statuses
        self.serviceNames = serviceNames
        self.operationNames = operationNames
    }

    package var count: Int { starts.count }
}
