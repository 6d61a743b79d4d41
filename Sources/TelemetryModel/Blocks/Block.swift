/// Rows of one table on their way to the store, as columns.
///
/// - Ownership: one task fills a block; after it is handed to the store it is only read.
package protocol Block: AnyObject, Sendable {
    init()
    var rows: Int { get }
    /// Bytes held by all columns; what the memory bound counts.
    var byteCount: Int { get }
}
