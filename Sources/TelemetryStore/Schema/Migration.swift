import ClickHouse
import Logging
import SQLSyntax
import TelemetryModel

/// A step from one version of the schema to the next. Steps are never changed once released; a change of a table is a
/// new step with ALTER statements beside the changed definition.
package struct Migration: Sendable {
    package let version: Int
    package let name: String
    package let statements: [String]
    /// Tables whose order changed: made anew and filled from the old ones, before the statements.
    package var rebuilt: [RebuiltTable] = []
}

/// A table whose ORDER BY is another than it was; the engine cannot change that in place.
package struct RebuiltTable: Sendable {
    let create: CreateTable
    /// The columns to copy, as SELECT has them: those of the old table, and expressions for new ones.
    let columns: [(name: String, value: String)]
}

extension TelemetrySchema {
    /// Every table's CREATE statement.
    package static let createStatements: [String] =
        [
            spans.create, logs.create, resources.create, scopes.create, metricSeries.create, metricSamples.create,
            metricHistograms.create, metricExponentialHistograms.create, metricSummaries.create, metricExemplars.create,
            metricNativeHistograms.create, metricMetadata.create, metricTargets.create, attributeKeys.create,
            archivedSpans.create, archivedResources.create, archivedScopes.create,
        ].map(\.sql) + views.map(\.sql)

    package static let migrations: [Migration] = [
        Migration(version: 1, name: "base tables", statements: createStatements),
        Migration(
            version: 2, name: "PromQL",
            statements: [
                metricNativeHistograms.create.sql, metricMetadata.create.sql, metricTargets.create.sql,
                "ALTER TABLE \(metricSeries.name.sql) ADD COLUMN IF NOT EXISTS form LowCardinality(String) "
                    + "DEFAULT 'otlp' AFTER id",
            ],
            rebuilt: [
                RebuiltTable(metricSamples, without: ["hour", "total"]),
                RebuiltTable(metricHistograms, without: ["hour", "total_count", "total_sum", "total_bucket_counts"]),
                RebuiltTable(metricExponentialHistograms, without: ["hour"]),
            ]),
        Migration(
            version: 3, name: "TraceQL",
            statements: [
                attributeKeys.create.sql, archivedSpans.create.sql, archivedResources.create.sql,
                archivedScopes.create.sql,
            ]
                + spanIndexes.flatMap { index in
                    [
                        "ALTER TABLE \(spans.name.sql) ADD INDEX IF NOT EXISTS \(index.name.sql) \(index.expression) "
                            + "TYPE \(index.type) GRANULARITY \(index.granularity)",
                        // In the background; a part without it is read.
                        "ALTER TABLE \(spans.name.sql) MATERIALIZE INDEX \(index.name.sql) "
                            + "SETTINGS mutations_sync = 0, alter_sync = 0",
                    ]
                } + [
                    "ALTER TABLE \(spans.name.sql) DROP INDEX IF EXISTS trace SETTINGS mutations_sync = 0, alter_sync = 0"
                ] + keysOfStoredSpans + views.map(\.sql)),
        Migration(
            version: 4, name: "LogQL",
            statements: [
                "ALTER TABLE \(logs.name.sql) ADD COLUMN IF NOT EXISTS detected_level LowCardinality(String) DEFAULT "
                    + levelOfSeverity + " AFTER severity_text",
                "ALTER TABLE \(logs.name.sql) MODIFY COLUMN body String CODEC(\(ColumnCodec.searched))",
            ]
                + logIndexes.filter { $0.name.name != "trace" }.flatMap { index in
                    [
                        "ALTER TABLE \(logs.name.sql) ADD INDEX IF NOT EXISTS \(index.name.sql) \(index.expression) "
                            + "TYPE \(index.type) GRANULARITY \(index.granularity)",
                        "ALTER TABLE \(logs.name.sql) MATERIALIZE INDEX \(index.name.sql) "
                            + "SETTINGS mutations_sync = 0, alter_sync = 0",
                    ]
                } + keysOfStoredLogs),
    ]

    /// The level of records that were stored before levels were looked for in texts.
    private static let levelOfSeverity =
        "multiIf(severity_number BETWEEN 1 AND 4, 'trace', severity_number BETWEEN 5 AND 8, 'debug', "
        + "severity_number BETWEEN 9 AND 12, 'info', severity_number BETWEEN 13 AND 16, 'warn', "
        + "severity_number BETWEEN 17 AND 20, 'error', severity_number BETWEEN 21 AND 24, 'fatal', 'unknown')"

    private static let keysOfStoredLogs = [
        keysStatement("log", logs.name, "mapKeys(attributes)", "toString(attribute_types)")
    ]

    /// The names of the attributes of spans that were stored before there was a table for them.
    private static let keysOfStoredSpans: [String] = [
        ("span", spans.name, "mapKeys(attributes)", "toString(attribute_types)"),
        ("resource", resources.name, "mapKeys(attributes)", "toString(attribute_types)"),
        ("scope", scopes.name, "mapKeys(attributes)", "toString(attribute_types)"),
        (
            "event", spans.name, "arrayFlatten(arrayMap(x -> mapKeys(x), event_attributes))",
            "arrayStringConcat(arrayMap(x -> toString(x), event_attribute_types))"
        ),
        (
            "link", spans.name, "arrayFlatten(arrayMap(x -> mapKeys(x), link_attributes))",
            "arrayStringConcat(arrayMap(x -> toString(x), link_attribute_types))"
        ),
    ].map(keysStatement)

