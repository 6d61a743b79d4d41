/// Reads targets from files, again when they change.
///
/// - Spec: Prometheus 3.5, `<file_sd_config>`: a file that cannot be read keeps its last good targets, one that is gone
///   has none.
struct FileDiscovery {
    private struct Entry {
        var signature: LocalFile.Signature
        var groups: [TargetGroup]
    }

    /// Files that one pattern may match; a wrong pattern should not read a whole disk.
    private static let filesMax = 10_000

    let patterns: [String]
    private var entries: [String: Entry] = [:]

    init(patterns: [String]) { self.patterns = patterns }

    /// Whether a path can be read: it ends in `.json`, `.yml` or `.yaml`, and only its last part has `*`.
    static func isPattern(_ path: String) -> Bool {
        let ending = path.lowercased()
        guard ending.hasSuffix(".json") || ending.hasSuffix(".yml") || ending.hasSuffix(".yaml") else { return false }
        guard let slash = path.lastIndex(of: "/") else { return true }
        return !path[..<slash].contains("*")
    }

    /// Looks at the files and reads those that have changed.
    ///
    /// - Parameter isForced: all of them are read.
    /// - Returns: all groups, and what went wrong; nil when nothing has changed.
    mutating func poll(isForced: Bool) -> (groups: [TargetGroup], problems: [String])? {
        var hasChanged = isForced
        var problems: [String] = []
        var paths: [String] = []
        for pattern in patterns { paths += LocalFile.matching(pattern) }
        let found = Set(paths.prefix(Self.filesMax))
        for path in entries.keys where !found.contains(path) {
            entries[path] = nil
            hasChanged = true
        }
        for path in found {
            guard let signature = LocalFile.signature(path) else { continue }
            guard isForced || entries[path]?.signature != signature else { continue }
            hasChanged = true
            // A file that is wrong is not read again before it changes.
            entries[path, default: Entry(signature: signature, groups: [])].signature = signature
            do throws(ScrapeFailure) {
                entries[path]?.groups = try Self.read(path)
            } catch {
                problems.append("\(path): \(error.reason)")
            }
        }
        guard hasChanged else { return nil }
        return (entries.sorted { $0.key < $1.key }.flatMap(\.value.groups), problems)
    }

    private static func read(_ path: String) throws(ScrapeFailure) -> [TargetGroup] {
        guard let bytes = LocalFile.read(path, bytesMax: ScrapeLimits.discoveryBytesMax) else {
            throw ScrapeFailure("the file cannot be read")
        }
        var groups =
            path.lowercased().hasSuffix(".json")
            ? try TargetGroupReader.parseJSON(bytes) : try TargetGroupReader.parseYAML(bytes)
        for index in groups.indices { groups[index].labels["__meta_filepath"] = path }
        return groups
    }
}
