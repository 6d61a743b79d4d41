package import WriteAheadLog

/// Sizes and times of the pipeline.
package struct IngestLimits: Sendable, Equatable {
    /// Bytes that bodies in work and rows that wait may hold, all signals together.
    package var memoryBytes: Int
    /// A block of this many rows is stored without delay.
    package var blockRows: Int
    /// The longest that rows wait for their block to fill.
    package var flushInterval: Duration
    /// How long a request waits for memory before it is refused. Below the 10 s after which senders give up.
    package var patience = Duration.seconds(5)
    /// Bytes of each signal's log.
    package var logBytes: Int
    package var sync: SyncPolicy

    package init(
        memoryBytes: Int, blockRows: Int, flushInterval: Duration, logBytes: Int, sync: SyncPolicy
    ) {
        self.memoryBytes = memoryBytes
        self.blockRows = blockRows
        self.flushInterval = flushInterval
        self.logBytes = logBytes
        self.sync = sync
    }

    /// Bytes of rows that may wait before requests are slowed down, so that bodies find room in the rest: the block that
    /// is being stored and the one that fills meanwhile.
    var waitingBytes: Int { memoryBytes / 2 }

    /// A block of this many bytes is stored without delay, however few rows it has: the engine copies it, so it is the
    /// smallest part of the memory that still makes good parts.
    var blockBytes: Int { memoryBytes / 4 }
}
