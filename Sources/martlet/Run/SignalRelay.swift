import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Signals to this process, handed to whoever is responsible at the time.
///
/// A handler of the system's may do next to nothing, so it writes the number into a pipe, and a thread reads it there.
final class SignalRelay: Sendable {
    /// What a supervised command gets, too, and what ends the work before and after it.
    static let forwarded = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGTSTP, SIGCONT]
    /// What ends the work when there is no command to hand it to.
    static let ending: Set<Int32> = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

    private let receiver = Mutex<@Sendable (Int32) -> Void>({ _ in })
    /// What the process was started with: signals that are ignored stay so, here and in the command (`nohup`).
    let ignored: Set<Int32>

    /// - Throws: when the system gives no pipe.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CommandFailure(.no, "cannot make a pipe: \(String(cString: strerror(errno)))")
        }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        // A handler must not wait for a full pipe.
        _ = fcntl(writeEnd, F_SETFL, O_NONBLOCK)
        signalPipe = writeEnd
        var ignored: Set<Int32> = []
        for number in Self.forwarded + [SIGCHLD, SIGPIPE, SIGTTIN, SIGTTOU] where Self.isIgnored(number) {
            ignored.insert(number)
        }
        self.ignored = ignored
        for number in Self.forwarded + [SIGCHLD] where number == SIGCHLD || !ignored.contains(number) {
            signal(number, handleSignal)
        }
        // Taking the terminal back from the command is done from the background.
        signal(SIGTTOU, SIG_IGN)
        DispatchQueue(label: "martlet.signals").async { [weak self] in
            var byte: UInt8 = 0
            while true {
                let count = read(readEnd, &byte, 1)
                if count < 0 && errno == EINTR { continue }
                guard count == 1, let self else { return }
                let receiver = self.receiver.withLock { $0 }
                receiver(Int32(byte))
            }
        }
    }

    /// From now on signals go there, one at a time, on the relay's own thread.
    func deliver(to receiver: @escaping @Sendable (Int32) -> Void) {
        self.receiver.withLock { $0 = receiver }
    }

    /// Stops this process with everyone in its group, as the terminal does with Ctrl-Z.
    ///
    /// The system picks the thread that takes the signal, at its own time, so the handler stays away until `goOn`.
    func stopOwnGroup() {
        signal(SIGTSTP, SIG_DFL)
        kill(0, SIGTSTP)
    }

    /// After SIGCONT.
    func goOn() {
        if !ignored.contains(SIGTSTP) { signal(SIGTSTP, handleSignal) }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        #if canImport(Darwin)
        return unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 1
        #else
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
        #endif
    }
}

/// Guard: written once, before a handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

private func handleSignal(_ number: Int32) {
    let before = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = write(signalPipe, &byte, 1)
    errno = before
}
