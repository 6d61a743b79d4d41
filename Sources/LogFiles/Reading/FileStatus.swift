#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Which file it is, whatever its name. The system gives an inode to another file when this one is deleted and closed.
package struct FileIdentity: Hashable, Sendable {
    package var device: UInt64
    package var inode: UInt64

    package init(device: UInt64, inode: UInt64) {
        self.device = device
        self.inode = inode
    }
}

/// What the system says of a file.
struct FileStatus: Hashable, Sendable {
    /// What changes when the file is written.
    struct Signature: Hashable, Sendable {
        var size: Int
        var modified: Int64
    }

    var identity: FileIdentity
    var size: Int
    /// Nanoseconds since the epoch.
    var modified: Int64
    /// Names of the file; 0 when it is deleted.
    var links: Int
    var isRegular: Bool
    var isFolder: Bool

    var signature: Signature { Signature(size: size, modified: modified) }

    init(identity: FileIdentity, size: Int, modified: Int64, links: Int = 1) {
        self.identity = identity
        self.size = size
        self.modified = modified
        self.links = links
        isRegular = true
        isFolder = false
    }

    private init(_ status: stat) {
        #if canImport(Darwin)
        let time = status.st_mtimespec
        #else
        let time = status.st_mtim
        #endif
        identity = FileIdentity(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
        size = Int(clamping: status.st_size)
        modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        links = Int(clamping: status.st_nlink)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }

    /// Of the file that a path leads to, also over links; nil when there is none.
    static func of(path: String) -> FileStatus? {
        var status = stat()
        return stat(path, &status) == 0 ? FileStatus(status) : nil
    }

    static func of(descriptor: Int32) -> FileStatus? {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? FileStatus(status) : nil
    }
}
