/// A MergeTree table. Types, codecs and engine expressions are ClickHouse's own text: they come from the schema in the
/// source code, never from input.
package struct CreateTable: Sendable, Hashable {
    package struct Column: Sendable, Hashable {
        package let name: Identifier
        package let type: String
        package let codec: String?
        package let comment: String

        package init(_ name: Identifier, _ type: String, codec: String? = nil, comment: String) {
            self.name = name
            self.type = type
            self.codec = codec
            self.comment = comment
        }
    }

    package struct Index: Sendable, Hashable {
        package let name: Identifier
        package let expression: String
        package let type: String
        package let granularity: Int

        package init(_ name: Identifier, on expression: String, type: String, granularity: Int = 1) {
            self.name = name
            self.expression = expression
            self.type = type
            self.granularity = granularity
        }
    }

    package var table: TableName
    package var columns: [Column]
    package var indexes: [Index]
    package var engine: String
    package var partition: String?
    package var order: String
    package var timeToLive: String?
    package var settings: [(name: String, value: String)]

    package init(
        _ table: TableName, columns: [Column], indexes: [Index] = [], engine: String, partition: String?, order: String,
        timeToLive: String?, settings: [(name: String, value: String)]
    ) {
        self.table = table
        self.columns = columns
        self.indexes = indexes
        self.engine = engine
        self.partition = partition
        self.order = order
        self.timeToLive = timeToLive
        self.settings = settings
    }

    /// A quote or backslash inside a literal is written twice.
    private static func doubled(_ text: String) -> String {
        var doubled = "".unicodeScalars
        for scalar in text.unicodeScalars {
            if scalar == "'" || scalar == "\\" { doubled.append(scalar) }
            doubled.append(scalar)
        }
        return String(doubled)
    }

    package static func == (left: CreateTable, right: CreateTable) -> Bool { left.sql == right.sql }
    package func hash(into hasher: inout Hasher) { hasher.combine(sql) }

    package var sql: String {
        var lines = columns.map { column in
            let codec = column.codec.map { " CODEC(\($0))" } ?? ""
            return "    \(column.name.sql) \(column.type)\(codec) COMMENT '\(Self.doubled(column.comment))'"
        }
        lines += indexes.map { index in
            "    INDEX \(index.name.sql) \(index.expression) TYPE \(index.type) GRANULARITY \(index.granularity)"
        }
        var text =
            "CREATE TABLE IF NOT EXISTS \(table.sql)\n(\n\(lines.joined(separator: ",\n"))\n)\nENGINE = \(engine)\n"
        if let partition { text += "PARTITION BY \(partition)\n" }
        text += "ORDER BY \(order)\n"
        if let timeToLive { text += "TTL \(timeToLive)\n" }
        text += "SETTINGS " + settings.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
        return text
    }
}
