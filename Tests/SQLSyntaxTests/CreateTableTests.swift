import SQLSyntax
import Testing

@Suite struct CreateTableTests {
    private let full = CreateTable(
        TableName("martlet", "spans"),
        columns: [
            .init("Time", "DateTime64(9)", codec: "Delta, ZSTD(1)", comment: "the sender's start"),
            .init("Name", "String", comment: "plain"),
        ],
        indexes: [
            .init("by_id", on: "TraceId", type: "bloom_filter(0.001)"),
            .init("by_time", on: "Time", type: "minmax", granularity: 4),
        ],
        engine: "MergeTree", partition: "toDate(Time)", order: "(Name, Time)", timeToLive: "Time + INTERVAL 7 DAY",
        settings: [("index_granularity", "8192"), ("ttl_only_drop_parts", "1")])

    @Test func everyClausePrints() {
        #expect(
            full.sql == """
                CREATE TABLE IF NOT EXISTS `martlet`.`spans`
                (
                    `Time` DateTime64(9) CODEC(Delta, ZSTD(1)) COMMENT 'the sender''s start',
                    `Name` String COMMENT 'plain',
                    INDEX `by_id` TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
                    INDEX `by_time` Time TYPE minmax GRANULARITY 4
                )
                ENGINE = MergeTree
                PARTITION BY toDate(Time)
                ORDER BY (Name, Time)
                TTL Time + INTERVAL 7 DAY
                SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1
                """)
    }

    @Test func absentClausesLeaveNoTrace() {
        let table = CreateTable(
            TableName("d", "t"), columns: [.init("a", "UInt8", comment: "")], engine: "MergeTree", partition: nil,
            order: "a", timeToLive: nil, settings: [("x", "1")])
        #expect(
            table.sql == """
                CREATE TABLE IF NOT EXISTS `d`.`t`
                (
                    `a` UInt8 COMMENT ''
                )
                ENGINE = MergeTree
                ORDER BY a
                SETTINGS x = 1
                """)
    }

    @Test(arguments: [
        ("it's", "it''s"),
        ("''", "''''"),
        ("no quote", "no quote"),
        // Swift takes these three scalars for one character more; the engine reads bytes.
        ("a'\u{301}b", "a''\u{301}b"),
        // The engine reads a backslash as the start of an escape.
        ("ends with \\", "ends with \\\\"),
    ])
    func commentsCannotLeaveTheirLiteral(comment: String, literal: String) {
        let table = CreateTable(
            TableName("d", "t"), columns: [.init("a", "UInt8", comment: comment)], engine: "E", partition: nil,
            order: "a",
            timeToLive: nil, settings: [])
        #expect(table.sql.contains("`a` UInt8 COMMENT '\(literal)'\n"))
    }

    @Test func tablesAreEqualWhenTheirTextIs() {
        var other = full
        #expect(other == full)
        #expect(other.hashValue == full.hashValue)
        other.settings[0].value = "4096"
        #expect(other != full)
    }
}
