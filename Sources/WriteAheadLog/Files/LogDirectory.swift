#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A log's directory, open and, for the one that writes, held.
///
/// Held by `flock` on the directory itself: no file to leave behind, and it goes with the process however that ends.
final class LogDirectory: Sendable {
    let path: String
    let descriptor: Int32

    /// Opens a directory that is there.
    ///
    /// - Throws: `.notALog` when there is none or it is a file, `.unwritable` when this user may not read it.
    init(reading path: String) throws(LogError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let failure = SystemFailure.current
            if failure.number == ENOENT { throw LogError(.notALog, "there is no write-ahead log at \(path)") }
            throw LogError(failure, action: "open", path: path)
        }
    }

    /// Makes the directory and those above it if need be, and holds it.
    ///
    /// - Parameter isSynced: whether new directories are to survive a loss of power.
    /// - Throws: as above; `.inUse` when a log is open there; the errors of making directories.
    convenience init(making path: String, isSynced: Bool) throws(LogError) {
        var made = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            let parent = made.isEmpty ? "." : made
            made += made.isEmpty || made.hasSuffix("/") ? String(part) : "/" + part
            if mkdir(made, 0o755) == 0 {
                if isSynced { Self.sync(parent) }
            } else {
                let failure = SystemFailure.current
                // A directory above may exist and yet refuse us (`EROFS`, `EACCES`); whether it serves shows below.
                var status = stat()
                guard failure.number != EEXIST, stat(made, &status) != 0 else { continue }
                throw LogError(failure, action: "make", path: made)
            }
        }
        try self.init(reading: path)
        // Some network file systems have no locks for directories; what they say then is not "held".
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw LogError(.inUse, "the write-ahead log at \(path) is open in another process; stop that one first")
        }
    }

    deinit {
        close(descriptor)
    }

    /// Lets another open the log; the directory stays open for reading.
    func release() {
        flock(descriptor, LOCK_UN)
    }

    func path(of segment: SegmentName) -> String { path + "/" + segment.text }

    /// The segments in order; other files are none of ours.
    func segmentNames() throws(LogError) -> [SegmentName] {
        guard let listing = opendir(path) else { throw LogError(.current, action: "list", path: path) }
        defer { closedir(listing) }
        var names: [SegmentName] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if let name = SegmentName(name) { names.append(name) }
        }
        return names.sorted()
    }

    /// As well as it goes: a directory that may not be read cannot be synced, and can hold a log all the same.
    private static func sync(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
