import ClickHouse
package import SQLSyntax
package import TelemetryModel

extension TelemetryStore {
    /// All spans of a trace, sorted by start, with their resources and scopes; nil when there is none. A trace that
    /// retention has removed, or a part of it, is taken from the archive.
    ///
    /// - Absent: a resource or scope that retention has removed is missing from the dictionary.
    /// - Throws: `StoreError.traceTooLarge` past `spansMax`; nothing is cut off silently.
    /// - Cost: reads the granules that the bloom filter on `trace_id` lets through; memory grows with the spans.
    package func trace(
        _ id: TraceID, spansMax: Int, settings: [(name: String, value: String)] = []
    ) async throws -> StoredTrace? {
        let tables = try await tables(of: id)
        var spans = try await self.spans(Self.traceSelect(id, spansMax: spansMax, from: tables), settings)
        guard !spans.isEmpty else { return nil }
        guard spans.count <= spansMax else {
            throw StoreError(.traceTooLarge, "trace \(id.hex) has more than \(spansMax) spans")
        }
        spans.sort { ($0.startTime.nanoseconds, $0.spanID.value) < ($1.startTime.nanoseconds, $1.spanID.value) }
        return try await page(of: spans, from: tables)
    }

    /// Where more of a trace lies: retention removes it by days, so that of one that was archived a part may be left.
    private func tables(of id: TraceID) async throws -> TraceTables {
        guard archiveState.hasTraces else { return .stored }
        func count(_ tables: TraceTables) async throws -> UInt64 {
            let select = Select(
                [.init(.call("count"))], from: tables.spans,
                where: .equal(.column("trace_id"), .call("unhex", .parameter(.string(id.hex)))))
            return try await engine.rows(select.statement).first?.first?.unsignedInteger ?? 0
        }
        return try await count(.archived) > count(.stored) ? .archived : .stored
    }

    /// The spans of a trace in pages sorted by start, each with its resources and scopes; false when there is none.
    ///
    /// - Cost: a statement a page and one for what it refers to, so that a client that reads slowly holds nothing of the
    ///   engine. The table is sorted by start: a page is read from where the last one ended. Memory is that of a page;
    ///   spans that all start at one nanosecond are one page.
    package func streamTrace(
        _ id: TraceID, settings: [(name: String, value: String)] = [], spansPerPage: Int = Self.spansPerPage,
        page: (StoredTrace) async throws -> Void
    ) async throws -> Bool {
        try await streamTrace(id, from: try await tables(of: id), settings, max(1, spansPerPage), page)
    }

    private func streamTrace(
        _ id: TraceID, from tables: TraceTables, _ settings: [(name: String, value: String)], _ spansPerPage: Int,
        _ page: (StoredTrace) async throws -> Void
    ) async throws -> Bool {
        var cursor: Int64?
        var hasSpans = false
        while true {
            try Task.checkCancellation()
            var spans = try await self.spans(
                Self.tracePage(id, from: cursor, in: tables, limit: spansPerPage), settings)
            let isLast = spans.count < spansPerPage
            if !isLast, let last = spans.last?.startTime.nanoseconds {
                // More may start when the last one does: those come with the next page.
                let whole = spans.prefix { $0.startTime.nanoseconds < last }
                if whole.isEmpty {
                    spans = try await self.spans(Self.tracePage(id, at: last, in: tables), settings)
                    cursor = last &+ 1
                } else {
                    spans = Array(whole)
                    cursor = last
                }
            }
            if !spans.isEmpty {
                hasSpans = true
                try await page(try await self.page(of: spans, from: tables))
            }
            if isLast || cursor == .min { return hasSpans }
        }
    }

    package static let spansPerPage = 5_000

    /// Some spans of a trace, sorted by start, with their resources and scopes.
    ///
    /// ```sql
    /// SELECT trace_id, … FROM telemetry.spans WHERE trace_id = unhex({p0:String})
    ///     AND span_id IN (SELECT toFixedString(unhex(arrayJoin({p1:Array(String)})), 8)) ORDER BY start_time
    /// ```
    package func spans(
        _ ids: [SpanID], of trace: TraceID, settings: [(name: String, value: String)] = []
    ) async throws -> StoredTrace {
        guard !ids.isEmpty else { return StoredTrace(spans: [], resources: [:], scopes: [:]) }
        let wanted = Expression.inSubquery(
            .column("span_id"),
            // Of its own length, or the zeros at the end of an id would be cut in the set.
            Select(eachOf: .strings(ids.map(\.hex))) { .call("toFixedString", .call("unhex", $0), .integer(8)) })
        return try await page(
            of: try await spans(Self.page(trace, wanted, limit: nil, in: .stored), settings), from: .stored)
    }

    private func spans(_ select: Select, _ settings: [(name: String, value: String)]) async throws -> [StoredSpan] {
        var spans: [StoredSpan] = []
        try await engine.query(select.statement, access: .own(settings: settings)) { batch in
            for row in 0..<batch.rows { spans.append(StoredSpan(batch.columns.map { $0.value(at: row) })) }
        }
        return spans
    }

