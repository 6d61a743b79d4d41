#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Small files of configuration, read at once.
enum LocalFile {
    /// What tells that a file has been written again.
    struct Signature: Hashable, Sendable {
        let seconds: Int
        let nanoseconds: Int
        let bytes: Int64
        let number: UInt64
    }

    /// - Returns: nil when there is no such file.
    static func signature(_ path: String) -> Signature? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        return Signature(
            seconds: time.tv_sec, nanoseconds: time.tv_nsec, bytes: Int64(status.st_size), number: UInt64(status.st_ino)
        )
    }

    /// - Returns: nil when it cannot be read or has more bytes.
    static func read(_ path: String, bytesMax: Int) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            #if canImport(Darwin)
            let count = Darwin.read(file, &part, part.count)
            #else
            let count = Glibc.read(file, &part, part.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count >= 0, bytes.count + count <= bytesMax else { return nil }
            if count == 0 { return bytes }
            bytes += part[..<count]
        }
    }

    /// The files of a pattern whose last part may have `*`, `?` and `[…]`, sorted.
    static func matching(_ pattern: String) -> [String] {
        guard let slash = pattern.lastIndex(of: "/") else {
            return matching("./" + pattern).map { String($0.dropFirst(2)) }
        }
        let name = String(pattern[pattern.index(after: slash)...])
        guard name.contains(where: { "*?[\\".contains($0) }) else {
            return signature(pattern) == nil ? [] : [pattern]
        }
        let folder = String(pattern[...slash])
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let entryName = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if fnmatch(name, entryName, 0) == 0, signature(folder + entryName) != nil {
                found.append(folder + entryName)
            }
        }
        return found.sorted()
    }
}
