#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The runs that are kept in a data directory: `runs/<name>/run.json` and the run's telemetry beside it.
package struct RunDirectories: Sendable {
    /// A directory with more entries than that is not one of runs.
    private static let entriesMax = 100_000
    private static let fileBytesMax = 16 << 20
    private static let nameBytesMax = 200

    /// `<data>/runs`.
    package let path: String

    package init(data: String) {
        path = data + "/runs"
    }

    package func path(of name: String) -> String { path + "/" + name }

    /// A name is one part of a path that is not hidden: no slash, no dot at its start, no control characters.
    package static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= nameBytesMax && !name.hasPrefix(".") && !name.hasPrefix("-")
            && name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }
    }

    /// The names of all runs, in order of the names.
    ///
    /// - Throws: `.invalidFile` when the directory cannot be read; that there is none means that there are no runs.
    package func names() throws(VerificationError) -> [String] {
        guard let directory = opendir(path) else {
            if errno == ENOENT { return [] }
            throw VerificationError(.invalidFile, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while names.count < Self.entriesMax, let entry = readdir(directory) {
            let name = withUnsafePointer(to: entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if Self.isName(name), access(path(of: name) + "/run.json", F_OK) == 0 { names.append(name) }
        }
        return names.sorted()
    }

    /// A run by its name.
    ///
    /// - Throws: `.invalidFile` when there is none, or its file is damaged.
    package func run(_ name: String) throws(VerificationError) -> RunFile {
        guard Self.isName(name) else { throw VerificationError(.invalidFile, "\(name) is no name of a run") }
        guard access(path(of: name) + "/run.json", F_OK) == 0 else {
            let names = try names()
            let known =
                names.isEmpty
                ? "none is kept in \(path)" : "kept are \(names.prefix(10).joined(separator: ", "))"
            throw VerificationError(.invalidFile, "there is no run \(name); \(known); `martlet runs` lists all")
        }
        return try Self.run(at: path(of: name))
    }

    /// The run that a directory holds.
    package static func run(at directory: String) throws(VerificationError) -> RunFile {
        let file = directory + "/run.json"
        return try RunFile(json: try bytes(of: file), path: file)
    }

    private static func bytes(of path: String) throws(VerificationError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw VerificationError(.invalidFile, "cannot read \(path): \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(file, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0, bytes.count + count <= fileBytesMax else {
                throw VerificationError(
                    .invalidFile,
                    count < 0
                        ? "cannot read \(path): \(String(cString: strerror(errno)))"
                        : "\(path) is larger than \(fileBytesMax) bytes")
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}
