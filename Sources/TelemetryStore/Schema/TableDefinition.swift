package import SQLSyntax
package import TelemetryModel

/// A table and how the columns of its blocks go into it: one list gives the CREATE statement and the insert.
package struct TableDefinition<Rows: Block>: Sendable {
    package struct Column: Sendable {
        package let definition: CreateTable.Column
        package let values: @Sendable (Rows) -> any TelemetryModel.Column

        init(
            _ name: Identifier, _ type: String, codec: String? = nil, _ comment: String,
            _ values: @escaping @Sendable (Rows) -> any TelemetryModel.Column
        ) {
            definition = CreateTable.Column(name, type, codec: codec, comment: comment)
            self.values = values
        }
    }

    package let name: TableName
    package let create: CreateTable
    package let columns: [Column]

    init(
        _ table: Identifier, _ columns: [Column], indexes: [CreateTable.Index] = [], engine: String = "MergeTree",
        order: String, rowsPerMark: Int = 8192
    ) {
        name = TableName(TelemetrySchema.database, table)
        self.columns = columns
        create = CreateTable(
            name, columns: columns.map(\.definition), indexes: indexes, engine: engine,
            partition: "toDate(received_time)", order: order, timeToLive: nil,
            settings: [("index_granularity", "\(rowsPerMark)")] + TelemetrySchema.mergeSettings)
    }
}

/// ClickHouse column types that the schema uses more than once.
enum ColumnType {
    static let time = "DateTime64(9, 'UTC')"
    static let text = "String"
    static let name = "LowCardinality(String)"
    static let attributes = "Map(LowCardinality(String), String)"
    static let numbers = "Map(LowCardinality(String), Float64)"

    static func list(_ type: String) -> String { "Array(\(type))" }
}

/// Compression codecs. Everything is ZSTD(1): against LZ4 it costs 0.2 s per million spans and saves a quarter of the
/// bytes; times and counters are differenced first.
enum ColumnCodec {
    static let plain = "ZSTD(1)"
    static let times = "Delta, ZSTD(1)"
    /// For texts that are looked through whole: unpacking is most of the cost of it, and LZ4 halves that (32 instead of 65
    /// CPU ms per million lines of 100 bytes), for twice the bytes.
    static let searched = "LZ4"
    static let numbers = "Gorilla, ZSTD(1)"
    static let counters = "T64, ZSTD(1)"
}

extension TableDefinition.Column {
    /// When the row arrived: what partitions and retention go by, so that neither a sender's wrong clock nor an import
    /// of old files makes partitions without end or rows that vanish at once.
    static func receivedTime(
        _ values: @escaping @Sendable (Rows) -> any TelemetryModel.Column
    ) -> TableDefinition<Rows>.Column {
        .init(
            "received_time", ColumnType.time, codec: ColumnCodec.times, "arrival; partitions and retention go by it",
            values)
    }

    /// The hour of a point. Sorted by it first, a query over some minutes of all series reads these hours and not the
    /// whole day, and a query for one series still reads a granule an hour. A column of ours, because `toStartOfHour`
    /// wraps after 2106 and the primary key can do nothing with other expressions of a time.
    static func hour(_ values: @escaping @Sendable (Rows) -> any TelemetryModel.Column) -> TableDefinition<Rows>.Column
    {
        .init("hour", "Int32", codec: ColumnCodec.counters, "hours from 1970 to time", values)
    }

    /// The three columns of a set of attributes; `prefix` is empty or ends in an underscore.
    static func attributes(
        _ values: @escaping @Sendable (Rows) -> AttributeColumns
    ) -> [TableDefinition<Rows>.Column] {
        [
            .init("attributes", ColumnType.attributes, codec: ColumnCodec.plain, "every attribute as text") {
                values($0).text
            },
            .init(
                "attribute_types", ColumnType.name, codec: ColumnCodec.plain,
                "a letter per entry of attributes: s i d b string int double bool, a m array map, x bytes, n none, o nested"
            ) { values($0).types },
            .init(
                "attribute_numbers", ColumnType.numbers, codec: ColumnCodec.plain,
                "the int and double attributes as numbers"
            ) { values($0).numbers },
        ]
    }
}
