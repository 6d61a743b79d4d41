import Foundation
import Glibc

/// A program that this process has started. Not Foundation's `Process`: that takes a program for running as long as
/// anything that the program has started lives, such as the server of `martlet start`.
struct ChildProcess: Sendable {
    let processID: Int32

    /// - Parameters:
    ///   - output: the file for standard output, nil for nowhere.
    ///   - errors: the same for standard error.
    static func start(
        _ executable: URL, _ arguments: [String], environment: [String: String], directory: URL, output: URL?,
        errors: URL?
    ) throws -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, 1, output?.path ?? "/dev/null", flags, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, errors?.path ?? "/dev/null", flags, 0o644)

        // env changes the directory and then becomes the program: glibc's own action for that is not visible in Swift.
        let env = "/usr/bin/env"
        let line = [env, "-C", directory.path, executable.path] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = line.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer {
            for pointer in words + variables { free(pointer) }
        }
        var processID: pid_t = 0
        let status = posix_spawn(&processID, env, &actions, nil, &words, &variables)
        guard status == 0 else {
            throw TestFailure("cannot start \(executable.path): \(String(cString: strerror(status)))")
        }
        return ChildProcess(processID: processID)
    }

    /// The exit code, or minus the number of the signal that ended it; nil while it runs. May be asked again and again
    /// and from everywhere: the child stays a zombie until `reap`, so that its number cannot go to another program.
    var exitCode: Int32? {
        var info = siginfo_t()
        guard waitid(P_PID, id_t(processID), &info, WEXITED | WNOHANG | WNOWAIT) == 0, info.si_signo == SIGCHLD else {
            return nil
        }
        let status = info._sifields._sigchld.si_status
        return info.si_code == Int32(CLD_EXITED) ? status : -status
    }

    var isRunning: Bool { exitCode == nil }

    /// Ends the zombie; call once, when nobody asks any more. Kills the program if it still runs.
    func reap() {
        if isRunning { kill(processID, SIGKILL) }
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
    }
}
