#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What to do with the command of a run when something happens: a value, told of events, that answers with actions.
///
/// The command has a process group of its own. On a terminal it is given the terminal, at once when a person sits on both
/// of its ends, else when it asks (the system stops a group in the background that reads); so a pager behind `martlet
/// run` keeps its keyboard.
struct CommandSupervision: Equatable {
    enum Event: Equatable {
        /// This process got a signal.
        case signal(Int32)
        /// The command was stopped.
        case stopped(Int32)
        case ended(CommandEnd)
        /// The time of `--timeout` is over.
        case deadline
        /// The time after the polite signal is over.
        case patienceEnded
    }

    enum Action: Equatable {
        case signalGroup(Int32)
        /// Not its children.
        case signalCommand(Int32)
        /// When this process's group has the terminal.
        case giveTerminal
        case takeTerminal
        /// This process and those beside it, until somebody goes on with them.
        case stopHere
        case startPatience
        case finish
    }

    /// Signals that a terminal gives a whole group.
    private static let ofGroup: Set<Int32> = [SIGINT, SIGQUIT, SIGTSTP, SIGHUP, SIGWINCH]

    private(set) var end: CommandEnd?
    private(set) var isTimedOut = false

    /// - Parameter isForeground: whether this process's group, or the command's, has the terminal at present; nil
    ///   when there is no terminal.
    mutating func handle(_ event: Event, isForeground: Bool?) -> [Action] {
        guard end == nil else { return [] }
        switch event {
        case .signal(SIGCONT): return (isForeground == true ? [.giveTerminal] : []) + [.signalGroup(SIGCONT)]
        case .signal(let number):
            return [Self.ofGroup.contains(number) ? .signalGroup(number) : .signalCommand(number)]
        case .stopped(let number):
            // Without a terminal nobody would go on with this process's group, which may hold a whole script.
            guard let isForeground else { return [] }
            if number == SIGTTIN || number == SIGTTOU, isForeground { return [.giveTerminal, .signalGroup(SIGCONT)] }
            return [.takeTerminal, .stopHere]
        case .deadline:
            isTimedOut = true
            // A command that is stopped takes the signal only when it goes on.
            return [.signalGroup(SIGTERM), .signalGroup(SIGCONT), .startPatience]
        case .patienceEnded: return [.signalGroup(SIGKILL)]
        case .ended(let end):
            self.end = isTimedOut ? .timedOut : end
            return [.takeTerminal, .finish]
        }
    }
}

/// How the command of a run ended.
enum CommandEnd: Equatable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    case timedOut

    /// Of a wait status. Spec: POSIX, `waitpid`: the low seven bits are the signal, the next byte the exit code.
    init(waitStatus status: Int32) {
        self = status & 0x7F == 0 ? .exited((status >> 8) & 0xFF) : .signalled(status & 0x7F)
    }

    /// As a shell gives it; `timeout`'s 124 for a command that took too long.
    var exitCode: Int32 {
        switch self {
        case .exited(let code): code
        case .signalled(let number): 128 + number
        case .timedOut: 124
        }
    }
}
