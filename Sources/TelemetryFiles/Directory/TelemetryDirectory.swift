package import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that telemetry can be read from.
package struct TelemetryFile: Sendable, Hashable {
    package let path: String
    /// As its name and directory say.
    package let signal: Signal?
    /// The same for a file and those that were rotated away from it.
    package let set: String
    /// Bytes; 0 where the system does not say.
    package let size: Int

    package init(path: String, signal: Signal?, set: String, size: Int) {
        self.path = path
        self.signal = signal
        self.set = set
        self.size = size
    }
}

/// Finds the files of telemetry in a directory of a mirror, an export or a run, or in any other. Blocks.
///
/// - A directory with `traces/`, `metrics/` or `logs/` in it is one of telemetry, and only these are looked into; of
///   another the files that lie in it directly are taken.
/// - Names end with `.jsonl`, `.ndjson`, `.json`, `.otlp`, `.pb`, `.binpb`, `.proto` or `.bin`, perhaps with the time or
///   number of a rotation, and with `.gz` or `.zst`. What a file is its bytes say when it is read.
/// - A file is read once: of names for one file the first, of `traces.jsonl` and `traces_detailed.json` the first, of a
///   rotated file and its packed form the packed one.
/// - Order: traces, metrics, logs, others; rotated files of a set in order of time.
package enum TelemetryDirectory {
    private static let endings = [".jsonl", ".ndjson", ".json", ".otlp", ".pb", ".binpb", ".proto", ".bin"]
    /// The seeds' second name of the file of traces.
    private static let detailedTraces = "traces_detailed.json"

    /// The files behind a path, which may be a file itself.
    ///
    /// - Throws: when nothing is there, or nothing of telemetry.
    package static func files(_ path: String) throws(TelemetryFileError) -> [TelemetryFile] {
        if path == FileSource.standardInput {
            return [TelemetryFile(path: path, signal: nil, set: path, size: 0)]
        }
        guard let status = Status(path) else {
            throw TelemetryFileError(.unreadable, path, String(cString: strerror(errno)))
        }
        guard status.isDirectory else {
            let set = RotatedSet(name(of: path)).name
            return [
                TelemetryFile(
                    path: path, signal: TelemetryFileReader.signal(ofName: path), set: folder(of: path) + set,
                    size: status.size)
            ]
        }
        let root = path.hasSuffix("/") ? path : path + "/"
        let parts = Signal.allCases.map { root + $0.rawValue + "/" }.filter { Status($0)?.isDirectory == true }
        var found: [TelemetryFile] = []
        var seen = Set<Status.Identity>()
        for folder in parts.isEmpty ? [root] : parts { found += try files(in: folder, &seen) }
        guard !found.isEmpty else {
            throw TelemetryFileError(
                .unreadable, path, "no files of telemetry in it (\(endings.joined(separator: ", ")))")
        }
        return found
    }

    private static func files(
        in folder: String, _ seen: inout Set<Status.Identity>
    ) throws(TelemetryFileError) -> [TelemetryFile] {
        let entries = try names(in: folder).map { (name: $0, set: RotatedSet($0)) }
            .filter { entry in endings.contains { entry.set.name.hasSuffix($0) } }
            .sorted { left, right in
                let (a, b) = (rank(left.set.name), rank(right.set.name))
                if a != b { return a < b }
                if left.set.name != right.set.name { return left.set.name < right.set.name }
                if left.set.age != right.set.age { return left.set.age < right.set.age }
                return left.set.isCompressed && !right.set.isCompressed
            }
        let hasTraces = entries.contains { $0.set.name == "traces.jsonl" }
        var found: [TelemetryFile] = []
        var previous: RotatedSet?
        for (name, set) in entries {
            if hasTraces, set.name == detailedTraces { continue }
            // Packed when the program that packs was stopped before it removed the other.
            if let previous, previous.name == set.name, previous.age == set.age, set.age != .live { continue }
            guard let status = Status(folder + name), status.isRegular, seen.insert(status.identity).inserted else {
                continue
            }
            previous = set
            found.append(
                TelemetryFile(
                    path: folder + name, signal: TelemetryFileReader.signal(ofName: folder + name),
                    set: folder + set.name, size: status.size))
        }
        return found
    }

    private static func rank(_ name: String) -> Int {
        TelemetryFileReader.signal(ofName: name).flatMap { Signal.allCases.firstIndex(of: $0) } ?? Signal.allCases.count
    }

    private static func names(in folder: String) throws(TelemetryFileError) -> [String] {
        guard let directory = opendir(folder) else {
            throw TelemetryFileError(.unreadable, folder, String(cString: strerror(errno)))
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory), names.count < TelemetryFileLimits.directoryEntries {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }

    private static func name(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private struct Status {
        struct Identity: Hashable {
            let device: UInt64
            let inode: UInt64
        }

        let identity: Identity
        let size: Int
        let isRegular: Bool
        let isDirectory: Bool

        /// Also over links.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            identity = Identity(
                device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
            size = Int(clamping: status.st_size)
            isRegular = status.st_mode & S_IFMT == S_IFREG
            isDirectory = status.st_mode & S_IFMT == S_IFDIR
        }
    }
}
