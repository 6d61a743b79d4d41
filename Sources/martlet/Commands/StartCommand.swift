import ArgumentParser
import ClickHouse
import MartletServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

struct StartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start the server in the background and return when it is ready.")

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .long, help: "Seconds to wait until it is ready.")
    var wait = 60

    @Flag(name: .long, help: "Print the endpoints as JSON.")
    var json = false

    func run() async throws {
        try await Self.start(options, waitSeconds: wait, json: json)
    }

    static func start(_ options: ConfigurationOptions, waitSeconds: Int, json: Bool) async throws {
        let configuration = try options.load().configuration
        let directory = RunDirectory(data: configuration.data)
        if let holder = directory.lockHolder() {
            throw CommandFailure(.no, directory.alreadyRunning(holder))
        }
        do {
            try Files.makeDirectories(directory.path)
        } catch {
            throw CommandFailure(error)
        }
        let child = try BackgroundProcess.spawn(["serve"] + options.arguments, logPath: directory.logPath)
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(waitSeconds)
        while clock.now < deadline {
            if let state = directory.state(), state.isReady, state.processID == child.processID {
                if json {
                    StandardOutput.write(state.json)
                } else {
                    StandardOutput.write(
                        "Martlet \(state.version) runs as process \(state.processID) on \(directory.data)\n\n")
                    StandardOutput.write(EndpointsTable.text(state, width: StandardOutput.width))
                    StandardOutput.write("\nTry: martlet send --data \(directory.data)\n")
                }
                return
            }
            if let status = child.exitStatus() {
                // Then there may be no last words either.
                if let free = Files.freeBytes(directory.path), free < 1 << 16 {
                    throw CommandFailure(.no, "the server ended at its start: the disk of \(directory.data) is full")
                }
                throw CommandFailure(
                    .no,
                    "the server ended at its start (\(BackgroundProcess.meaning(ofWaitStatus: status))); its last words:\n\(logTail(directory.logPath))"
                )
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandFailure(
            .no,
            "the server (process \(child.processID)) is not ready after \(waitSeconds) s; `martlet logs --data \(directory.data)`"
                + " shows why")
    }

    private static func logTail(_ path: String) -> String {
        let lines = (LogFile.tail(path, lines: 5) ?? []).map { "  " + $0 }
        return lines.joined(separator: "\n")
    }
}

/// A process that goes on when this one ends.
struct BackgroundProcess {
    let processID: Int32

    /// Starts this program again in a session of its own, with its output at the end of a file.
    static func spawn(_ arguments: [String], logPath: String) throws -> BackgroundProcess {
        LogFile.rotate(logPath)
        // Opened here first: a failure of the file actions below would be told as one of the program.
        let log = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard log >= 0 else {
            throw CommandFailure(.no, "cannot write \(logPath): \(String(cString: strerror(errno)))")
        }
        close(log)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, logPath, O_WRONLY | O_CREAT | O_APPEND, 0o644)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, newSessionFlag)
        closeOnExec()
        let program = try executablePath()
        let words = [program] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var processID: pid_t = 0
        let status = posix_spawn(&processID, program, &actions, &attributes, &pointers, environ)
        guard status == 0 else {
            throw CommandFailure(.no, "cannot start \(program): \(String(cString: strerror(status)))")
        }
        return BackgroundProcess(processID: processID)
    }

    /// POSIX_SPAWN_SETSID, which glibc's header hides behind a macro that Swift does not set.
    static var newSessionFlag: Int16 {
        #if canImport(Glibc)
        0x80
        #else
        0x0400
        #endif
    }

    /// Whatever else this process has open (a script's lock, a pipe of CI) must not stay open as long as the server.
    private static func closeOnExec() {
        for descriptor in 3..<Int32(min(sysconf(Int32(_SC_OPEN_MAX)), 65536)) {
            let flags = fcntl(descriptor, F_GETFD)
            if flags >= 0 { _ = fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC) }
        }
    }

    /// Spec: POSIX, `waitpid`: the low seven bits are the signal, the next byte the exit code.
    static func meaning(ofWaitStatus status: Int32) -> String {
        status & 0x7F == 0 ? "exit code \((status >> 8) & 0xFF)" : "signal \(status & 0x7F)"
    }

    /// The wait status once the process has ended.
    func exitStatus() -> Int32? {
        var status: Int32 = 0
        return waitpid(processID, &status, WNOHANG) == processID ? status : nil
    }

    static func executablePath() throws -> String {
        #if os(Linux)
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
        guard count > 0 else {
            throw CommandFailure(.no, "cannot find this program: \(String(cString: strerror(errno)))")
        }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #else
        return CommandLine.arguments[0]
        #endif
    }
}
