package import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file of lines that is appended to, also after a restart, and put aside under a name with the time (`RotatedName`)
/// when it is large or old.
///
/// Before each write it looks whether its name still leads to the file: one that was deleted or moved away is made again.
/// Of a write that failed half-way the part is cut off again, so that the file holds whole lines.
///
/// Used by one owner at a time. Blocks.
// Sendable: used by the actor that owns it only.
package final class RotatingFile: @unchecked Sendable {
    package struct Options: Sendable {
        package var path: String
        /// Before a write that would go beyond, the file is put aside.
        package var bytesMax = 100 << 20
        /// A file that began longer ago is put aside before the next write; nil for never.
        package var ageMax: Duration? = .seconds(7 * 86_400)
        /// Files put aside that are kept.
        package var backupsMax = 3

        package init(path: String) { self.path = path }
    }

    /// What `prepare` found.
    package enum Change: Sendable, Equatable {
        /// The file and its length are as they were.
        case none
        /// Another file, or somebody else has changed its length.
        case other
    }

    package let options: Options
    package let name: RotatedName
    package private(set) var identity: FileIdentity?
    package private(set) var size = 0
    /// When its first line was written; of a file that was there, when it was written last, unless the owner knows better.
    package var began = Timestamp(nanoseconds: 0)
    /// Files put aside so far.
    package private(set) var rotations = 0

    /// Asked when a file is opened that is not empty: the length of what is whole in it, when it may have more.
    package var wholeLength: (FileIdentity, _ size: Int) -> Int? = { _, _ in nil }

    private let clock: @Sendable () -> Timestamp
    private var descriptor: Int32 = -1
    private var lastRotation = Timestamp(nanoseconds: 0)

    package init(_ options: Options, clock: @escaping @Sendable () -> Timestamp = { .now() }) {
        self.options = options
        self.clock = clock
        name = RotatedName(options.path)
    }

    deinit { if descriptor >= 0 { Self.close(descriptor) } }

    /// Opens the file if need be, and puts it aside if it is full or old. After this, `write` adds to `identity` at
    /// `size`.
    package func prepare(for bytes: Int) throws(FileFailure) -> Change {
        var change = try openIfNeeded()
        if isDue(bytes) {
            try rotate()
            change = try openIfNeeded()
        }
        return change
    }

    /// Whether it would be put aside before a write of so many bytes.
    package func isDue(_ bytes: Int) -> Bool {
        guard size > 0 else { return false }
        if size > options.bytesMax - bytes { return true }
        guard let ageMax = options.ageMax else { return false }
        return clock().nanoseconds &- began.nanoseconds >= Int64(clamping: ageMax.components.seconds) &* 1_000_000_000
            &+ ageMax.components.attoseconds / 1_000_000_000
    }

    /// Appends whole lines; called after `prepare`.
    ///
    /// - Returns: why they could not be written.
    package func write(_ bytes: UnsafeRawBufferPointer) -> FileFailure? {
        let failure = WholeWrite.write(bytes, to: descriptor)
        guard failure == 0 else {
            ftruncate(descriptor, off_t(size))
            return FileFailure(number: failure)
        }
        if size == 0 { began = clock() }
        size += bytes.count
        return nil
    }

    /// Gives the file its name with the time, and lets go of the oldest ones beyond `backupsMax`.
    package func rotate() throws(FileFailure) {
        close()
        if options.backupsMax == 0 {
            unlink(options.path)
        } else {
            // Never before the one before, also within a millisecond: names sort by their age.
            var time = max(clock(), Timestamp(nanoseconds: lastRotation.nanoseconds &+ 1_000_000))
            while taken(name.path(at: time)) { time.nanoseconds &+= 1_000_000 }
            guard rename(options.path, name.path(at: time)) == 0 else { throw FileFailure(number: errno) }
            lastRotation = time
        }
        rotations += 1
        prune()
    }

    package func close() {
        if descriptor >= 0 { Self.close(descriptor) }
        descriptor = -1
        identity = nil
        size = 0
    }

    // A member's name hides the system's.
    private static func close(_ descriptor: Int32) {
        #if canImport(Darwin)
        _ = Darwin.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Glibc.close(descriptor)
        #endif
    }

    private func openIfNeeded() throws(FileFailure) -> Change {
        if descriptor >= 0, let identity, FileStatus.of(path: options.path)?.identity == identity,
            let status = FileStatus.of(descriptor: descriptor)
        {
            defer { size = status.size }
            return status.size == size ? .none : .other
        }
        close()
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC
        descriptor = open(options.path, flags, 0o644)
        if descriptor < 0, errno == ENOENT, FolderTree.make(name.folder) {
            descriptor = open(options.path, flags, 0o644)
        }
        guard descriptor >= 0, let status = FileStatus.of(descriptor: descriptor) else {
            throw FileFailure(number: errno)
        }
        guard status.isRegular else {
            close()
            throw FileFailure(number: EINVAL)
        }
        identity = status.identity
        size = status.size
        began = size == 0 ? clock() : Timestamp(nanoseconds: status.modified)
        if size > 0, let whole = wholeLength(status.identity, size), whole < size {
            guard ftruncate(descriptor, off_t(whole)) == 0 else { throw FileFailure(number: errno) }
            size = whole
        }
        try mendLastLine()
        return .other
    }

    /// Somebody else, or this process before it was killed, has left half a line.
    private func mendLastLine() throws(FileFailure) {
        guard size > 0 else { return }
        let file = try OpenFile(options.path)
        let last = UnsafeMutableRawBufferPointer.allocate(byteCount: 1, alignment: 1)
        defer { last.deallocate() }
        guard try file.read(into: last, at: size - 1) == 1, last[0] != UInt8(ascii: "\n") else { return }
        last[0] = UInt8(ascii: "\n")
        let failure = WholeWrite.write(UnsafeRawBufferPointer(last), to: descriptor)
        guard failure == 0 else { throw FileFailure(number: failure) }
        size += 1
    }

    /// In either form.
    private func taken(_ path: String) -> Bool {
        ([""] + RotatedName.compressedEndings).contains { access(path + $0, F_OK) == 0 }
    }

    private func prune() {
        let files = name.rotated()
        let stamps = Set(files.map(\.stamp)).sorted()
        guard stamps.count > options.backupsMax else { return }
        let gone = Set(stamps.prefix(stamps.count - options.backupsMax))
        for file in files where gone.contains(file.stamp) { unlink(file.path) }
    }
}