    private static func keysStatement(_ place: String, _ table: TableName, _ keys: String, _ letters: String) -> String
    {
        "INSERT INTO \(attributeKeys.name.sql) (received_time, place, key, is_array) "
            + "SELECT max(received_time), '\(place)', entry.1 AS key, entry.2 = 'a' AS is_array FROM "
            + "(SELECT received_time, arrayJoin(arrayZip(\(keys), "
            + "arrayResize(splitByString('', \(letters)), length(\(keys)), 's'))) AS entry FROM \(table.sql)) "
            + "GROUP BY toDate(received_time), key, is_array "
            + "SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0"
    }

    private static let migrationTable = TableName(database, "schema_migrations")

    /// Brings a store to this version's schema. Every statement of a step can run twice, so a step that a crash cut
    /// short is run again as a whole.
    ///
    /// - Throws: `StoreError.schemaTooNew` when a later Martlet made the store.
    static func migrate(_ engine: any Engine, logger: Logger) async throws {
        try await engine.execute(BoundStatement("CREATE DATABASE IF NOT EXISTS \(database.sql)"))
        try await engine.execute(
            BoundStatement(
                "CREATE TABLE IF NOT EXISTS \(migrationTable.sql) (version UInt32, name String, "
                    + "applied_time DateTime64(3, 'UTC') DEFAULT now64(3)) ENGINE = MergeTree ORDER BY version"))
        let rows = try await engine.rows(BoundStatement("SELECT max(version) FROM \(migrationTable.sql)"))
        let current = Int(rows.first?.first?.integer ?? 0)
        guard let newest = migrations.last?.version, current <= newest else {
            throw StoreError(
                .schemaTooNew,
                "the store has schema version \(current), this Martlet knows up to \(migrations.last?.version ?? 0); "
                    + "run the newer Martlet, or another directory with --data")
        }
        for migration in migrations where migration.version > current {
            // The first step makes every table as it is today: the later ones find nothing to do in a new store.
            let isDone = current == 0 && migration.version > 1
            for table in isDone ? [] : migration.rebuilt { try await table.rebuild(in: engine) }
            for statement in isDone ? [] : migration.statements {
                try await engine.execute(BoundStatement(statement))
            }
            try await engine.execute(
                BoundStatement(
                    "INSERT INTO \(migrationTable.sql) (version, name) SELECT {version:UInt32}, {name:String}",
                    parameters: ["version": "\(migration.version)", "name": migration.name]))
            logger.info("schema migrated", metadata: ["version": "\(migration.version)", "step": "\(migration.name)"])
        }
    }
}

extension RebuiltTable {
    /// - Parameter missing: columns that the old table did not have: the hour of `time`, and others with their defaults.
    init<Rows: Block>(_ table: TableDefinition<Rows>, without missing: Set<String>) {
        create = table.create
        columns = table.columns.map(\.definition.name.name).filter { $0 == "hour" || !missing.contains($0) }.map {
            ($0, $0 == "hour" ? "toInt32(intDiv(toUnixTimestamp64Nano(time), 3600000000000))" : Identifier($0).sql)
        }
    }

    /// A crash at any step leaves the old table whole or the new one complete, and a second run finishes.
    func rebuild(in engine: any Engine) async throws {
        var copy = create
        copy.table = TableName(create.table.database, Identifier(create.table.table.name + "_rebuilt"))
        func order(_ table: TableName) async throws -> String? {
            try await engine.rows(
                BoundStatement(
                    "SELECT sorting_key FROM system.tables WHERE database = {database:String} AND name = {name:String}",
                    parameters: ["database": table.database.name, "name": table.table.name])
            ).first?.first?.text
        }
        let present = try await order(create.table)
        if let present {
            guard "(\(present))" != create.order else { return }
            // What a crash left of a copy goes with its memory of blocks, or the same blocks would be taken for repeated.
            try await drop(copy.table, engine)
            try await engine.execute(BoundStatement(copy.sql))
            try await engine.execute(
                BoundStatement(
                    "INSERT INTO \(copy.table.sql) (\(columns.map { Identifier($0.name).sql }.joined(separator: ", "))) "
                        + "SELECT \(columns.map(\.value).joined(separator: ", ")) FROM \(create.table.sql) "
                        + "SETTINGS insert_deduplicate = 0, max_partitions_per_insert_block = 0"))
            let counts = try await (count(create.table, engine), count(copy.table, engine))
            guard counts.0 == counts.1 else {
                throw StoreError(
                    .migrationFailed,
                    "the copy of \(create.table.table.name) has \(counts.1) rows of \(counts.0); nothing was changed, "
                        + "start again")
            }
            try await drop(create.table, engine)
        }
        try await engine.execute(BoundStatement("RENAME TABLE \(copy.table.sql) TO \(create.table.sql)"))
    }

    private func drop(_ table: TableName, _ engine: any Engine) async throws {
        try await engine.execute(
            BoundStatement("DROP TABLE IF EXISTS \(table.sql) SYNC SETTINGS max_table_size_to_drop = 0"))
    }

    private func count(_ table: TableName, _ engine: any Engine) async throws -> UInt64 {
        try await engine.rows(BoundStatement("SELECT count() FROM \(table.sql)")).first?.first?.unsignedInteger ?? 0
    }
}
