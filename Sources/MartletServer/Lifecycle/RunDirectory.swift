import ClickHouse
import Ingest
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A failure to start or to find a server, in one sentence for a person.
package struct ServerError: Error, Sendable, CustomStringConvertible {
    package let message: String
    package init(_ message: String) { self.message = message }
    package var description: String { message }
}

/// `DATA/run`: who serves this data directory, on which ports, and its log.
package struct RunDirectory: Sendable {
    /// Absolute.
    package let data: String
    package var path: String { data + "/run" }
    package var statePath: String { path + "/endpoints.json" }
    package var logPath: String { path + "/martlet.log" }
    private var lockPath: String { path + "/martlet.pid" }
    private var replayPath: String { path + "/replay.txt" }
    /// The write-ahead logs, one directory for each signal.
    package var logDirectory: String { data + "/wal" }

    package init(data: String) {
        self.data = Self.absolute(data)
    }

    /// The running server's state; nil when none runs, whatever a crashed one left behind.
    package func state() -> ServerState? {
        guard let holder = lockHolder(), let bytes = Self.read(statePath), let state = ServerState(json: bytes),
            state.processID == holder
        else { return nil }
        return state
    }

    /// The process that holds the directory, also before it is ready.
    package func lockHolder() -> Int32? {
        let file = open(lockPath, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        // The lock of a process goes with it, so a free lock means that nobody runs.
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        guard let bytes = Self.read(lockPath) else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
    }

    /// Takes the directory for this process until the returned lock is released.
    ///
    /// - Throws: `ServerError` that names the process that has it.
    func lock() throws -> RunLock {
        try Files.makeDirectories(path)
        let file = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw ServerError("cannot open \(lockPath): \(String(cString: strerror(errno)))") }
        // A reader of `lockHolder` holds the lock for microseconds, hence the repetition.
        var attempts = 0
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            attempts += 1
            guard attempts < 10 else {
                close(file)
                throw ServerError(alreadyRunning(lockHolder()))
            }
            usleep(5000)
        }
        let text = "\(getpid())\n"
        guard ftruncate(file, 0) == 0, pwrite(file, text, text.utf8.count, 0) == text.utf8.count else {
            let reason = String(cString: strerror(errno))
            close(file)
            throw ServerError("cannot write \(lockPath): \(reason)")
        }
        unlink(statePath)
        return RunLock(descriptor: file)
    }

    package func alreadyRunning(_ holder: Int32?) -> String {
        "\(data) is served by \(holder.map { "process \($0)" } ?? "another process") already; "
            + "`martlet status --data \(data)` shows it, `martlet stop --data \(data)` stops it"
    }

    func write(_ state: ServerState) throws {
        try Files.write(statePath, state.json)
    }

    /// Keeps what the start did with the logs, for `martlet doctor`.
    func write(replay reports: [ReplayReport]) throws {
        let lines = reports.flatMap(\.lines)
        let time = Timestamp.now().rfc3339
        try Files.write(replayPath, (["\(time) start"] + lines).joined(separator: "\n").utf8)
    }

    /// What the last start did with the logs, its time first; nil when there was none.
    package func replay() -> [String]? {
        Self.read(replayPath).map { String(decoding: $0, as: UTF8.self).split(separator: "\n").map(String.init) }
    }

    func removeState() {
        unlink(statePath)
    }

    package static func absolute(_ path: String) -> String {
        var text = path.hasPrefix("/") ? path : currentDirectory() + "/" + path
        text = text.split(separator: "/").reduce(into: [Substring]()) { parts, part in
            if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
        }.joined(separator: "/")
        return "/" + text
    }

    private static func currentDirectory() -> String {
        var bytes = [CChar](repeating: 0, count: 4096)
        guard getcwd(&bytes, bytes.count) != nil else { return "/" }
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// A small file as a whole.
    package static func read(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = pread(file, &bytes, bytes.count, 0)
        return count >= 0 ? Array(bytes[..<count]) : nil
    }
}

/// The lock on a run directory; it goes with the process at the latest.
struct RunLock: Sendable {
    fileprivate let descriptor: Int32

    func release() {
        close(descriptor)
    }
}
