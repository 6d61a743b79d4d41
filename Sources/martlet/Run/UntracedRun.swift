import MartletServer
import TelemetryModel

/// The command of a run without its telemetry, so that it can be said what telemetry costs.
///
/// It has a server of its own that is thrown away: what does not heed the variables sends there, and not into the run.
struct UntracedRun {
    /// What switches telemetry off, whatever else is set.
    static let variables = [
        "OTEL_SDK_DISABLED": "true", "SPACETIMEDB_TELEMETRY_ENABLED": "false", "AUTOMAGIK_TELEMETRY_ENABLED": "false",
    ]

    let words: [String]
    let service: String?
    let timeout: Duration?

    /// Shows nothing of what the command writes.
    ///
    /// - Returns: nil when it cannot be compared, which is said on standard error.
    func run(_ relay: SignalRelay, _ cleanup: RunCleanup) async throws -> CommandRun.Result? {
        let (server, state) = try await PrivateServer.start(isKept: false) { cleanup.note($0) }
        defer { server.stop() }
        let environment = RunEnvironment(
            command: words, service: service, data: server.data, given: processEnvironment(), url: state.url)
        let result: CommandRun.Result
        do {
            result = try await CommandRun(
                words: words, environment: environment.merged.merging(Self.variables) { $1 }, timeout: timeout,
                relay: relay, server: server, isSilent: true
            ).run()
        } catch {
            StandardError.write("martlet: \(error.message)\n")
            cleanup.perform()
            exitProcess(error.exitCode)
        }
        relay.deliver { cleanup.endProcess($0) }
        if case .signalled(let number) = result.end, SignalRelay.ending.contains(number) {
            // Who ended it does not want it once more.
            cleanup.perform()
            exitProcess(result.end.exitCode)
        }
        let source = ServerSource(state)
        try await source.settle()
        let items = try await RunTotals(source).items
        guard items == 0 else {
            let count = "\(HumanText.count(items)) \(items == 1 ? "item" : "items")"
            StandardError.write(
                "martlet: the overhead is not measured: without telemetry the command sent \(count) all the same\n")
            return nil
        }
        guard result.end == .exited(0) else {
            StandardError.write(
                "martlet: the overhead is not measured: without telemetry the command did not succeed\n")
            return nil
        }
        return result
    }
}
