import ClickHouse
import Dispatch
import MartletServer
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A server of a run's own: this program again, on free ports, in a directory of its own.
///
/// The server holds the read end of a pipe. When this process is gone, in whatever way, the pipe ends, and the server
/// ends the command, itself and its directory: see `PrivateServerCommand`.
final class PrivateServer: Sendable {
    private enum Life {
        case running, ended(status: Int32), removed
    }

    let processID: Int32
    /// Of the server; absolute.
    let data: String
    let isKept: Bool
    private let pipe: Int32
    private let life = Mutex(Life.running)

    /// Starts it and waits until it is ready.
    ///
    /// - Parameters:
    ///   - directory: where its data lies; nil for a temporary directory.
    ///   - isKept: whether the directory stays when the server has ended.
    ///   - settings: `PATH=VALUE` of the configuration.
    /// - Throws: `CommandFailure` with exit code 3 and the server's last words.
    static func start(
        directory: String? = nil, isKept: Bool, settings: [String] = [], timeout: Duration = .seconds(60),
        started: (PrivateServer) -> Void
    ) async throws -> (server: PrivateServer, state: ServerState) {
        let data = try directory.map { RunDirectory.absolute($0) } ?? temporaryDirectory()
        let run = RunDirectory(data: data)
        do {
            try Files.makeDirectories(run.path)
        } catch {
            throw CommandFailure(.unreachable, "\(error)")
        }
        var words = ["serve-private", "--data", data]
        if !isKept { words.append("--remove") }
        for setting in settings { words += ["--set", setting] }
        let (processID, pipe, output) = try spawn(words, logPath: run.logPath)
        let server = PrivateServer(processID: processID, data: data, isKept: isKept, pipe: pipe)
        started(server)
        let watch = Task {
            // Ended below as soon as the server has spoken.
            try await Task.sleep(for: timeout)
            kill(processID, SIGKILL)
        }
        defer { watch.cancel() }
        let text = await firstLine(output)
        close(output)
        guard let state = ServerState(json: text) else {
            let words = (LogFile.tail(run.logPath, lines: 5) ?? []).map { "\n  " + $0 }.joined()
            server.stop()
            throw CommandFailure(.unreachable, "the run's server did not start; its last words:\(words)")
        }
        return (server, state)
    }

    private init(processID: Int32, data: String, isKept: Bool, pipe: Int32) {
        self.processID = processID
        self.data = data
        self.isKept = isKept
        self.pipe = pipe
    }

    /// Tells the server which process group ends with this process; nil: none any more.
    func `guard`(group: Int32?) {
        let line = Array("\(group ?? 0)\n".utf8)
        // A server that is gone breaks the pipe; SIGPIPE is ignored since the first connection, and here at the latest.
        signal(SIGPIPE, SIG_IGN)
        _ = line.withUnsafeBytes { write(pipe, $0.baseAddress, $0.count) }
    }

    /// Told by whoever waits for children.
    func noteEnd(of processID: Int32, status: Int32) {
        guard processID == self.processID else { return }
        life.withLock { if case .running = $0 { $0 = .ended(status: status) } }
    }

    /// How it ended when nobody asked it to; nil while it runs.
    var earlyEnd: String? {
        reap(options: WNOHANG)
        return life.withLock { life in
            if case .ended(let status) = life { BackgroundProcess.meaning(ofWaitStatus: status) } else { nil }
        }
    }

    /// Ends it and removes its directory unless that is kept. May be called again.
    ///
    /// What nobody will read need not be stored in order: only a server that is kept is asked politely, for up to 30 s.
    func stop() {
        let isRunning = life.withLock { if case .running = $0 { true } else { false } }
        if isRunning {
            kill(processID, isKept ? SIGTERM : SIGKILL)
            var attempts = isKept ? 3_000 : 0
            while attempts > 0, !reap(options: WNOHANG) {
                usleep(10_000)
                attempts -= 1
            }
            kill(processID, SIGKILL)
            reap(options: 0)
        }
        let isRemoved = life.withLock { life in
            if case .removed = life { return true }
            life = .removed
            return false
        }
        guard !isRemoved else { return }
        close(pipe)
        if !isKept { DirectoryRemoval.remove(data) }
    }

    /// - Returns: whether it has ended.
    @discardableResult
    private func reap(options: Int32) -> Bool {
        life.withLock { life in
            guard case .running = life else { return true }
            var status: Int32 = 0
            while true {
                let found = waitpid(processID, &status, options)
                if found < 0 && errno == EINTR { continue }
                if found == 0 { return false }
                life = .ended(status: found == processID ? status : 0)
                return true
            }
        }
    }

    // MARK: Starting

    private static func temporaryDirectory() throws(CommandFailure) -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/martlet-run-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure(
                .unreachable, "cannot make a directory in \(parent): \(String(cString: strerror(errno)))")
        }
        return RunDirectory.absolute(String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// - Returns: the write end of the pipe that is the server's input, and the read end of that of its output.
    private static func spawn(
        _ arguments: [String], logPath: String
    ) throws(CommandFailure) -> (processID: Int32, pipe: Int32, output: Int32) {
        var input: [Int32] = [-1, -1]
        var output: [Int32] = [-1, -1]
        guard Self.pipe(&input), Self.pipe(&output) else {
            throw CommandFailure(.unreachable, "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        defer {
            close(input[0])
            close(output[1])
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        posix_spawn_file_actions_adddup2(&actions, output[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        // What else is open (a script's lock, the pipes of `make`) is the command's, not the server's.
        for descriptor in 3..<Int32(min(sysconf(Int32(_SC_OPEN_MAX)), 65536)) {
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0, flags & FD_CLOEXEC == 0 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        }
        // A session of its own: what the terminal signals is not meant for it.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, BackgroundProcess.newSessionFlag)
        let program: String
        do { program = try BackgroundProcess.executablePath() } catch { throw CommandFailure(error) }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var processID: pid_t = 0
        let status = posix_spawn(&processID, program, &actions, &attributes, &words, environ)
        guard status == 0 else {
            close(input[1])
            close(output[0])
            throw CommandFailure(.unreachable, "cannot start \(program): \(String(cString: strerror(status)))")
        }
        return (processID, input[1], output[0])
    }

    private static func pipe(_ ends: inout [Int32]) -> Bool {
        #if canImport(Glibc)
        guard Glibc.pipe(&ends) == 0 else { return false }
        #else
        guard Darwin.pipe(&ends) == 0 else { return false }
        #endif
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }

    /// What comes until a line feed or the end, off the cooperative pool.
    private static func firstLine(_ descriptor: Int32) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            DispatchQueue(label: "martlet.private-server").async {
                var bytes: [UInt8] = []
                var chunk = [UInt8](repeating: 0, count: 4096)
                while bytes.last != UInt8(ascii: "\n"), bytes.count < 1 << 20 {
                    let count = read(descriptor, &chunk, chunk.count)
                    if count < 0 && errno == EINTR { continue }
                    guard count > 0 else { break }
                    bytes += chunk[..<count]
                }
                continuation.resume(returning: bytes)
            }
        }
    }
}
