package import SQLSyntax
package import TelemetryModel

/// The tables of the store. `Documentation/Schema.sql` is this as SQL; a test keeps them equal.
package enum TelemetrySchema {
    package static let database: Identifier = "telemetry"

    /// Settings of every table (measured, ENGINE notes: 2.3 instead of 6.2 CPU seconds per million rows all in): wait
    /// for many parts before merging, merge column by column, drop whole parts when they are past retention, remember
    /// the tokens of recent blocks so that a repeated insert adds nothing, and be on disk before an insert returns.
    static let mergeSettings: [(name: String, value: String)] = [
        ("min_parts_to_merge_at_once", "16"),
        ("vertical_merge_algorithm_min_rows_to_activate", "1"),
        ("vertical_merge_algorithm_min_columns_to_activate", "1"),
        ("ttl_only_drop_parts", "1"),
        ("non_replicated_deduplication_window", "10000"),
        ("fsync_after_insert", "1"),
        ("fsync_part_directory", "1"),
    ]

    /// Half the usual rows a mark: reading single spans out of many places costs half (20 instead of 42 ms for twenty
    /// traces of ten million with one attribute), inserts cost the same, and a span is 0.8 bytes larger.
    package static let spans = TableDefinition<SpanBlock>(
        "spans", spanColumns, indexes: spanIndexes, order: "start_time", rowsPerMark: 4096)

    /// Traces that were put aside: no retention reaches them.
    package static let archivedSpans = TableDefinition<SpanBlock>(
        "archived_spans", spanColumns, order: "(trace_id, start_time)")
    package static let archivedResources = TableDefinition<ResourceBlock>(
        "archived_resources", resources.columns, engine: "ReplacingMergeTree(received_time)", order: "id")
    package static let archivedScopes = TableDefinition<ScopeBlock>(
        "archived_scopes", scopes.columns, engine: "ReplacingMergeTree(received_time)", order: "id")

    private static let spanColumns: [TableDefinition<SpanBlock>.Column] =
        [

            .receivedTime { $0.receivedTime },
            .init("start_time", ColumnType.time, codec: ColumnCodec.times, "start of the span") { $0.startTime },
            .init(
                "duration", "Int64", codec: ColumnCodec.counters, "end minus start in ns; negative after a clock step"
            ) { $0.duration },
            .init(
                "trace_id", "FixedString(16)", codec: ColumnCodec.plain,
                "16 bytes; lower(hex(trace_id)) is the usual text"
            ) { $0.traceID },
            .init("span_id", "FixedString(8)", codec: ColumnCodec.plain, "8 bytes") { $0.spanID },
            .init("parent_span_id", "FixedString(8)", codec: ColumnCodec.plain, "8 bytes, all zero for a root") {
                $0.parentSpanID
            },
            .init("trace_state", ColumnType.text, codec: ColumnCodec.plain, "W3C tracestate") { $0.traceState },
            .init("flags", "UInt32", codec: ColumnCodec.counters, "W3C trace flags and is_remote bits") { $0.flags },
            .init("service", ColumnType.name, codec: ColumnCodec.plain, "service.name of the resource") { $0.service },
            .init("name", ColumnType.name, codec: ColumnCodec.plain, "name of the operation") { $0.name },
            .init(
                "kind", "Int32", codec: ColumnCodec.counters,
                "0 unset 1 internal 2 server 3 client 4 producer 5 consumer"
            ) { $0.kind },
            .init("status_code", "Int32", codec: ColumnCodec.counters, "0 unset, 1 ok, 2 error") { $0.statusCode },
            .init("status_message", ColumnType.text, codec: ColumnCodec.plain, "text of the status") {
                $0.statusMessage
            },
            .init("resource_id", "UInt64", codec: ColumnCodec.plain, "id in resources") { $0.resourceID },
            .init("scope_id", "UInt64", codec: ColumnCodec.plain, "id in scopes") { $0.scopeID },
        ] + TableDefinition<SpanBlock>.Column.attributes { $0.attributes } + [
            .init("dropped_attributes", "UInt32", codec: ColumnCodec.counters, "attributes the sender dropped") {
                $0.droppedAttributes
            },
            .init("event_times", ColumnType.list(ColumnType.time), codec: ColumnCodec.plain, "time of each event") {
                $0.eventTimes
            },
            .init("event_names", ColumnType.list(ColumnType.name), codec: ColumnCodec.plain, "name of each event") {
                $0.eventNames
            },
            .init(
                "event_attributes", ColumnType.list(ColumnType.attributes), codec: ColumnCodec.plain,
                "attributes of each event as text"
            ) { $0.eventAttributes.text },
            .init(
                "event_attribute_types", ColumnType.list(ColumnType.name), codec: ColumnCodec.plain,
                "types of each event's attributes"
            ) { $0.eventAttributes.types },
            .init(
                "event_dropped_attributes", ColumnType.list("UInt32"), codec: ColumnCodec.plain,
                "attributes the sender dropped from each event"
            ) { $0.eventDroppedAttributes },
            .init("dropped_events", "UInt32", codec: ColumnCodec.counters, "events the sender dropped") {
                $0.droppedEvents
            },
            .init("link_trace_ids", ColumnType.list("FixedString(16)"), codec: ColumnCodec.plain, "trace of each link")
            {
                $0.linkTraceIDs
            },
            .init("link_span_ids", ColumnType.list("FixedString(8)"), codec: ColumnCodec.plain, "span of each link") {
                $0.linkSpanIDs
            },
            .init(
                "link_trace_states", ColumnType.list(ColumnType.text), codec: ColumnCodec.plain,
                "tracestate of each link"
            ) { $0.linkTraceStates },
            .init("link_flags", ColumnType.list("UInt32"), codec: ColumnCodec.plain, "flags of each link") {
                $0.linkFlags
            },
            .init(
                "link_attributes", ColumnType.list(ColumnType.attributes), codec: ColumnCodec.plain,
                "attributes of each link as text"
            ) { $0.linkAttributes.text },
            .init(
                "link_attribute_types", ColumnType.list(ColumnType.name), codec: ColumnCodec.plain,
                "types of each link's attributes"
            ) { $0.linkAttributes.types },
            .init(
                "link_dropped_attributes", ColumnType.list("UInt32"), codec: ColumnCodec.plain,
                "attributes the sender dropped from each link"
            ) { $0.linkDroppedAttributes },
            .init("dropped_links", "UInt32", codec: ColumnCodec.counters, "links the sender dropped") {
                $0.droppedLinks
            },
        ]

    /// - `trace_ids`: a trace by its id, or some hundred by theirs: with a rate of 1 % twenty ids out of ten million spans
    ///   cost 18 ms, with this one 7, for 0.14 bytes a span more.
    /// - `attribute_values`: one value out of very many, whatever its name. 0.3 CPU seconds per million spans with
    ///   eleven attributes, 6 bytes each. With a rate of 1 % it was 4 bytes, and of ten million spans as many marks were read
    ///   for nothing as for the answer.
    /// - `span_end`: spans that began before a time and lasted into it.
    static let spanIndexes: [CreateTable.Index] = [
        .init("trace_ids", on: "trace_id", type: "bloom_filter(0.0001)"),
        .init("attribute_values", on: "mapValues(attributes)", type: "bloom_filter(0.001)"),
        .init("span_end", on: "toUnixTimestamp64Nano(start_time) + greatest(duration, 0)", type: "minmax"),
    ]

    package static let attributeKeys = TableDefinition<AttributeKeyBlock>(
        "attribute_keys",
        [
            .receivedTime { $0.receivedTime },
            .init("place", ColumnType.name, codec: ColumnCodec.plain, "span, event, link, log, resource or scope") {
                $0.place
            },
            .init("key", ColumnType.text, codec: ColumnCodec.plain, "name of an attribute") { $0.key },
            .init("is_array", "UInt8", codec: ColumnCodec.counters, "1 when a value was an array") { $0.isArray },
        ], engine: "ReplacingMergeTree(received_time)", order: "(place, key, is_array)")

    package static let logs = TableDefinition<LogBlock>(
        "logs",
        [
            .receivedTime { $0.receivedTime },
            .init("time", ColumnType.time, codec: ColumnCodec.times, "time of the record, else observed, else arrival")
            {
                $0.time
            },
            .init("observed_time", ColumnType.time, codec: ColumnCodec.times, "when the collector saw it") {
                $0.observedTime
            },
            .init("trace_id", "FixedString(16)", codec: ColumnCodec.plain, "16 bytes, all zero for none") {
                $0.traceID
            },
            .init("span_id", "FixedString(8)", codec: ColumnCodec.plain, "8 bytes, all zero for none") { $0.spanID },
            .init("flags", "UInt32", codec: ColumnCodec.counters, "W3C trace flags") { $0.flags },
            .init("service", ColumnType.name, codec: ColumnCodec.plain, "service.name of the resource") { $0.service },
            .init(
                "severity_number", "Int32", codec: ColumnCodec.counters,
                "1-4 trace 5 debug 9 info 13 warn 17 error 21 fatal"
            ) { $0.severityNumber },
            .init("severity_text", ColumnType.name, codec: ColumnCodec.plain, "the level as the source names it") {
                $0.severityText
            },
            .init(
                "detected_level", ColumnType.name, codec: ColumnCodec.plain,
                "of the severity, or of what attributes or text say: unknown trace debug info warn error critical fatal"
            ) { $0.level },
            .init("body", ColumnType.text, codec: ColumnCodec.searched, "text, or JSON of a structured body") {
                $0.body
            },
            .init("body_type", ColumnType.name, codec: ColumnCodec.plain, "a letter as in attribute_types") {
                $0.bodyType
            },
            .init("event_name", ColumnType.name, codec: ColumnCodec.plain, "name of the event") { $0.eventName },
            .init("resource_id", "UInt64", codec: ColumnCodec.plain, "id in resources") { $0.resourceID },
            .init("scope_id", "UInt64", codec: ColumnCodec.plain, "id in scopes") { $0.scopeID },
        ] + TableDefinition<LogBlock>.Column.attributes { $0.attributes } + [
            .init("dropped_attributes", "UInt32", codec: ColumnCodec.counters, "attributes the sender dropped") {
                $0.droppedAttributes
            }
        ],
        indexes: logIndexes, order: "time", rowsPerMark: 2048)

    /// - `trace`: the records of a trace.
    /// - `words`: texts anywhere in the body. A token of it is a run of letters: digits count as separators, and case does
    ///   not. So its dictionary stays small however many ids the lines hold, and the engine can look through the
    ///   dictionary for words that contain the searched letters, which makes the search exact. Of a million lines of 100
    ///   bytes a rare word is found in 9 ms instead of 33, for 0.65 CPU seconds and 12 MB. An index of all tokens costs 2.3
    ///   CPU seconds and 36 MB, and finds whole tokens only; one of trigrams 3.7 CPU seconds and 127 MB.
    /// - `attribute_values`: as that of spans.
    static let logIndexes: [CreateTable.Index] = [
        .init("trace", on: "trace_id", type: "bloom_filter(0.01)"),
        .init("words", on: LogWords.expression, type: "text(tokenizer = splitByNonAlpha)"),
        .init("attribute_values", on: "mapValues(attributes)", type: "bloom_filter(0.001)"),
    ]

    package static let resources = TableDefinition<ResourceBlock>(
        "resources",
        [
            .receivedTime { $0.receivedTime },
            .init("id", "UInt64", codec: ColumnCodec.plain, "hash of all below") { $0.id },
            .init("service", ColumnType.name, codec: ColumnCodec.plain, "service.name") { $0.service },
        ] + TableDefinition<ResourceBlock>.Column.attributes { $0.attributes } + [
            .init("dropped_attributes", "UInt32", codec: ColumnCodec.counters, "attributes the sender dropped") {
                $0.droppedAttributes
            },
            .init("schema_url", ColumnType.name, codec: ColumnCodec.plain, "schema of the resource") { $0.schemaURL },
            .init("entity_refs", ColumnType.name, codec: ColumnCodec.plain, "entity references as JSON, else empty") {
                $0.entityRefs
            },
        ], engine: "ReplacingMergeTree(received_time)", order: "id")

    package static let scopes = TableDefinition<ScopeBlock>(
        "scopes",
        [
            .receivedTime { $0.receivedTime },
            .init("id", "UInt64", codec: ColumnCodec.plain, "hash of all below") { $0.id },
            .init("name", ColumnType.name, codec: ColumnCodec.plain, "name of the instrumentation scope") { $0.name },
            .init("version", ColumnType.name, codec: ColumnCodec.plain, "version of the scope") { $0.version },
        ] + TableDefinition<ScopeBlock>.Column.attributes { $0.attributes } + [
            .init("dropped_attributes", "UInt32", codec: ColumnCodec.counters, "attributes the sender dropped") {
                $0.droppedAttributes
            },
            .init("schema_url", ColumnType.name, codec: ColumnCodec.plain, "schema of the scope's data") {
                $0.schemaURL
            },
        ], engine: "ReplacingMergeTree(received_time)", order: "id")
}
