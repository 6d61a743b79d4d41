import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL

extension TraceEngine {
    /// Values that are read of one tag, whatever the client's limit.
    private static let valuesMax = 100_000

    /// See `TraceQueries.tagValues`.
    package func tagValues(_ request: TagValuesRequest) async throws -> [TagValue] {
        try await answering {
            let spans = try await spanSelection(request.filter, request.range.within(store.spanTimes))
            let limit = request.limit > 0 ? min(request.limit, Self.valuesMax) : Self.valuesMax
            var values: Set<TagValue> = []
            switch request.target {
            case .intrinsic(let intrinsic): values = try await self.values(of: intrinsic, spans, limit)
            case .attribute(let scope, let key):
                for scope in scope == .any ? Attribute.Scope.allCases.filter({ $0 != .any }) : [scope] {
                    values.formUnion(try await self.values(of: key, in: scope, spans, limit))
                }
            }
            let sorted = values.sorted { ($0.text, $0.type) < ($1.text, $1.type) }
            return Array(sorted.prefix(limit))
        }
    }

    private func values(
        of key: String, in scope: Attribute.Scope, _ spans: [Expression]?, _ limit: Int
    ) async throws -> Set<TagValue> {
        let map = AttributeMap.ofRow(key, mayBeArray: false)
        var select: Select
        switch scope {
        case .any: return []
        case .span:
            guard store.attributeKeys.contains(key, in: .span) else { return [] }
            if spans == nil, let known = try await remembered(key, map) { return known }
            select = Select(
                [.init(map.value, as: "value"), .init(map.letter ?? .integer(0), as: "letter")],
                from: TelemetrySchema.spans.name, where: .and((spans ?? []) + [map.exists]))
        case .resource, .instrumentation:
            let reference: Reference = scope == .resource ? .resource : .scope
            let used = spans.map { Expression.inSubquery(.column("id"), Self.references(reference, of: $0)) }
            select = Select(
                [.init(map.value, as: "value"), .init(map.letter ?? .integer(0), as: "letter")],
                from: reference.table, where: .and([map.exists] + (used.map { [$0] } ?? [])))
        case .event, .link:
            let place: AttributePlace = scope == .event ? .event : .link
            guard store.attributeKeys.contains(key, in: place) else { return [] }
            return try await nestedValues(of: key, place, spans, limit)
        }
        select.isDistinct = true
        select.limit = limit
        var values: Set<TagValue> = []
        for row in try await rows(select) {
            guard let letter = row[1].text?.utf8.first else { continue }
            values.formUnion(TagValue.all(StoredValue.read(row[0].text ?? "", letter)))
        }
        return values
    }

    /// Nil when there are too many to be remembered.
    ///
    /// ```sql
    /// SELECT DISTINCT attributes[{p0:String}], <letter> FROM telemetry.spans
    ///     WHERE mapContains(attributes, {p0:String}) AND received_time >= … LIMIT n
    /// ```
    private func remembered(_ key: String, _ map: AttributeMap) async throws -> Set<TagValue>? {
        // Blocks stored from here on are read the next time, whether this reading meets them or not.
        let sequence = store.spanArrivals.sequence
        let known = tagValueMemory.entry(key)
        var entry = known ?? .init(sequence: 0, values: [], begun: .now)
        var conditions = [map.exists]
        if known != nil {
            switch store.spanArrivals.since(entry.sequence) {
            case .nothing: return entry.values
            case .from(let time):
                conditions.append(.comparison(.column("received_time"), .greaterOrEqual, .time(time)))
            case .unknown: entry = .init(sequence: 0, values: [], begun: .now)
            }
        }
        var select = Select(
            [.init(map.value, as: "value"), .init(map.letter ?? .integer(0), as: "letter")],
            from: TelemetrySchema.spans.name, where: .and(conditions), limit: TagValueMemory.valuesMax + 1)
        select.isDistinct = true
        let rows = try await rows(select)
        guard rows.count <= TagValueMemory.valuesMax else { return nil }
        for row in rows {
            guard let letter = row[1].text?.utf8.first else { continue }
            entry.values.formUnion(TagValue.all(StoredValue.read(row[0].text ?? "", letter)))
        }
        entry.sequence = sequence
        tagValueMemory.keep(entry, for: key)
        return entry.values
    }

