#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The few file operations of the engine and of the server's directories.
package enum Files {
    /// Makes a directory and those above it.
    package static func makeDirectories(_ path: String) throws(EngineError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            if mkdir(made, 0o755) != 0, errno != EEXIST { throw failure("make directory", made) }
        }
    }

    /// Replaces a file as a whole, so that no reader sees half of it and a full disk leaves the old one.
    package static func write(_ path: String, _ bytes: some Collection<UInt8>) throws(EngineError) {
        let temporary = path + ".new"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw failure("write", path) }
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(bytes.count - $0.count)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                let error = failure("write", path)
                close(file)
                unlink(temporary)
                throw error
            }
            rest = rest.dropFirst(count)
        }
        close(file)
        guard rename(temporary, path) == 0 else { throw failure("write", path) }
    }

    /// Bytes that may still be written where `path` lies; nil when the system does not tell.
    package static func freeBytes(_ path: String) -> Int? {
        var information = statvfs()
        guard statvfs(path, &information) == 0 else { return nil }
        return Int(information.f_bavail) * Int(information.f_frsize)
    }

    /// The error of the last call of the C library.
    static func failure(_ action: String, _ path: String) -> EngineError {
        EngineError(
            errno == ENOSPC ? .diskFull : .cannotOpen, "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}
