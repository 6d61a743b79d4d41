package import TelemetryModel

/// A record as it was appended.
package struct LogEntry: Sendable, Equatable {
    /// Rises through the log, from 1. There may be gaps: records whose write failed, and at least one at each opening.
    package let sequence: UInt64
    /// The caller's; the log does not look at it.
    package let tag: UInt8
    package let time: Timestamp
    package let body: [UInt8]

    package init(sequence: UInt64, tag: UInt8, time: Timestamp, body: [UInt8]) {
        self.sequence = sequence
        self.tag = tag
        self.time = time
        self.body = body
    }
}

/// A note that the records `first...last` are to be stored as one block under `token`.
package struct LogIntent: Sendable, Equatable {
    package let first: UInt64
    package let last: UInt64
    /// The same for the same range while a log is open, and never the same for two openings: a store that has seen a
    /// token drops the block, and after a power loss the sequences of lost records are given to other records.
    package let token: String

    package init(first: UInt64, last: UInt64, token: String) {
        self.first = first
        self.last = last
        self.token = token
    }
}

/// What an operator's status page shows of a log.
package struct LogStatus: Sendable {
    /// Bytes of the segments on disk and of what waits to be written: what `bytesMax` bounds.
    package var bytes: Int
    package var bytesMax: Int
    /// Records that wait to be written, those in the write under way included.
    package var recordsQueued: Int
    /// All records through this one are stored; 0 when none is.
    package var committed: UInt64
    /// The sequence that the next record gets.
    package var nextSequence: UInt64
    /// Groups of records that could not be written, and so were refused.
    package var writeFailures: Int
    /// Syncs that failed after their records had been completed (`SyncPolicy.interval`): those records are in the file
    /// as the kernel sees it, and may not survive a power loss.
    package var syncFailures: Int
    package var lastFailure: LogError?
}