    private func page(of spans: [StoredSpan], from tables: TraceTables) async throws -> StoredTrace {
        async let resources = resources(Set(spans.map(\.resourceID)), from: tables)
        async let scopes = scopes(Set(spans.map(\.scopeID)), from: tables)
        return StoredTrace(spans: spans, resources: try await resources, scopes: try await scopes)
    }

    /// ```sql
    /// SELECT trace_id, … FROM telemetry.spans WHERE trace_id = unhex({p0:String}) AND start_time >= …
    ///     ORDER BY start_time LIMIT n
    /// ```
    static func tracePage(_ id: TraceID, from start: Int64?, in tables: TraceTables, limit: Int) -> Select {
        page(
            id, start.map { .comparison(.column("start_time"), .greaterOrEqual, time($0)) }, limit: limit, in: tables)
    }

    private static func tracePage(_ id: TraceID, at start: Int64, in tables: TraceTables) -> Select {
        page(id, .equal(.column("start_time"), time(start)), limit: nil, in: tables)
    }

    private static func page(_ id: TraceID, _ time: Expression?, limit: Int?, in tables: TraceTables) -> Select {
        let trace = Expression.equal(.column("trace_id"), .call("unhex", .parameter(.string(id.hex))))
        return Select(
            spanColumns.map { .init(.column($0)) }, from: tables.spans,
            where: time.map { .and([trace, $0]) } ?? trace, orderBy: [.init(.column("start_time"))], limit: limit)
    }

    private static func time(_ nanoseconds: Int64) -> Expression {
        .call("fromUnixTimestamp64Nano", .integer(nanoseconds))
    }

    /// ```sql
    /// SELECT trace_id, … FROM telemetry.spans WHERE trace_id = unhex({p0:String}) LIMIT n
    /// ```
    /// The few spans are sorted here: that is cheaper than to have the engine read its table in order.
    package static func traceSelect(
        _ id: TraceID, spansMax: Int, from tables: TraceTables = .stored
    ) -> Select {
        Select(
            spanColumns.map { .init(.column($0)) }, from: tables.spans,
            where: .equal(.column("trace_id"), .call("unhex", .parameter(.string(id.hex)))), limit: spansMax + 1)
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
    package func resources(_ ids: Set<UInt64>, from tables: TraceTables = .stored) async throws -> [UInt64:
        StoredResource]
    {
        let known = tables.isArchive ? [:] : memory.resources(ids)
        guard known.count < ids.count else { return known }
        let ids = ids.subtracting(known.keys)
        var found: [UInt64: StoredResource] = [:]
        let columns: [Identifier] = [
            "id", "attributes", "attribute_types", "dropped_attributes", "schema_url", "entity_refs",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: tables.resources,
            where: .call("has", .parameter(.unsigned(ids.sorted())), .column("id")))
        for row in try await engine.rows(select.statement) {
            found[row[0].unsignedInteger ?? 0] = StoredResource(
                attributes: row[1].attributes(signature: row[2]), droppedAttributes: row[3].count,
                schemaURL: row[4].text ?? "", entityRefs: row[5].text ?? "")
        }
        memory.keep(found)
        return found.merging(known) { first, _ in first }
    }

    package func scopes(_ ids: Set<UInt64>, from tables: TraceTables = .stored) async throws -> [UInt64: StoredScope] {
        let known = tables.isArchive ? [:] : memory.scopes(ids)
        guard known.count < ids.count else { return known }
        let ids = ids.subtracting(known.keys)
        var found: [UInt64: StoredScope] = [:]
        let columns: [Identifier] = [
            "id", "name", "version", "attributes", "attribute_types", "dropped_attributes", "schema_url",
        ]
        let select = Select(
            columns.map { .init(.column($0)) }, from: tables.scopes,
            where: .call("has", .parameter(.unsigned(ids.sorted())), .column("id")))
        for row in try await engine.rows(select.statement) {
            found[row[0].unsignedInteger ?? 0] = StoredScope(
                name: row[1].text ?? "", version: row[2].text ?? "", attributes: row[3].attributes(signature: row[4]),
                droppedAttributes: row[5].count, schemaURL: row[6].text ?? "")
        }
        memory.keep(found)
        return found.merging(known) { first, _ in first }
    }
}

/// Where traces lie.
package struct TraceTables: Sendable {
    let spans: TableName
    let resources: TableName
    let scopes: TableName
    var isArchive = false

    package static let stored = TraceTables(
        spans: TelemetrySchema.spans.name, resources: TelemetrySchema.resources.name,
        scopes: TelemetrySchema.scopes.name)
    static let archived = TraceTables(
        spans: TelemetrySchema.archivedSpans.name, resources: TelemetrySchema.archivedResources.name,
        scopes: TelemetrySchema.archivedScopes.name, isArchive: true)
}

extension StoredSpan {
    /// Reads a row of `TelemetryStore.spanColumns`.
    init(_ row: [ResultValue]) {
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
    var count: UInt32 { UInt32(clamping: unsignedInteger ?? 0) }

    func item(_ index: Int) -> ResultValue {
        guard let items, index < items.count else { return .null }
        return items[index]
    }

    func attributes(signature: ResultValue) -> [StoredAttribute] {
        let pairs = (pairs ?? []).map { (key: $0.key.text ?? "", text: $0.value.text ?? "") }
        return StoredAttribute.list(pairs, signature: signature.text ?? "")
    }
}
