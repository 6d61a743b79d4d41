import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing

/// A store of schema version 1, whose metric points were sorted by series first.
@Suite struct RebuildTests {
    private static let retention = Retention(
        traces: .seconds(86_400), logs: .seconds(86_400), metrics: .seconds(86_400 * 10_000))

    private func oldStore(_ database: String) async throws -> DatabaseEngine {
        let engine = DatabaseEngine(try SharedEngine.open(), database: database)
        _ = try await TelemetryStore(engine, retention: Self.retention, logger: silentLogger())
        for statement in [
            "DROP TABLE `telemetry`.metric_samples SYNC",
            """
            CREATE TABLE `telemetry`.metric_samples (received_time DateTime64(9, 'UTC'), series_id UInt64,
            time DateTime64(9, 'UTC'), start_time DateTime64(9, 'UTC'), value Float64, int_value Int64, value_kind UInt8,
            flags UInt32) ENGINE = MergeTree PARTITION BY toDate(received_time) ORDER BY (series_id, time)
            """,
            """
            INSERT INTO `telemetry`.metric_samples SELECT now64(9) - number * 86400, number % 7,
            fromUnixTimestamp64Nano(toInt64(number) * 1800000000000), fromUnixTimestamp64Nano(0), number, number, 2, 0
            FROM numbers(150) SETTINGS max_partitions_per_insert_block = 0
            """,
            "ALTER TABLE `telemetry`.schema_migrations DELETE WHERE version > 1 SETTINGS mutations_sync = 2",
        ] { try await engine.execute(BoundStatement(statement)) }
        return engine
    }

    private func rows(_ engine: DatabaseEngine) async throws -> [String] {
        try await engine.rows(
            BoundStatement(
                "SELECT toString(tuple(count(), sum(value), min(hour), max(hour), sum(total))) FROM "
                    + "`telemetry`.metric_samples")
        ).map { $0.first?.text ?? "" }
    }

    @Test("points are kept, have their hour, and are sorted by it; 150 days are not too many")
    func pointsAreKept() async throws {
        let engine = try await oldStore("rebuild_plain")
        _ = try await TelemetryStore(engine, retention: Self.retention, logger: silentLogger())
        #expect(try await rows(engine) == ["(150,11175,0,74,0)"])
        let order = try await engine.rows(
            BoundStatement(
                "SELECT sorting_key FROM system.tables WHERE database = {database:String} AND name = 'metric_samples'",
                parameters: ["database": "telemetry"]))
        #expect(order.first?.first?.text == "hour, series_id, time")
    }

    @Test("a copy that a crash left is made anew; a table that a crash left without its name gets it")
    func afterACrash() async throws {
        let engine = try await oldStore("rebuild_crash")
        try await engine.execute(
            BoundStatement(
                "CREATE TABLE `telemetry`.metric_samples_rebuilt (x UInt8) ENGINE = MergeTree ORDER BY x"))
        _ = try await TelemetryStore(engine, retention: Self.retention, logger: silentLogger())
        #expect(try await rows(engine) == ["(150,11175,0,74,0)"])
        try await engine.execute(
            BoundStatement("RENAME TABLE `telemetry`.metric_samples TO `telemetry`.metric_samples_rebuilt"))
        try await engine.execute(
            BoundStatement(
                "ALTER TABLE `telemetry`.schema_migrations DELETE WHERE version > 1 SETTINGS mutations_sync = 2"))
        _ = try await TelemetryStore(engine, retention: Self.retention, logger: silentLogger())
        #expect(try await rows(engine) == ["(150,11175,0,74,0)"])
    }
}
