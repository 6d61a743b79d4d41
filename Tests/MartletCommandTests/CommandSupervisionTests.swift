import Glibc
import Testing

@testable import martlet

@Suite struct CommandSupervisionTests {
    typealias Event = CommandSupervision.Event
    typealias Action = CommandSupervision.Action

    /// Events with what they lead to; the second value is whether there is a terminal and we have it.
    private static let steps: [(Event, Bool?, [Action])] = [
        (.signal(SIGINT), nil, [.signalGroup(SIGINT)]), (.signal(SIGHUP), true, [.signalGroup(SIGHUP)]),
        // The command alone decides about its children.
        (.signal(SIGTERM), nil, [.signalCommand(SIGTERM)]), (.signal(SIGUSR1), false, [.signalCommand(SIGUSR1)]),
        (.signal(SIGCONT), nil, [.signalGroup(SIGCONT)]), (.signal(SIGCONT), false, [.signalGroup(SIGCONT)]),
        (.signal(SIGCONT), true, [.giveTerminal, .signalGroup(SIGCONT)]),
        // It wants to read, and we can let it.
        (.stopped(SIGTTIN), true, [.giveTerminal, .signalGroup(SIGCONT)]),
        (.stopped(SIGTTOU), true, [.giveTerminal, .signalGroup(SIGCONT)]),
        (.stopped(SIGTTIN), false, [.takeTerminal, .stopHere]), (.stopped(SIGTSTP), true, [.takeTerminal, .stopHere]),
        (.stopped(SIGSTOP), nil, []),
        (.deadline, nil, [.signalGroup(SIGTERM), .signalGroup(SIGCONT), .startPatience]),
        (.patienceEnded, nil, [.signalGroup(SIGKILL)]), (.ended(.exited(0)), true, [.takeTerminal, .finish]),
    ]

    @Test(arguments: steps.indices)
    func anEventLeadsToItsActions(_ index: Int) {
        let (event, isForeground, actions) = Self.steps[index]
        var supervision = CommandSupervision()
        #expect(supervision.handle(event, isForeground: isForeground) == actions)
    }

    @Test func aCommandThatWasEndedForItsTimeIsTimedOutWhateverItSays() {
        var supervision = CommandSupervision()
        _ = supervision.handle(.deadline, isForeground: nil)
        _ = supervision.handle(.ended(.exited(0)), isForeground: nil)
        #expect(supervision.end == .timedOut)
    }

    @Test func nothingHappensAfterTheEnd() {
        var supervision = CommandSupervision()
        _ = supervision.handle(.ended(.signalled(9)), isForeground: nil)
        #expect(supervision.handle(.signal(SIGINT), isForeground: nil) == [])
        #expect(supervision.handle(.deadline, isForeground: nil) == [])
        #expect(supervision.end == .signalled(9))
    }

    @Test func exitCodesAreThoseOfAShell() {
        #expect(CommandEnd(waitStatus: 3 << 8).exitCode == 3)
        #expect(CommandEnd(waitStatus: 9).exitCode == 137)
        // With a core dump.
        #expect(CommandEnd(waitStatus: 0x80 | 11).exitCode == 139)
        #expect(CommandEnd.timedOut.exitCode == 124)
    }
}
