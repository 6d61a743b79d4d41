package import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A second name for a rotating file: the same bytes, without writing them twice. Where the file system has no such names,
/// a file of its own that is written, too.
///
/// Used by the owner of the file. Blocks.
// Sendable: used by the actor that owns it only.
package final class LinkedCopy: @unchecked Sendable {
    package let path: String
    private let source: String
    private let name: RotatedName
    private let clock: @Sendable () -> Timestamp
    private let options: RotatingFile.Options
    /// Where there are no second names.
    private var copy: RotatingFile?

    /// - Parameter options: of the file that this is a copy of.
    package init(
        _ path: String, of options: RotatingFile.Options, clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.path = path
        self.clock = clock
        source = options.path
        name = RotatedName(path)
        var own = options
        own.path = path
        self.options = own
    }

    /// Whether it is a file of its own.
    package var isCopied: Bool { copy != nil }

    /// Leads the name to the file as it is now. A file that has the name, and whose bytes have no other name, is put aside.
    package func follow(_ identity: FileIdentity) -> FileFailure? {
        guard copy == nil else { return nil }
        if let status = FileStatus.of(path: path) {
            if status.identity == identity { return nil }
            if status.isRegular, status.size > 0, status.links < 2 {
                var time = clock()
                while access(name.path(at: time), F_OK) == 0 { time.nanoseconds &+= 1_000_000 }
                guard rename(path, name.path(at: time)) == 0 else { return FileFailure(number: errno) }
            }
        }
        let temporary = path + RotatedName.unfinishedEnding
        unlink(temporary)
        guard link(source, temporary) == 0 else {
            let failure = errno
            switch failure {
            case EPERM, EXDEV, EMLINK, EOPNOTSUPP, ENOSYS:
                copy = RotatingFile(options, clock: clock)
                return nil
            default: return FileFailure(number: failure)
            }
        }
        guard rename(temporary, path) == 0 else { return FileFailure(number: errno) }
        return nil
    }

    /// Writes what was written to the file, where that has to be done twice.
    package func write(_ bytes: UnsafeRawBufferPointer) -> FileFailure? {
        guard let copy else { return nil }
        do throws(FileFailure) {
            _ = try copy.prepare(for: bytes.count)
        } catch {
            return error
        }
        return copy.write(bytes)
    }
}
