import TelemetryModel

/// Names of files that were rotated: `traces.jsonl` becomes `traces-2026-11-22T01-51-13.000.jsonl`, and with `.gz` or
/// `.zst` behind it when it is compressed. The time is that of the rotation, in UTC.
///
/// Spec: the Collector's file exporter, whose rotation names them so.
package struct RotatedName: Sendable, Hashable {
    /// With a slash at its end; empty for the folder of the process.
    package let folder: String
    /// Of the live file, without what is behind the last point.
    package let stem: String
    /// From the last point; empty when there is none.
    package let ending: String

    static let compressedEndings = [".zst", ".gz"]
    /// What a compression that is not done has behind its name.
    static let unfinishedEnding = ".new"
    private static let shape = Array("0000-00-00T00-00-00.000".utf8)

    /// - Parameter path: of the live file.
    package init(_ path: String) {
        let name: Substring
        if let slash = path.lastIndex(of: "/") {
            folder = String(path[...slash])
            name = path[path.index(after: slash)...]
        } else {
            folder = ""
            name = path[...]
        }
        let point = name.lastIndex(of: ".").flatMap { $0 == name.startIndex ? nil : $0 } ?? name.endIndex
        stem = String(name[..<point])
        ending = String(name[point...])
    }

    package var path: String { folder + stem + ending }

    /// The path of the file when it is rotated at a time, which is given in whole milliseconds.
    func path(at time: Timestamp) -> String {
        let milliseconds = max(0, time.milliseconds)
        let seconds = Timestamp(clampingMilliseconds: milliseconds / 1000 * 1000).rfc3339.utf8.prefix(19)
        let text = seconds.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "-") : $0 }
        let rest = "\(1000 + milliseconds % 1000)".dropFirst()
        return folder + stem + "-" + String(decoding: text, as: UTF8.self) + "." + rest + ending
    }

    /// The time in a name, as text that sorts by time; nil for another name.
    func stamp(in name: String) -> String? {
        var rest = name[...]
        for ending in Self.compressedEndings where rest.hasSuffix(ending) {
            rest = rest.dropLast(ending.count)
            break
        }
        guard rest.hasPrefix(stem + "-"), rest.hasSuffix(ending) else { return nil }
        let stamp = rest.dropFirst(stem.count + 1).dropLast(ending.count)
        let digit = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard stamp.utf8.count == Self.shape.count,
            zip(stamp.utf8, Self.shape).allSatisfy({ digit.contains($1) ? digit.contains($0) : $0 == $1 })
        else { return nil }
        return String(stamp)
    }

    /// Whether a name in the folder is the live file's, a rotated one's, or that of something on its way to become one.
    func owns(_ name: some StringProtocol) -> Bool {
        if name == stem + ending { return true }
        let name = name.hasSuffix(Self.unfinishedEnding) ? String(name.dropLast(4)) : String(name)
        return stamp(in: name) != nil
    }

    /// The rotated files that are there, the oldest first. Blocks.
    package func rotated() -> [RotatedFile] {
        FileFinder.list(folder).compactMap { entry in
            guard let stamp = stamp(in: entry.name), let status = FileStatus.of(path: folder + entry.name),
                status.isRegular
            else { return nil }
            return RotatedFile(
                path: folder + entry.name, stamp: stamp, size: status.size, identity: status.identity,
                isCompressed: Self.compressedEndings.contains { entry.name.hasSuffix($0) })
        }.sorted { ($0.stamp, $0.path) < ($1.stamp, $1.path) }
    }
}

/// A file that was rotated.
package struct RotatedFile: Sendable, Hashable {
    package let path: String
    /// The time in its name, which sorts.
    package let stamp: String
    package let size: Int
    package let identity: FileIdentity
    package let isCompressed: Bool
}
