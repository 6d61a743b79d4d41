import SQLSyntax

/// Views on spans for people who build databases. They are plain SELECTs over `spans`: nothing is stored for them, and a
/// condition on `start_time` of a view of rows reads only that part of the table.
struct ViewDefinition: Sendable {
    let name: TableName
    let comment: String
    let select: String

    init(_ name: Identifier, _ comment: String, _ select: String) {
        self.name = TableName(TelemetrySchema.database, name)
        self.comment = comment
        self.select = select
    }

    var sql: String { "CREATE VIEW IF NOT EXISTS \(name.sql) AS\n\(select)\nCOMMENT '\(comment)'" }
}

extension TelemetrySchema {
    /// The text of a database span's statement: the attribute of today, of before, and ReifyDB's.
    private static let statementText =
        "multiIf(mapContains(attributes, 'db.query.text'), attributes['db.query.text'], "
        + "mapContains(attributes, 'db.statement'), attributes['db.statement'], attributes['rql'])"

    /// The time of a span that none of its children covers, children clipped to it. Children sorted by start are gone
    /// through once: `covered` grows by what of a child lies behind the end of all before it.
    private static let selfTime =
        "spans.duration - arrayFold((covered, child) -> ("
        + "covered.1 + greatest(toInt64(0), least(child.2, end_ns) - greatest(child.1, covered.2)), "
        + "greatest(covered.2, least(child.2, end_ns))), children.intervals, (toInt64(0), start_ns)).1"

    static let views: [ViewDefinition] = [
        ViewDefinition(
            "operations", "rate, errors and duration of each operation; durations in ns",
            """
            SELECT service, name, kind, count() AS spans, countIf(status_code = 2) AS errors, sum(duration) AS total,
                quantile(0.5)(duration) AS p50, quantile(0.95)(duration) AS p95, quantile(0.99)(duration) AS p99,
                max(duration) AS max
            FROM `telemetry`.spans GROUP BY service, name, kind
            """),
        ViewDefinition(
            "span_statements", "a row for each span that has a statement: its fingerprint, literals masked",
            """
            SELECT trace_id, span_id, parent_span_id, start_time, duration, service, name, status_code,
                \(statementText) AS text, normalizeQuery(text) AS statement,
                normalizedQueryHash(text) AS statement_hash
            FROM `telemetry`.spans
            WHERE mapContains(attributes, 'db.query.text') OR mapContains(attributes, 'db.statement')
                OR mapContains(attributes, 'rql')
            """),
        ViewDefinition(
            "statements", "counts and durations by fingerprint; durations in ns",
            """
            SELECT statement, service, count() AS executions, countIf(status_code = 2) AS errors,
                sum(duration) AS total, quantile(0.5)(duration) AS p50, quantile(0.95)(duration) AS p95,
                quantile(0.99)(duration) AS p99, max(duration) AS max, any(text) AS sample
            FROM `telemetry`.span_statements GROUP BY statement, service
            """),
        ViewDefinition(
            "repeated_statements", "a statement that one span has executed five times or more",
            """
            SELECT trace_id, parent_span_id, service, statement, count() AS executions, sum(duration) AS total,
                min(start_time) AS first_time
            FROM `telemetry`.span_statements
            GROUP BY trace_id, parent_span_id, service, statement HAVING executions >= 5
            """),
        ViewDefinition(
            "span_self_times", "a row for each span: how long it worked itself, in ns",
            """
            SELECT spans.trace_id AS trace_id, spans.span_id AS span_id, spans.start_time AS start_time,
                spans.service AS service, spans.name AS name, spans.duration AS duration,
                toUnixTimestamp64Nano(spans.start_time) AS start_ns, start_ns + spans.duration AS end_ns,
                \(selfTime) AS self_time
            FROM `telemetry`.spans AS spans
            LEFT JOIN
            (
                SELECT trace_id, parent_span_id, arraySort(groupArray((toUnixTimestamp64Nano(start_time),
                    toUnixTimestamp64Nano(start_time) + duration))) AS intervals
                FROM `telemetry`.spans GROUP BY trace_id, parent_span_id
            ) AS children ON spans.trace_id = children.trace_id AND spans.span_id = children.parent_span_id
            """),
        ViewDefinition(
            "operation_self_times", "how long each operation worked itself; durations in ns",
            """
            SELECT service, name, count() AS spans, sum(duration) AS total, sum(self_time) AS self_total
            FROM `telemetry`.span_self_times GROUP BY service, name
            """),
        ViewDefinition(
            "service_calls", "a row for each span whose parent is of another service",
            """
            SELECT parent.service AS client, child.service AS server, child.trace_id AS trace_id,
                child.span_id AS span_id, child.start_time AS start_time, child.duration AS duration,
                child.status_code AS status_code
            FROM `telemetry`.spans AS child
            INNER JOIN (SELECT trace_id, span_id, service FROM `telemetry`.spans) AS parent
                ON child.trace_id = parent.trace_id AND child.parent_span_id = parent.span_id
            WHERE child.service != parent.service
            """),
    ]
}
