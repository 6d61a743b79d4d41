#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Makes a folder and those above it.
package enum FolderTree {
    /// - Returns: whether it is there.
    @discardableResult
    package static func make(_ path: String) -> Bool {
        var path = path[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        guard !path.isEmpty else { return true }
        if mkdir(String(path), 0o755) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return false }
        return make(String(path[..<slash])) && (mkdir(String(path), 0o755) == 0 || errno == EEXIST)
    }

    /// Makes the folder that a file is to be in.
    @discardableResult
    package static func makeFolder(of path: String) -> Bool { make(RotatedName(path).folder) }

    package static func hasFile(_ path: String) -> Bool { FileStatus.of(path: path)?.isRegular ?? false }
}
