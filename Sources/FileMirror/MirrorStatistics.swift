import Synchronization
package import TelemetryModel

/// What the mirror has done since the start.
package struct MirrorSnapshot: Sendable, Equatable {
    package struct File: Sendable, Equatable {
        package var bytes = 0
        package var lines = 0
        /// Spans, points, records.
        package var items = 0
        package var blocks = 0
        /// Blocks that were in the file already, as they came again after a crash.
        package var repeatedBlocks = 0
        /// Items that are not in the file, by reason: `disk_bytes` past the bound of all files, `disk_full`,
        /// `permission`, `io`, …
        package var dropped: [String: Int] = [:]
        /// Failures by reason, each of a write, however many items it was for.
        package var failures: [String: Int] = [:]
        package var rotations = 0
        /// Why nothing is written at present, for a person; empty when all is well.
        package var trouble = ""
    }

    package var files: [Signal: File] = [:]
    package var compressed = 0
    package var compressionFailures = 0
    package var pagesWritten = 0
    package var pageBytes = 0
    package var pageFailures = 0
}

/// Where the parts of the mirror tell how they stand, and others read it.
final class MirrorStatistics: Sendable {
    private let state = Mutex(MirrorSnapshot())

    var snapshot: MirrorSnapshot { state.withLock { $0 } }

    func update(_ change: (inout MirrorSnapshot) -> Void) { state.withLock { change(&$0) } }

    func update(_ signal: Signal, _ change: (inout MirrorSnapshot.File) -> Void) {
        state.withLock { change(&$0.files[signal, default: .init()]) }
    }
}
