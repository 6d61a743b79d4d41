#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The files that the seeds' scripts read, by their paths below the data directory.
struct SeedFiles {
    /// Of a file no more is read than that; lines behind it are not looked at.
    private static let bytesMax = 64 << 20

    let directory: String

    /// The first `bytesMax` bytes as whole lines; nil when the file cannot be read.
    func lines(_ path: String, max count: Int = .max) -> [Substring]? {
        guard let text = text(path) else { return nil }
        return text.split(separator: "\n", maxSplits: count, omittingEmptySubsequences: true).prefix(count).map { $0 }
    }

    func text(_ path: String) -> String? {
        let file = open(directory + "/" + path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count < Self.bytesMax {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
        // What is cut in the middle of a line is no line.
        return String(decoding: bytes[...(bytes.lastIndex(of: UInt8(ascii: "\n")) ?? 0)], as: UTF8.self)
    }

    func isDirectory(_ path: String) -> Bool {
        var facts = stat()
        return stat(directory + "/" + path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    func isWritable(_ path: String) -> Bool { access(directory + "/" + path, W_OK) == 0 }

    /// Bytes of a file and when it last changed, in seconds since the Unix epoch.
    func facts(_ path: String) -> (bytes: Int, changed: Int)? {
        var facts = stat()
        guard stat(directory + "/" + path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        #if canImport(Darwin)
        return (Int(facts.st_size), facts.st_mtimespec.tv_sec)
        #else
        return (Int(facts.st_size), facts.st_mtim.tv_sec)
        #endif
    }
}
