import ClickHouse
package import SQLSyntax
package import TelemetryModel

extension TelemetryStore {
    /// All spans of a trace, sorted by start, with their resources and scopes; nil when there is none.
    ///
    /// - Absent: a resource or scope that retention has removed is missing from the dictionary.
    /// - Throws: `StoreError.traceTooLarge` past `spansMax`; nothing is cut off silently.
    /// - Cost: reads the granules that the bloom filter on `trace_id` lets through; memory grows with the spans.
    package func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace? {
        var spans: [StoredSpan] = []
        try await engine.query(Self.traceSelect(id, spansMax: spansMax).statement, access: .own) { batch in
            for row in 0..<batch.rows {
                spans.append(StoredSpan(batch.columns.map { $0.value(at: row) }))
            }
        }
        guard !spans.isEmpty else { return nil }
        guard spans.count <= spansMax else {
            throw StoreError(.traceTooLarge, "trace \(id.hex) has more than \(spansMax) spans (query.max_result_rows)")
        }
        return StoredTrace(
            spans: spans, resources: try await resources(Set(spans.map(\.resourceID))),
            scopes: try await scopes(Set(spans.map(\.scopeID))))
    }

    /// ```sql
    /// SELECT trace_id, … FROM telemetry.spans WHERE trace_id = unhex({p0:String}) ORDER BY start_time, span_id LIMIT n
    /// ```
    package static func traceSelect(_ id: TraceID, spansMax: Int) -> Select {
        Select(
            spanColumns.map { .init(.column($0)) }, from: TelemetrySchema.spans.name,
            where: .equal(.column("trace_id"), .call("unhex", .parameter(.string(id.hex)))),
            orderBy: [.init(.column("start_time")), .init(.column("span_id"))], limit: spansMax + 1)
    }

    /// The columns in the order in which `StoredSpan.init(_:)` reads them.
    static let spanColumns: [Identifier] = [
        "trace_id", "span_id", "parent_span_id", "trace_state", "flags", "service", "name", "kind", "start_time",
        "duration", "status_code", "status_message", "resource_id", "scope_id", "attributes", "attribute_types",
        "dropped_attributes", "event_times", "event_names", "event_attributes", "event_attribute_types",
        "event_dropped_attributes", "dropped_events", "link_trace_ids", "link_span_ids", "link_trace_states",
        "link_flags", "link_attributes", "link_attribute_types", "link_dropped_attributes", "dropped_links",
    ]

    /// ```sql
    /// SELECT id, attributes, … FROM telemetry.resources WHERE has({p0:Array(UInt64)}, id)
    /// ```
    /// Rows of one id are equal but for their arrival, so any of them will do.
    func resources(_ ids: Set<UInt64>) async throws -> [UInt64: StoredResource] {
        var found: [UInt64: StoredResource] = [:]
        let columns: [Identifier] = [
            "id", "attributes", "attribute_types", "dropped_attributes", "schema_url", "entity_refs",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.resources.name,
            where: .call("has", .parameter(.unsigned(ids.sorted())), .column("id")))
        for row in try await engine.rows(select.statement) {
            found[row[0].unsignedInteger ?? 0] = StoredResource(
                attributes: row[1].attributes(signature: row[2]), droppedAttributes: row[3].count,
                schemaURL: row[4].text ?? "", entityRefs: row[5].text ?? "")
        }
        return found
    }

    func scopes(_ ids: Set<UInt64>) async throws -> [UInt64: StoredScope] {
        var found: [UInt64: StoredScope] = [:]
        let columns: [Identifier] = [
            "id", "name", "version", "attributes", "attribute_types", "dropped_attributes", "schema_url",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: TelemetrySchema.scopes.name,
            where: .call("has", .parameter(.unsigned(ids.sorted())), .column("id")))
        for row in try await engine.rows(select.statement) {
            found[row[0].unsignedInteger ?? 0] = StoredScope(
                name: row[1].text ?? "", version: row[2].text ?? "", attributes: row[3].attributes(signature: row[4]),
                droppedAttributes: row[5].count, schemaURL: row[6].text ?? "")
        }
        return found
    }
}

extension StoredSpan {
    /// Reads a row of `TelemetryStore.spanColumns`.
    fileprivate init(_ row: [ResultValue]) {
        self.init()
        traceID = TraceID(bytes: row[0].rawBytes ?? []) ?? .zero
        spanID = SpanID(bytes: row[1].rawBytes ?? []) ?? .zero
        parentSpanID = SpanID(bytes: row[2].rawBytes ?? []) ?? .zero
        traceState = row[3].text ?? ""
        flags = row[4].count
        service = row[5].text ?? ""
        name = row[6].text ?? ""
        kind = Int32(truncatingIfNeeded: row[7].integer ?? 0)
        startTime = row[8].timestamp ?? Timestamp(nanoseconds: 0)
        durationNanoseconds = row[9].integer ?? 0
        statusCode = Int32(truncatingIfNeeded: row[10].integer ?? 0)
        statusMessage = row[11].text ?? ""
        resourceID = row[12].unsignedInteger ?? 0
        scopeID = row[13].unsignedInteger ?? 0
        attributes = row[14].attributes(signature: row[15])
        droppedAttributes = row[16].count
        events = zip(row[17].items ?? [], 0...).map { time, index in
            Event(
                time: time.timestamp ?? Timestamp(nanoseconds: 0), name: row[18].item(index).text ?? "",
                attributes: row[19].item(index).attributes(signature: row[20].item(index)),
                droppedAttributes: row[21].item(index).count)
        }
        droppedEvents = row[22].count
        links = zip(row[23].items ?? [], 0...).map { trace, index in
            Link(
                traceID: trace.rawBytes ?? [], spanID: row[24].item(index).rawBytes ?? [],
                traceState: row[25].item(index).text ?? "", flags: row[26].item(index).count,
                attributes: row[27].item(index).attributes(signature: row[28].item(index)),
                droppedAttributes: row[29].item(index).count)
        }
        droppedLinks = row[30].count
    }
}

extension ResultValue {
    fileprivate var count: UInt32 { UInt32(clamping: unsignedInteger ?? 0) }

    fileprivate func item(_ index: Int) -> ResultValue {
        guard let items, index < items.count else { return .null }
        return items[index]
    }

    fileprivate func attributes(signature: ResultValue) -> [StoredAttribute] {
        let pairs = (pairs ?? []).map { (key: $0.key.text ?? "", text: $0.value.text ?? "") }
        return StoredAttribute.list(pairs, signature: signature.text ?? "")
    }
}
