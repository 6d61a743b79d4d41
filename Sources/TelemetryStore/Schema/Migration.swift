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
}

extension TelemetrySchema {
    /// Every table's CREATE statement.
    package static let createStatements: [String] = [
        spans.create, logs.create, resources.create, scopes.create, metricSeries.create, metricSamples.create,
        metricHistograms.create, metricExponentialHistograms.create, metricSummaries.create, metricExemplars.create,
    ].map(\.sql)

    package static let migrations: [Migration] = [
        Migration(version: 1, name: "base tables", statements: createStatements)
    ]

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
            for statement in migration.statements {
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
