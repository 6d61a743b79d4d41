#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A command that was started with this process's own input and outputs, in a process group of its own.
struct CommandProcess {
    /// Why there is no process.
    struct NotStarted: Error {
        let message: String
        /// As `env` and the shells do: 127 when there is no such program, 126 when it is none that can be run.
        let exitCode: Int32
    }

    let processID: Int32
    var group: Int32 { processID }

    /// - Parameters:
    ///   - words: the program, looked for in PATH when there is no slash in it, and its arguments.
    ///   - ignored: signals that this process was told to ignore; the command ignores them, too.
    ///   - isSilent: whether it reads nothing, and nobody sees what it writes.
    static func start(
        _ words: [String], environment: [String: String], ignored: Set<Int32>, isSilent: Bool = false
    ) throws(NotStarted) -> CommandProcess {
        guard let program = words.first, !program.isEmpty else {
            throw NotStarted(message: "there is no command", exitCode: 127)
        }
        var (status, processID) = spawn(program, words, environment, ignored, isSilent)
        if status == ENOEXEC, let path = path(of: program) {
            // A script that does not say what reads it: POSIX wants the shell then (`execvp`).
            (status, processID) = spawn(
                "/bin/sh", ["/bin/sh", path] + words.dropFirst(), environment, ignored, isSilent)
        }
        guard status == 0 else {
            let reason = String(cString: strerror(status))
            throw NotStarted(
                message: "cannot run \(program): \(reason)", exitCode: status == ENOENT || status == ENOTDIR ? 127 : 126
            )
        }
        return CommandProcess(processID: processID)
    }

    private static func spawn(
        _ program: String, _ words: [String], _ environment: [String: String], _ ignored: Set<Int32>,
        _ isSilent: Bool
    ) -> (status: Int32, processID: Int32) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        // What this program ignores or catches for itself must not be the command's lot.
        for number in SignalRelay.forwarded + [SIGCHLD, SIGPIPE, SIGTTIN, SIGTTOU] where !ignored.contains(number) {
            sigaddset(&defaults, number)
        }
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if isSilent {
            for descriptor: Int32 in 0...2 {
                posix_spawn_file_actions_addopen(
                    &actions, descriptor, "/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY, 0)
            }
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in arguments + variables { free(pointer) }
        }
        var processID: pid_t = 0
        let status = posix_spawnp(&processID, program, &actions, &attributes, &arguments, &variables)
        return (status, processID)
    }

    /// Where a program is found.
    private static func path(of program: String) -> String? {
        if program.contains("/") { return program }
        let directories = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return directories.split(separator: ":", omittingEmptySubsequences: false)
            .map { ($0.isEmpty ? "." : String($0)) + "/" + program }
            .first { access($0, X_OK) == 0 }
    }

    /// A child that was waited for.
    struct Reaped {
        let processID: Int32
        let status: Int32
        /// User and system time of the process and its own children that it waited for.
        let cpu: Duration
    }

    /// The next child that has ended or was stopped, whichever; nil when there is none at present.
    static func reap() -> Reaped? {
        var status: Int32 = 0
        var usage = rusage()
        while true {
            let processID = wait4(-1, &status, WNOHANG | WUNTRACED, &usage)
            if processID < 0 && errno == EINTR { continue }
            guard processID > 0 else { return nil }
            let cpu = [usage.ru_utime, usage.ru_stime].reduce(Duration.zero) {
                $0 + .seconds(Int64($1.tv_sec)) + .microseconds(Int64($1.tv_usec))
            }
            return Reaped(processID: processID, status: status, cpu: cpu)
        }
    }

    /// Makes processes whose parent ends children of this one, so that they can be waited for (Linux only; elsewhere
    /// the system's first process does that).
    static func adoptGrandchildren() {
        #if canImport(Glibc)
        // Its variable arguments keep the function out of Swift; the call is the same with four words.
        guard let function = dlsym(nil, "prctl") else { return }
        typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
        // PR_SET_CHILD_SUBREAPER (linux/prctl.h).
        _ = unsafeBitCast(function, to: Control.self)(36, 1, 0, 0, 0)
        #endif
    }
}
