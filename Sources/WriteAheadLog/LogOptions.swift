/// When the log asks the disk to keep what it wrote.
///
/// What each promises about a record whose completion said success:
///
/// | policy     | the process is killed | the machine loses power                                            |
/// |------------|-----------------------|--------------------------------------------------------------------|
/// | `always`   | kept                  | kept: it was synced before the completion                          |
/// | `interval` | kept                  | kept when completed longer ago than the interval, else may be lost |
/// | `never`    | kept                  | may be lost until the system has written its caches (about 30 s)   |
///
/// A kill loses nothing under any of them because a completed record has been handed to the kernel by then.
package enum SyncPolicy: Sendable, Equatable {
    /// One sync for each group of records that were waiting together, before they are completed.
    case always
    /// Completed when written; synced at the latest this long after the first write that is not yet synced.
    case interval(Duration)
    /// Never synced by the log, neither files nor directory; not even intents.
    case never
}

/// Where a log lies and how large it may get.
package struct LogOptions: Sendable {
    /// Made with its parents when it is not there.
    package var directory: String
    package var sync: SyncPolicy
    /// A new segment begins where the current one would pass this size; one record may be larger than that. Held to a
    /// quarter of `bytesMax`, because space comes back by whole segments.
    package var segmentBytes: Int
    /// Segments on disk and records that wait to be written, together; past it `append` throws `.full`. The log's own
    /// notes (intents, commits, headers of segments) are let past it, since they are what makes it smaller again.
    package var bytesMax: Int

    package init(directory: String, sync: SyncPolicy, segmentBytes: Int = 64 << 20, bytesMax: Int) {
        self.directory = directory
        self.sync = sync
        self.segmentBytes = segmentBytes
        self.bytesMax = bytesMax
    }

    var segmentBytesMax: Int { max(1, min(segmentBytes, bytesMax / 4)) }
}
