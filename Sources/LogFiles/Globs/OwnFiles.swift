/// Files that this process writes itself, which must not be read as logs: what is read would be written again, without end.
///
/// A file is known by its folder and name (`RotatedName`), whichever way a pattern leads there, and by what it is, whatever
/// its name. The first sees a file that was made a moment ago, the second a link.
struct OwnFiles: Sendable {
    private let names: [RotatedName]

    /// - Parameter paths: of the live files; what they become when they are rotated is meant, too.
    init(_ paths: [String]) { names = paths.map { RotatedName($0) } }

    /// As they are now. Blocks.
    func look() -> Look {
        var look = Look()
        for name in names {
            if let folder = FileStatus.of(path: name.folder.isEmpty ? "." : name.folder) {
                look.folders.append((folder.identity, name))
            }
            if let file = FileStatus.of(path: name.path) { look.files.insert(file.identity) }
            for file in name.rotated() { look.files.insert(file.identity) }
        }
        return look
    }

    struct Look: Sendable {
        fileprivate var folders: [(identity: FileIdentity, name: RotatedName)] = []
        fileprivate var files: Set<FileIdentity> = []

        func contains(_ path: String, _ status: FileStatus) -> Bool {
            if files.contains(status.identity) { return true }
            let slash = path.lastIndex(of: "/")
            let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
            let owners = folders.filter { $0.name.owns(name) }
            guard !owners.isEmpty else { return false }
            let folder = FileStatus.of(path: slash.map { String(path[...$0]) } ?? ".")
            return owners.contains { $0.identity == folder?.identity }
        }
    }
}
