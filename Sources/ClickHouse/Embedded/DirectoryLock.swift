#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Holds the engine's directory for this process.
///
/// The engine has a lock of its own, but says who holds it on standard error only; this one, taken first, can name the
/// process. It is `flock`, so it goes with the process however that ends.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `.directoryLocked` with the holder's process id, `.cannotOpen` when the directory cannot be made.
    init(_ directory: String) throws(EngineError) {
        try Files.makeDirectories(directory)
        let path = directory + ".lock"
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Files.failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.readText(descriptor)
            close(descriptor)
            let process = holder.isEmpty ? "another process" : "process \(holder)"
            throw EngineError(
                .directoryLocked,
                "\(directory) is in use by \(process); stop it with `martlet stop`, or choose another directory with --data"
            )
        }
        let text = "\(getpid())"
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.utf8.count, 0) == text.utf8.count else {
            let error = Files.failure("write", path)
            close(descriptor)
            throw error
        }
    }

    func release() {
        close(descriptor)
    }

    private static func readText(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }
}
