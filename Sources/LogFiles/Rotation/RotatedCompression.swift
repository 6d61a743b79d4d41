package import Codecs

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Compresses files that were put aside. Blocks.
///
/// The compressed file gets its name when it is whole, and only then the other one goes: a crash leaves one of both, or
/// both, of which `clean` lets the compressed one stay.
package enum RotatedCompression {
    private static let chunkBytes = 1 << 20

    /// Removes what a crash has left of compressing.
    package static func clean(_ name: RotatedName) {
        let entries = FileFinder.list(name.folder).map(\.name)
        for entry in entries where entry.hasSuffix(RotatedName.unfinishedEnding) && name.owns(entry) {
            unlink(name.folder + entry)
        }
        let files = name.rotated()
        let compressed = Set(files.filter(\.isCompressed).map(\.stamp))
        for file in files where !file.isCompressed && compressed.contains(file.stamp) { unlink(file.path) }
    }

    /// Compresses what is not, the newest first: the others may go before their turn.
    ///
    /// - Parameter isStopping: asked between pieces; what is begun is given up then.
    /// - Returns: files compressed, and why one could not be.
    package static func compress(
        _ name: RotatedName, as form: FileCompression, isStopping: () -> Bool
    ) -> (files: Int, failure: FileFailure?) {
        guard form != .none else { return (0, nil) }
        var (files, failure): (Int, FileFailure?) = (0, nil)
        for file in name.rotated().reversed() where !file.isCompressed && !isStopping() {
            do throws(FileFailure) {
                if try compress(file.path, as: form, isStopping) { files += 1 }
            } catch {
                // One that went meanwhile is no failure.
                if error.number != ENOENT { failure = error }
            }
        }
        return (files, failure)
    }

    private static func compress(
        _ path: String, as form: FileCompression, _ isStopping: () -> Bool
    ) throws(FileFailure) -> Bool {
        let source = try OpenFile(path)
        let target = path + form.ending
        let unfinished = target + RotatedName.unfinishedEnding
        let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(number: errno) }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(unfinished) }
        }
        guard let compressor = StreamCompressor(form) else { throw FileFailure(number: ENOMEM) }
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 16)
        defer { chunk.deallocate() }
        var offset = 0
        while true {
            if isStopping() { return false }
            let count = try source.read(into: chunk, at: offset)
            offset += count
            let isLast = count < chunkBytes
            guard
                let output = compressor.compress(UnsafeRawBufferPointer(rebasing: chunk[..<count]), isLast: isLast)
            else { throw FileFailure(number: ENOMEM) }
            let failure = output.withUnsafeBytes { WholeWrite.write($0, to: descriptor) }
            guard failure == 0 else { throw FileFailure(number: failure) }
            if isLast { break }
        }
        guard fsync(descriptor) == 0 else { throw FileFailure(number: errno) }
        // It may have gone to make room.
        guard access(path, F_OK) == 0, rename(unfinished, target) == 0 else { throw FileFailure(number: errno) }
        isDone = true
        unlink(path)
        return true
    }
}
