#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes and reads a file that is replaced as a whole. Blocks.
package enum ReplacedFile {
    static let bytesMax = 256 << 20

    /// Writes under a temporary name, asks the disk to keep it, and gives it its name: after a crash at any moment the old
    /// content is there or the new one.
    ///
    /// - Parameters:
    ///   - isSynced: false does not ask the disk: after a loss of power, unlike after a crash of the process, neither may
    ///     be there then.
    ///   - isForAll: everybody may read it.
    package static func write(
        _ bytes: [[UInt8]], to path: String, isSynced: Bool = true, isForAll: Bool = false
    ) throws(FileFailure) {
        let temporary = path + ".new"
        let mode: mode_t = isForAll ? 0o644 : 0o640
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw OpenFile.Failure(number: errno) }
        do throws(OpenFile.Failure) {
            try write(bytes, descriptor)
            guard !isSynced || fsync(descriptor) == 0 else { throw OpenFile.Failure(number: errno) }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw OpenFile.Failure(number: errno) }
        if isSynced { syncFolder(of: path) }
    }

    /// - Returns: nil when there is no such file.
    package static func read(_ path: String) throws(FileFailure) -> [UInt8]? {
        let file: OpenFile
        do throws(OpenFile.Failure) {
            file = try OpenFile(path)
        } catch {
            if error.number == ENOENT { return nil }
            throw error
        }
        let size = try file.status().size
        guard size <= bytesMax else { throw OpenFile.Failure(number: EFBIG) }
        var failure: OpenFile.Failure?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            do throws(OpenFile.Failure) {
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer), at: 0)
            } catch {
                count = 0
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    private static func write(_ parts: [[UInt8]], _ descriptor: Int32) throws(OpenFile.Failure) {
        var joined: [UInt8] = []
        joined.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { joined.append(contentsOf: part) }
        let failure = joined.withUnsafeBytes { WholeWrite.write($0, to: descriptor) }
        if failure != 0 { throw OpenFile.Failure(number: failure) }
    }

    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
