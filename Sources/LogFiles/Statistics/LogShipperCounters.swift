package import TelemetryModel

/// What was read and handed over, since the start.
package struct LogShipperCounters: Sendable, Equatable {
    /// Line breaks met, and last lines without one.
    package var lines = 0
    package var bytes = 0
    /// Lines put together to events.
    package var events = 0
    /// Records that events became.
    package var records = 0
    /// Records that the sink took.
    package var acknowledged = 0
    /// Events that processors dropped.
    package var dropped = 0
    /// Records that the sink refused for good.
    package var rejected = 0
    /// Hand-overs that failed and were tried again.
    package var retries = 0
    package var batches = 0
    /// Events that were cut.
    package var truncated = 0
    /// Times that a file was cut, or another content took its place.
    package var restarts = 0
    /// What went wrong, by name.
    package var problems: [String: Int] = [:]

    package init() {}

    package mutating func add(_ other: LogShipperCounters) {
        lines += other.lines
        bytes += other.bytes
        events += other.events
        records += other.records
        acknowledged += other.acknowledged
        dropped += other.dropped
        rejected += other.rejected
        retries += other.retries
        batches += other.batches
        truncated += other.truncated
        restarts += other.restarts
        for (name, count) in other.problems { problems[name, default: 0] += count }
    }
}

/// How one file stands.
package struct LogFileState: Sendable, Equatable {
    package var path: String
    package var inode: UInt64
    package var size: Int
    /// All before is handed over.
    package var offset: Int
    package var isOpen: Bool
    package var lastRead: Timestamp
    package var counters: LogShipperCounters

    package var lagBytes: Int { max(0, size - offset) }
}

/// All of it at one moment.
package struct LogShipperSnapshot: Sendable {
    package var total = LogShipperCounters()
    package var files: [LogFileState] = []
    package var filesStarted = 0
    package var filesClosed = 0
    package var openFiles = 0
    package var scans = 0
    /// Records handed over to the sink and not yet taken.
    package var active = 0
    package var registryEntries = 0
    package var registryBytes = 0
    package var registryUpdates = 0
    package var registryCleanups = 0
    package var registryWrites = 0
    package var registryWriteFailures = 0
    package var processedLines = 0
    package var processedFailures = 0

    package init() {}

    package var lagBytes: Int { files.reduce(0) { $0 + $1.lagBytes } }
}
