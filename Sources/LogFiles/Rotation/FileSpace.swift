import Synchronization
package import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Bounds the bytes on disk of several rotating files together, those put aside included.
///
/// When there is no room, the oldest files that were put aside go, of whichever file they are; when there are none left,
/// nothing more may be written until somebody makes room.
///
/// Asked from the threads of the files; blocks when it looks at the disk.
package final class FileSpace: Sendable {
    private struct State {
        /// As found last, and what was written since.
        var used = 0
        /// When the disk was looked at last.
        var measured: Timestamp?
        var removed = 0
        var isFull = false
    }

    /// Between two looks at the disk while there is no room.
    private static let lookInterval: Int64 = 1_000_000_000

    package let bytesMax: Int
    private let names: [RotatedName]
    private let clock: @Sendable () -> Timestamp
    private let state = Mutex(State())

    /// - Parameter paths: of the live files. What is a link to another of them counts once.
    package init(
        bytesMax: Int, paths: [String], clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.bytesMax = bytesMax
        self.clock = clock
        names = paths.map { RotatedName($0) }
    }

    /// Bytes of all files.
    package var used: Int { state.withLock { $0.used } }
    /// Files that went to make room.
    package var removed: Int { state.withLock { $0.removed } }
    /// Whether the last write found no room.
    package var isFull: Bool { state.withLock { $0.isFull } }

    /// Whether so many bytes may be written; they are counted then.
    package func take(_ bytes: Int) -> Bool {
        state.withLock { state in
            let now = clock()
            let isOver = state.used > bytesMax - bytes
            let sinceLook = now.nanoseconds &- (state.measured?.nanoseconds ?? 0)
            // While it is full, not for every write.
            if state.measured == nil || isOver && (!state.isFull || sinceLook >= Self.lookInterval) {
                measure(&state, now, for: bytes)
            }
            state.isFull = state.used > bytesMax - bytes
            if !state.isFull { state.used += bytes }
            return !state.isFull
        }
    }

    /// Looks at the disk: others delete files, and compression makes them smaller.
    package func measure() {
        state.withLock { measure(&$0, clock(), for: 0) }
    }

    private func measure(_ state: inout State, _ now: Timestamp, for bytes: Int) {
        state.measured = now
        var seen: Set<FileIdentity> = []
        var used = 0
        var rotated: [RotatedFile] = []
        for name in names {
            if let status = FileStatus.of(path: name.path), status.isRegular, seen.insert(status.identity).inserted {
                used += status.size
            }
            for file in name.rotated() where seen.insert(file.identity).inserted {
                used += file.size
                rotated.append(file)
            }
        }
        rotated.sort { $0.stamp < $1.stamp }
        for file in rotated {
            guard used > bytesMax - bytes else { break }
            if unlink(file.path) == 0 {
                used -= file.size
                state.removed += 1
            }
        }
        state.used = used
    }
}
