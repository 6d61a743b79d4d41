/// A name in ClickHouse SQL: a table, a column, a function. Always printed quoted, so that no name is ever mistaken.
package struct Identifier: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    package init(stringLiteral name: String) {
        self.name = name
    }

    package var description: String { name }

    /// The name between backquotes; backquote and backslash are escaped (ClickHouse, "Syntax: Identifiers").
    package var sql: String {
        // By scalars: with a combining mark behind it a backquote is another character, but still a backquote.
        var quoted = "`".unicodeScalars
        for scalar in name.unicodeScalars {
            if scalar == "`" || scalar == "\\" { quoted.append("\\") }
            quoted.append(scalar)
        }
        quoted.append("`")
        return String(quoted)
    }
}

/// A table with its database.
package struct TableName: Hashable, Sendable {
    package let database: Identifier
    package let table: Identifier

    package init(_ database: Identifier, _ table: Identifier) {
        self.database = database
        self.table = table
    }

    package var sql: String { "\(database.sql).\(table.sql)" }
}
