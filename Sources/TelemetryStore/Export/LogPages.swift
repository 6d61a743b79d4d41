import ClickHouse
import SQLSyntax
package import TelemetryModel

/// The log records of a selection in order of time, of observation, then of their content.
///
/// - Cost: a statement a page, and one for what it refers to; as `SpanPages`.
package struct LogPages: StoredPages {
    private let store: TelemetryStore
    private var pages: ExportPages

    package init(_ store: TelemetryStore, _ selection: ExportSelection, perPage: Int = SpanPages.itemsPerPage) {
        self.store = store
        // What Martlet found itself does not count.
        let content = Self.columns.filter { !["time", "observed_time", "service", "detected_level"].contains($0) }
        pages = ExportPages(
            table: TelemetrySchema.logs.name, columns: Self.columns.map { .column($0) },
            conditions: selection.conditions("time", traces: selection.traces),
            keys: [.column("time"), .column("observed_time"), .contentHash(content)], rowsPerPage: perPage,
            settings: selection.settings)
    }

    package mutating func next() async throws -> StoredLogs? {
        guard let page = try await pages.next(store.engine) else { return nil }
        let records = page.rows.map { StoredLog($0) }
        async let resources = store.resources(Set(records.map(\.resourceID)))
        async let scopes = store.scopes(Set(records.map(\.scopeID)))
        return StoredLogs(records: records, resources: try await resources, scopes: try await scopes)
    }

    /// In the order in which `StoredLog.init(_:)` reads them.
    private static let columns: [Identifier] = [
        "time", "observed_time", "trace_id", "span_id", "flags", "service", "severity_number", "severity_text",
        "detected_level", "body", "body_type", "event_name", "resource_id", "scope_id", "attributes",
        "attribute_types", "dropped_attributes",
    ]
}

extension StoredLog {
    fileprivate init(_ row: [ResultValue]) {
        self.init()
        time = row[0].timestamp ?? time
        observedTime = row[1].timestamp ?? observedTime
        traceID = TraceID(bytes: row[2].rawBytes ?? []) ?? .zero
        spanID = SpanID(bytes: row[3].rawBytes ?? []) ?? .zero
        flags = row[4].count
        service = row[5].text ?? ""
        severityNumber = Int32(truncatingIfNeeded: row[6].integer ?? 0)
        severityText = row[7].text ?? ""
        level = row[8].text ?? ""
        let type = row[10].text?.utf8.first.flatMap { AttributeType(rawValue: $0) } ?? .string
        body = StoredAttribute(key: "", text: row[9].text ?? "", type: type)
        eventName = row[11].text ?? ""
        resourceID = row[12].unsignedInteger ?? 0
        scopeID = row[13].unsignedInteger ?? 0
        attributes = row[14].attributes(signature: row[15])
        droppedAttributes = row[16].count
    }
}
