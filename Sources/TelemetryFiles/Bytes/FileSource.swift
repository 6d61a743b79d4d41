#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes of a file, or of standard input for the path `-`. Blocks.
final class FileSource: ByteSource {
    static let standardInput = "-"

    let path: String
    private let descriptor: Int32
    /// Of the file when it was opened; nil when it is no regular file.
    let size: Int?
    /// Bytes read so far.
    private(set) var position = 0

    var failure: String? { nil }

    init(_ path: String) throws(TelemetryFileError) {
        self.path = path
        if path == Self.standardInput {
            descriptor = 0
            size = nil
            return
        }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw Self.refused(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let error = Self.refused(path)
            close(descriptor)
            throw error
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw TelemetryFileError(.unreadable, path, "is a directory")
        }
        self.descriptor = descriptor
        size = status.st_mode & S_IFMT == S_IFREG ? Int(clamping: status.st_size) : nil
    }

    deinit { if descriptor != 0 { close(descriptor) } }

    func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool {
        var count = 0
        var number: Int32 = 0
        let chunk = [UInt8](unsafeUninitializedCapacity: TelemetryFileLimits.chunkBytes) { buffer, initialized in
            repeat {
                #if canImport(Glibc)
                count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
                #else
                count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
                #endif
                number = errno
            } while count < 0 && number == EINTR
            initialized = max(0, count)
        }
        guard count >= 0 else { throw TelemetryFileError(.unreadable, path, String(cString: strerror(number))) }
        position += count
        bytes += chunk
        return count > 0
    }

    private static func refused(_ path: String) -> TelemetryFileError {
        TelemetryFileError(.unreadable, path, String(cString: strerror(errno)))
    }
}
