#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that a pattern matched.
struct FoundFile: Sendable {
    var path: String
    var status: FileStatus
}

/// Looks for the files of patterns. Blocks.
struct FileFinder: Sendable {
    /// Folders that `**` goes down.
    private static let depthMax = 16
    /// What `logrotate` and others make of old files. They hold what was read before.
    static let compressedEndings = [
        ".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip", ".z", ".br", ".lzma", ".tgz", ".7z", ".snappy",
    ]

    private let patterns: [GlobPattern]
    private let exclusion: GlobExclusion
    private let own: OwnFiles
    private let filesMax: Int

    init(
        patterns: [String], excluding: [String], own: OwnFiles = OwnFiles([]), filesMax: Int
    ) throws(LogFileError) {
        var parsed: [GlobPattern] = []
        for pattern in patterns { parsed += try GlobPattern.parse(pattern) }
        self.patterns = parsed
        exclusion = try GlobExclusion(excluding)
        self.own = own
        self.filesMax = filesMax
    }

    /// The regular files, also through links, sorted by path.
    func find() -> [FoundFile] {
        var found: [String: FileStatus] = [:]
        for pattern in patterns {
            walk(pattern.isAbsolute ? "/" : "", pattern.segments[...], depth: 0, &found)
        }
        let own = own.look()
        return found.filter { !own.contains($0.key, $0.value) }.map { FoundFile(path: $0.key, status: $0.value) }.sorted
        { $0.path < $1.path }
    }

    static func isCompressed(_ path: String) -> Bool {
        let path = path.lowercased()
        return compressedEndings.contains { path.hasSuffix($0) }
    }

    private func walk(
        _ folder: String, _ segments: ArraySlice<GlobPattern.Segment>, depth: Int, _ found: inout [String: FileStatus]
    ) {
        guard let segment = segments.first, found.count < filesMax else { return }
        let rest = segments.dropFirst()
        switch segment {
        case .literal(let name):
            if rest.isEmpty {
                add(folder + name, &found)
            } else {
                walk(folder + name + "/", rest, depth: depth, &found)
            }
        case .pattern(let pattern):
            for entry in Self.list(folder) where pattern.matches(entry.name) {
                if rest.isEmpty {
                    if entry.kind != .folder { add(folder + entry.name, &found) }
                } else if entry.kind != .file {
                    walk(folder + entry.name + "/", rest, depth: depth, &found)
                }
            }
        case .folders:
            walk(folder, rest, depth: depth, &found)
            guard depth < Self.depthMax else { return }
            for entry in Self.list(folder) where entry.kind == .folder {
                walk(folder + entry.name + "/", segments, depth: depth + 1, &found)
            }
        }
    }

    private func add(_ path: String, _ found: inout [String: FileStatus]) {
        guard found.count < filesMax, found[path] == nil, !Self.isCompressed(path), !exclusion.contains(path),
            let status = FileStatus.of(path: path), status.isRegular
        else { return }
        found[path] = status
    }

    // MARK: Folders

    struct Entry: Sendable {
        enum Kind: Sendable { case file, folder, link }
        var name: String
        var kind: Kind
        var inode: UInt64
    }

    /// What is in a folder; nothing when it cannot be read. Names that are not UTF-8 cannot be said and are left out.
    static func list(_ folder: String) -> [Entry] {
        guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let name, name != ".", name != ".." else { continue }
            let kind: Entry.Kind
            switch Int32(entry.pointee.d_type) {
            case Int32(truncatingIfNeeded: DT_DIR): kind = .folder
            case Int32(truncatingIfNeeded: DT_LNK): kind = .link
            case Int32(truncatingIfNeeded: DT_REG): kind = .file
            default:
                // Some file systems do not tell.
                guard let status = FileStatus.of(path: folder + name) else { continue }
                kind = status.isFolder ? .folder : .file
            }
            entries.append(Entry(name: name, kind: kind, inode: UInt64(truncatingIfNeeded: entry.pointee.d_ino)))
        }
        return entries
    }
}
