package import TelemetryModel
package import TraceQL

/// The spans of some traces as columns: what a query is evaluated over. All spans of a trace are there, in rows next to
/// each other, sorted by start and then by id.
///
/// A column of values is a list of distinct values and a code for each row, so that a comparison is made once a value.
package struct SpanTable: Sendable {
    package var traceIDs: [TraceID]
    /// Row at which each trace begins, and at the end the number of rows: one more than `traceIDs`.
    package var traceOffsets: [Int]
    package var spanIDs: [SpanID]
    package var parentIDs: [SpanID]
    /// Nanoseconds since the Unix epoch.
    package var starts: [Int64]
    /// Nanoseconds; negative when the sender's clock went back.
    package var durations: [Int64]
    /// As in OTLP: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    package var kinds: [Int32]
    /// As in OTLP: 0 unset, 1 ok, 2 error.
    package var statuses: [Int32]
    package var services: TextColumn
    package var names: TextColumn
    /// Columns that the query asked for (`Attribute` without `ofParent`): attributes of any scope, and the intrinsics
    /// that are not members above (`statusMessage`, `instrumentationName`, …).
    package var fields: [Attribute.Target: FieldColumn]

    package init(
        traceIDs: [TraceID] = [], traceOffsets: [Int] = [0], spanIDs: [SpanID] = [], parentIDs: [SpanID] = [],
        starts: [Int64] = [], durations: [Int64] = [], kinds: [Int32] = [], statuses: [Int32] = [],
        services: TextColumn = TextColumn(), names: TextColumn = TextColumn(),
        fields: [Attribute.Target: FieldColumn] = [:]
    ) {
        self.traceIDs = traceIDs
        self.traceOffsets = traceOffsets
        self.spanIDs = spanIDs
        self.parentIDs = parentIDs
        self.starts = starts
        self.durations = durations
        self.kinds = kinds
        self.statuses = statuses
        self.services = services
        self.names = names
        self.fields = fields
    }

    package var rows: Int { starts.count }
}

/// Text for each row: codes into distinct values.
package struct TextColumn: Sendable {
    package var values: [String]
    package var codes: [UInt32]

    package init(values: [String] = [], codes: [UInt32] = []) {
        self.values = values
        self.codes = codes
    }
}

/// The values of one field.
package enum FieldColumn: Sendable {
    /// One value a row; `.none` where the span has none.
    case single(values: [Value], codes: [UInt32])
    /// Any number a row, one for each event or link that has it: row `r` owns `codes[offsets[r]..<offsets[r + 1]]`.
    case multiple(values: [Value], codes: [UInt32], offsets: [Int])
}
