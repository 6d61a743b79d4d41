#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A snapshot that is kept in a repository.
package enum SnapshotFile {
    /// A larger file is none that a person would review.
    private static let bytesMax = 256 << 20

    /// - Returns: nil when there is no such file.
    /// - Throws: `.invalidFile` when it cannot be read.
    package static func read(_ path: String) throws(VerificationError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(path, errno)
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in
                #if canImport(Glibc)
                Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                #else
                Darwin.read(descriptor, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, errno) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            guard bytes.count + count <= bytesMax else {
                throw VerificationError(.invalidFile, "\(path) is larger than \(bytesMax) bytes")
            }
            bytes += chunk[..<count]
        }
    }

    /// What `--check` says of a new text: nil when it is the kept one.
    ///
    /// - Parameter kept: nil when there is no file.
    package static func difference(kept: String?, new: String, path: String) -> String? {
        guard let kept else {
            return "there is no snapshot \(path); look at the new one and keep it with --update \(path)\n"
        }
        guard let difference = SnapshotDifference.unified(kept, new, oldName: path, newName: "what came now") else {
            return nil
        }
        let first = kept.prefix { $0 != "\n" && $0 != "\r\n" }
        if first != SnapshotText.heading {
            return "\(path) does not begin with `\(SnapshotText.heading)`: it is no snapshot, or one of another "
                + "version; replace it with --update \(path)\n"
        }
        return difference + "If the new telemetry is right, keep it with --update \(path)\n"
    }

    private static func failure(_ path: String, _ number: Int32) -> VerificationError {
        VerificationError(.invalidFile, "cannot read \(path): \(String(cString: strerror(number)))")
    }
}
