import ClickHouse
import Synchronization
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file without a name: it is gone when nobody has it open any more, after a crash, too.
final class SpoolFile: Sendable {
    private let descriptor: Int32
    private let length = Mutex<Int>(0)

    /// - Parameter directory: made when it is missing.
    init(in directory: String) throws(EngineError) {
        try Files.makeDirectories(directory)
        let path = "\(directory)/export-\(getpid())-\(UInt64.random(in: .min ... .max))"
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EngineError(
                errno == ENOSPC ? .diskFull : .cannotOpen,
                "cannot make a file in \(directory): \(String(cString: strerror(errno)))")
        }
        unlink(path)
    }

    deinit { close(descriptor) }

    var count: Int { length.withLock { $0 } }

    /// Adds bytes at the end.
    func append(_ bytes: [UInt8]) throws(EngineError) {
        try length.withLock { (length) throws(EngineError) in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes {
                    pwrite(descriptor, $0.baseAddress, $0.count, off_t(length))
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else {
                    throw EngineError(
                        errno == ENOSPC ? .diskFull : .cannotOpen,
                        "cannot write the result of a statement: \(String(cString: strerror(errno)))")
                }
                rest = rest.dropFirst(written)
                length += written
            }
        }
    }

    /// Bytes from an offset on; none at the end.
    func read(at offset: Int, max: Int) throws(EngineError) -> [UInt8] {
        var failure: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: max) { buffer, count in
            var result: Int
            repeat {
                result = pread(descriptor, buffer.baseAddress, max, off_t(offset))
            } while result < 0
                && errno == EINTR
            failure = result < 0 ? errno : 0
            count = Swift.max(0, result)
        }
        guard failure == 0 else {
            throw EngineError(
                .cannotOpen, "cannot read the result of a statement: \(String(cString: strerror(failure)))")
        }
        return bytes
    }
}

/// The bytes of such a file.
struct SpoolStream: ExportStream {
    private let file: SpoolFile
    private var position = 0

    init(_ file: SpoolFile) {
        self.file = file
    }

    mutating func next() async throws -> [UInt8]? {
        let bytes = try file.read(at: position, max: ExportLimits.pieceBytes)
        position += bytes.count
        return bytes.isEmpty ? nil : bytes
    }
}
