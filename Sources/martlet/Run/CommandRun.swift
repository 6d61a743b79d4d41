import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs a command to its end: hands signals on, gives it the terminal, ends it when its time is over, and ends what it
/// leaves behind.
struct CommandRun {
    /// Between SIGTERM and SIGKILL.
    static let patience = Duration.seconds(5)
    /// For processes that the command left behind, which are nobody's any more.
    static let leftoverPatience = Duration.seconds(2)

    struct Result: Sendable {
        var end: CommandEnd
        var start: Timestamp
        var duration: Duration
        var cpu: Duration
        /// Processes of the command's group lived on after it and were ended.
        var hadLeftovers: Bool
    }

    let words: [String]
    let environment: [String: String]
    let timeout: Duration?
    let relay: SignalRelay
    let server: PrivateServer
    /// Without input and outputs.
    var isSilent = false

    func run() async throws(CommandProcess.NotStarted) -> Result {
        // Many signals at once are as good as a few of each.
        let (events, continuation) = AsyncStream.makeStream(
            of: CommandSupervision.Event?.self, bufferingPolicy: .bufferingOldest(1_000))
        CommandProcess.adoptGrandchildren()
        // A child that has ended is looked for by the loop below, which alone waits for children.
        relay.deliver { continuation.yield($0 == SIGCHLD ? nil : .signal($0)) }
        let clock = ContinuousClock()
        let begin = clock.now
        let start = Timestamp.now()
        let command = try CommandProcess.start(
            words, environment: environment, ignored: relay.ignored, isSilent: isSilent)
        server.guard(group: command.group)
        var terminal = ControllingTerminal()
        if ControllingTerminal.isInteractive { terminal?.give(to: command.group) }
        var timers: [Task<Void, Never>] = []
        defer {
            for timer in timers { timer.cancel() }
            terminal?.close()
        }
        if let timeout { timers.append(Self.timer(timeout, .deadline, continuation)) }

        var supervision = CommandSupervision()
        var result = Result(end: .exited(0), start: start, duration: .zero, cpu: .zero, hadLeftovers: false)
        // In case it has ended before the relay was told where to deliver.
        continuation.yield(nil)
        loop: for await event in events {
            if event == .signal(SIGCONT) { relay.goOn() }
            for event in event.map({ [$0] }) ?? reap(command, &result) {
                let isForeground = terminal?.isForeground(orCommand: command.group)
                for action in supervision.handle(event, isForeground: isForeground) {
                    switch action {
                    case .signalGroup(let number): kill(-command.group, number)
                    case .signalCommand(let number): kill(command.processID, number)
                    case .giveTerminal: terminal?.give(to: command.group)
                    case .takeTerminal:
                        let isKilled = if case .signalled = supervision.end { true } else { supervision.isTimedOut }
                        terminal?.take(from: command.group, isReset: isKilled)
                    case .stopHere: relay.stopOwnGroup()
                    case .startPatience: timers.append(Self.timer(Self.patience, .patienceEnded, continuation))
                    case .finish: break loop
                    }
                }
            }
        }
        result.duration = clock.now - begin
        result.end = supervision.end ?? result.end
        result.hadLeftovers = await Self.endLeftovers(of: command.group)
        server.guard(group: nil)
        return result
    }

    /// What became of the command, if this is about it. Other children are the server and orphans of the command.
    private func reap(_ command: CommandProcess, _ result: inout Result) -> [CommandSupervision.Event] {
        var events: [CommandSupervision.Event] = []
        while let child = CommandProcess.reap() {
            // Spec: POSIX, `waitpid`: 0x7F in the low byte is a stop, and the next byte its signal.
            let isStop = child.status & 0xFF == 0x7F
            if child.processID == command.processID {
                events.append(
                    isStop ? .stopped((child.status >> 8) & 0xFF) : .ended(CommandEnd(waitStatus: child.status)))
                result.cpu = child.cpu
            } else if !isStop {
                server.noteEnd(of: child.processID, status: child.status)
            }
        }
        return events
    }

    private static func timer(
        _ time: Duration, _ event: CommandSupervision.Event,
        _ continuation: AsyncStream<CommandSupervision.Event?>.Continuation
    ) -> Task<Void, Never> {
        // Cancelled when the command has ended.
        Task {
            do { try await Task.sleep(for: time) } catch { return }
            continuation.yield(event)
        }
    }

    /// - Returns: whether there were any.
    private static func endLeftovers(of group: Int32) async -> Bool {
        guard hasMembers(group) else { return false }
        kill(-group, SIGTERM)
        kill(-group, SIGCONT)
        let clock = ContinuousClock()
        let deadline = clock.now + leftoverPatience
        while clock.now < deadline {
            try? await Task.sleep(for: .milliseconds(10))
            if !hasMembers(group) { return true }
        }
        kill(-group, SIGKILL)
        return true
    }

    /// Adopted orphans that have ended count as members until somebody waits for them.
    private static func hasMembers(_ group: Int32) -> Bool {
        var status: Int32 = 0
        while waitpid(-group, &status, WNOHANG) > 0 {}
        return kill(-group, 0) == 0
    }
}
