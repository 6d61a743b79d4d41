package import LogProcessing
package import TelemetryModel

/// Appends records to a file as lines of JSON; the file rotates (`RotatingFile`).
///
/// A failed write is counted and never stops anything: the file is a copy for people and scripts, the store has the
/// records.
///
/// Used by one owner at a time. Blocks.
// Sendable: used by the actor that owns it only.
package final class ProcessedLogWriter: @unchecked Sendable {
    /// Records of one source.
    package struct Records: Sendable {
        package var drafts: [LogDraft]
        package var source: LogSource

        package init(drafts: [LogDraft], source: LogSource) {
            self.drafts = drafts
            self.source = source
        }
    }

    package var path: String { file.options.path }
    /// Written so far.
    package private(set) var lines = 0
    /// Writes that failed.
    package private(set) var failures = 0

    private let file: RotatingFile
    private let space: FileSpace?
    private let encode: @Sendable (LogDraft, LogSource, inout [UInt8]) -> Void
    private var lastFailure: String?

    /// - Parameters:
    ///   - space: bounds this file together with others.
    ///   - encode: appends a record as JSON without line breaks.
    package init(
        _ options: RotatingFile.Options, space: FileSpace? = nil,
        encode: @escaping @Sendable (LogDraft, LogSource, inout [UInt8]) -> Void
    ) {
        file = RotatingFile(options)
        self.space = space
        self.encode = encode
    }

    /// Writes records as Filebeat does: `ECSDocument`.
    package convenience init(_ options: RotatingFile.Options, space: FileSpace? = nil) {
        self.init(options, space: space) { draft, source, bytes in
            bytes.append(contentsOf: ECSDocument(draft, source).line.utf8)
        }
    }

    /// Makes the file, so that it is there to be followed before there is anything to write.
    package func open() -> String? {
        do throws(FileFailure) {
            _ = try file.prepare(for: 0)
        } catch {
            return note(error.reason)
        }
        return nil
    }

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
        do throws(FileFailure) {
            _ = try file.prepare(for: bytes.count)
            if let space, !space.take(bytes.count) {
                return note("the files of the mirror have no room within \(space.bytesMax) bytes")
            }
            if let failure = bytes.withUnsafeBytes({ file.write($0) }) { return note(failure.reason) }
        } catch {
            return note(error.reason)
        }
        lastFailure = nil
        lines += count
        return nil
    }

    private func note(_ reason: String) -> String? {
        failures += 1
        guard reason != lastFailure else { return nil }
        lastFailure = reason
        return reason
    }
}
