/// Rows of one table on their way to the store, as columns.
///
/// - Ownership: one task fills a block; after it is handed to the store it is only read.
package protocol Block: AnyObject, Sendable {
    init()
    var rows: Int { get }
    var columns: [any Column] { get }
}

extension Block {
    /// Bytes held by all columns; what the memory bound counts.
    package var byteCount: Int { columns.reduce(0) { $0 + $1.byteCount } }

    /// Cuts the block back to its first `rows` rows. Texts that only later rows had stay in the dictionaries.
    package func truncate(to rows: Int) {
        for column in columns { column.truncate(to: rows) }
    }

    /// Empties the block; its memory stays for the next rows.
    package func reset() {
        for column in columns { column.reset() }
    }
}
