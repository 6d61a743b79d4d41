package import TelemetryModel

/// Takes the records of log files.
///
/// Called by `LogFileTailer`: for one file in the order of its lines, one call at a time; for several files at once.
package protocol LogFileSink: Sendable {
    /// Takes a batch as a whole. Returns when it will survive the end of the process; throws when nothing of it was taken.
    ///
    /// - Parameter drafts: of one file, not empty. All have the attributes `log.offset` and `log.file.inode`, and the
    ///   path in their resource (`log.file.path`).
    /// - Throws: `LogFileSinkError` says by its kind what becomes of the batch; any other error means "later".
    func admit(_ drafts: [LogDraft]) async throws

    /// Whether a batch was taken before the process ended last time. Asked at the start only, once for each batch that
    /// was being handed over at that moment.
    ///
    /// - Parameters:
    ///   - offset: `log.offset` of the batch's first record.
    ///   - since: `observedTime` of that record. The same place of a file that was truncated may have been read before;
    ///     those records are older.
    /// - Throws: when that cannot be told yet; asked again.
    func isStored(path: String, inode: UInt64, offset: Int, since: Timestamp) async throws -> Bool
}

/// Why a sink did not take a batch.
package struct LogFileSinkError: Error, Sendable, CustomStringConvertible {
    /// - `tooLarge`: sent again in two halves; a single event is given up.
    /// - `invalid`, `unsupported`: the batch is given up and counted, as it would fail for ever.
    /// - All others: sent again later, and nothing is read meanwhile.
    package let kind: ErrorKind
    package let message: String

    package init(_ kind: ErrorKind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    package var description: String { message }
}