    private func nestedValues(
        of key: String, _ place: AttributePlace, _ spans: [Expression]?, _ limit: Int
    ) async throws -> Set<TagValue> {
        let item = AttributeMap(key, text: .column("item"), types: nil, numbers: nil, mayBeArray: false)
        let maps = Expression.column(Identifier("\(place.rawValue)_attributes"))
        let types = Expression.column(Identifier("\(place.rawValue)_attribute_types"))
        // Each item with its signature; of those that have the attribute, text behind the letter of its type.
        let pair = AttributeMap(
            key, text: .call("tupleElement", .column("item"), .integer(1)),
            types: .call("tupleElement", .column("item"), .integer(2)), numbers: nil, mayBeArray: false)
        let having = Expression.call("arrayFilter", .lambda("item", pair.exists), .call("arrayZip", maps, types))
        let marked = Expression.call("concat", .call("toString", pair.letter ?? .integer(0)), pair.value)
        var select = Select(
            [.init(.call("arrayJoin", .call("arrayMap", .lambda("item", marked), having)), as: "value")],
            from: TelemetrySchema.spans.name,
            where: .and((spans ?? []) + [.call("arrayExists", .lambda("item", item.exists), maps)]), limit: limit)
        select.isDistinct = true
        var values: Set<TagValue> = []
        for row in try await rows(select) {
            var text = row[0].text ?? ""
            guard let letter = text.utf8.first else { continue }
            text.unicodeScalars.removeFirst()
            values.formUnion(TagValue.all(StoredValue.read(text, letter)))
        }
        return values
    }

    private func values(
        of intrinsic: Intrinsic, _ spans: [Expression]?, _ limit: Int
    ) async throws -> Set<TagValue> {
        switch intrinsic {
        case .name: return try await texts(.column("name"), spans, limit)
        case .statusMessage: return try await texts(.column("status_message"), spans, limit)
        case .rootName: return try await texts(.column("name"), (spans ?? []) + [.isRoot], limit)
        case .rootService: return try await texts(.column("service"), (spans ?? []) + [.isRoot], limit)
        case .status:
            return Set(
                try await codes("status_code", spans).compactMap { Value.Status(code: $0) }
                    .map { TagValue(type: "keyword", text: $0.rawValue) })
        case .kind:
            return Set(
                try await codes("kind", spans).compactMap { Value.Kind(code: $0) }
                    .map { TagValue(type: "keyword", text: $0.rawValue) })
        case .eventName: return try await texts(.call("arrayJoin", .column("event_names")), spans, limit)
        case .instrumentationName: return try await scopeTexts("name", spans, limit)
        case .instrumentationVersion: return try await scopeTexts("version", spans, limit)
        case .spanID: return try await texts(.call("lower", .call("hex", .column("span_id"))), spans, limit)
        case .traceID: return try await texts(.call("lower", .call("hex", .column("trace_id"))), spans, limit)
        // Numbers of which nearly every span or trace has its own.
        case .duration, .traceDuration, .childCount, .nestedSetLeft, .nestedSetRight, .nestedSetParent,
            .eventTimeSinceStart, .parentID, .parent, .linkTraceID, .linkSpanID:
            return []
        }
    }

    private func texts(_ expression: Expression, _ spans: [Expression]?, _ limit: Int) async throws -> Set<TagValue> {
        var select = Select(
            [.init(expression, as: "value")], from: TelemetrySchema.spans.name, where: spans.map { .and($0) },
            limit: limit)
        select.isDistinct = true
        return Set(
            try await rows(select).compactMap { $0[0].text }.filter { !$0.isEmpty }
                .map { TagValue(type: "string", text: $0) })
    }

    private func codes(_ column: Identifier, _ spans: [Expression]?) async throws -> [Int64] {
        var select = Select(
            [.init(.column(column))], from: TelemetrySchema.spans.name, where: spans.map { .and($0) }, limit: 100)
        select.isDistinct = true
        return try await rows(select).compactMap { $0[0].integer }
    }

    private func scopeTexts(_ column: Identifier, _ spans: [Expression]?, _ limit: Int) async throws -> Set<TagValue> {
        var select = Select(
            [.init(.column(column))], from: TelemetrySchema.scopes.name,
            where: spans.map { .inSubquery(.column("id"), Self.references(.scope, of: $0)) }, limit: limit)
        select.isDistinct = true
        return Set(
            try await rows(select).compactMap { $0[0].text }.filter { !$0.isEmpty }
                .map { TagValue(type: "string", text: $0) })
    }
}

extension TagValue {
    /// A value as a tag; of an array each element.
    static func all(_ value: Value) -> [TagValue] {
        switch value {
        case .none: []
        case .string(let text): [TagValue(type: "string", text: text)]
        case .int(let number): [TagValue(type: "int", text: "\(number)")]
        case .double(let number): [TagValue(type: "float", text: "\(number)")]
        case .bool(let flag): [TagValue(type: "bool", text: flag ? "true" : "false")]
        case .duration: [TagValue(type: "duration", text: value.description)]
        case .status(let status): [TagValue(type: "keyword", text: status.rawValue)]
        case .kind(let kind): [TagValue(type: "keyword", text: kind.rawValue)]
        case .list(let items): items.flatMap(all)
        }
    }
}
