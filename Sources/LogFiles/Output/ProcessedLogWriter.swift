package import LogProcessing
package import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Appends records to a file as lines of JSON, and begins a new one when it is large.
///
/// A failed write is counted and never stops anything: the file is a copy for people and scripts, the store has the
/// records. Of a write that failed half-way the half line is cut off again.
///
/// Used by one owner at a time. Blocks.
// Sendable: used by the actor that owns it only.
package final class ProcessedLogWriter: @unchecked Sendable {
    package struct Options: Sendable {
        package var path: String
        /// Before a write that would go beyond, the file becomes `<path>.1`, that one `<path>.2`, …
        package var bytesMax = 10_000_000
        package var backupsMax = 7

        package init(path: String) { self.path = path }
    }

    /// Records of one source.
    package struct Records: Sendable {
        package var drafts: [LogDraft]
        package var source: LogSource

        package init(drafts: [LogDraft], source: LogSource) {
            self.drafts = drafts
            self.source = source
        }
    }

    package var path: String { options.path }
    /// Written so far.
    package private(set) var lines = 0
    package private(set) var failures = 0

    private let options: Options
    private let encode: @Sendable (LogDraft, LogSource, inout [UInt8]) -> Void
    private var descriptor: Int32 = -1
    private var identity: FileIdentity?
    private var size = 0
    private var lastFailure: Int32 = 0

    /// - Parameter encode: appends a record as JSON without line breaks.
    package init(_ options: Options, encode: @escaping @Sendable (LogDraft, LogSource, inout [UInt8]) -> Void) {
        self.options = options
        self.encode = encode
    }

    /// Writes records as Filebeat does: `ECSDocument`.
    package convenience init(_ options: Options) {
        self.init(options) { draft, source, bytes in bytes.append(contentsOf: ECSDocument(draft, source).line.utf8) }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Appends the records in one write.
    ///
    /// - Returns: why it failed, the first time that it fails so.
    package func append(_ records: [Records]) -> String? {
        let count = records.reduce(0) { $0 + $1.drafts.count }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 512)
        for part in records {
            for draft in part.drafts {
                encode(draft, part.source, &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        guard openIfNeeded(), rotateIfNeeded(bytes.count), write(bytes) else {
            let failure = errno
            failures += 1
            guard failure != lastFailure else { return nil }
            lastFailure = failure
            return String(cString: strerror(failure))
        }
        lastFailure = 0
        lines += count
        return nil
    }

    /// Also when another file has the name by now, or none.
    private func openIfNeeded() -> Bool {
        if descriptor >= 0, let identity, FileStatus.of(path: options.path)?.identity == identity,
            let status = FileStatus.of(descriptor: descriptor)
        {
            size = status.size
            return true
        }
        closeFile()
        descriptor = open(options.path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0, let status = FileStatus.of(descriptor: descriptor) else { return false }
        identity = status.identity
        size = status.size
        mendLastLine()
        return true
    }

    /// A process that ended while it wrote leaves half a line.
    private func mendLastLine() {
        guard size > 0, let file = try? OpenFile(options.path) else { return }
        var last: [UInt8] = [0]
        let count = last.withUnsafeMutableBytes { try? file.read(into: $0, at: size - 1) }
        guard count == 1, last[0] != UInt8(ascii: "\n") else { return }
        if write([UInt8(ascii: "\n")]) { size += 1 }
    }

    private func closeFile() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        identity = nil
    }

    private func rotateIfNeeded(_ bytes: Int) -> Bool {
        guard size > 0, size + bytes > options.bytesMax else { return true }
        closeFile()
        if options.backupsMax == 0 {
            unlink(options.path)
        } else {
            // What has no such name is no matter.
            for number in stride(from: options.backupsMax - 1, to: 0, by: -1) {
                rename("\(options.path).\(number)", "\(options.path).\(number + 1)")
            }
            guard rename(options.path, options.path + ".1") == 0 else { return false }
        }
        return openIfNeeded()
    }

    private func write(_ bytes: [UInt8]) -> Bool {
        let failure = WholeWrite.write(bytes, to: descriptor)
        guard failure == 0 else {
            ftruncate(descriptor, off_t(size))
            errno = failure
            return false
        }
        size += bytes.count
        return true
    }
}
