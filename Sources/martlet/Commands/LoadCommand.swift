import ArgumentParser
import MartletServer
import TelemetryModel

/// What kind of telemetry a load consists of.
enum LoadSignal: String, CaseIterable, ExpressibleByArgument {
    case traces, metrics, logs, all

    var signals: [Signal] { Signal(rawValue: rawValue).map { [$0] } ?? Signal.allCases }
}

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Make load over the real protocols and check what is stored of it.",
        discussion: """
            Sends spans, data points or log records with ids that no other run has, as fast as the receiver answers or \
            at a rate. Then waits for a flush, counts what the server has stored, and reports. Exit code 1 when an \
            accepted item is missing, one is stored twice, or requests failed.

            A connection has one request in flight. At a rate, requests are due at fixed times whatever the answers, \
            and latency counts from the due time; without a rate from the first attempt. Both include retries. Latency \
            is known of accepted requests only.

            503 and UNAVAILABLE are retried with the same bytes after the time that the receiver asks for, else 1 s, \
            for up to 30 s. A request whose connection broke counts as unknown: its items may be stored or not.

            Protobuf is copied from templates and costs next to nothing; http-json goes through the ordinary encoder \
            and is slow: this client may then be what limits the rate. Run a release build.
            """)

    /// More do not make more load on one machine, and each gRPC connection has its own client.
    static let connectionsMax = 1_000
    /// A request of this many typical spans has 44 MB; receivers refuse more.
    static let batchMax = 100_000
    static let rateMax = 1e8
    private static let durationDefault = Duration.seconds(10)
    private static let durationMax = Duration.seconds(7 * 86_400)

    @OptionGroup var server: ServerOptions

    @Option(
        name: .long, help: "Send to this receiver instead of the running server, for example http://127.0.0.1:4318.")
    var endpoint: String?

    @Option(name: .customLong("protocol"), help: "grpc, http-protobuf or http-json.")
    var transport = OTLPProtocol.grpc

    @Option(name: .long, help: "traces, metrics, logs, or all three in turn.")
    var signal = LoadSignal.traces

    @Option(name: .long, help: "Items a second; as fast as possible when left out.")
    var rate: Double?

    @Option(name: .long, help: "Connections.")
    var connections = 4

    @Option(name: .long, help: "How long to send, for example 10s or 5m. (default: 10s)")
    var duration: DurationArgument?

    @Option(name: .long, help: "Send this many items instead of for a time.")
    var items: UInt64?

    @Option(name: .long, help: "Items in a request.")
    var batch = 500

    @Option(name: .long, help: "none or gzip.")
    var compression = RequestCompression.none

    @Option(name: .long, help: "Traces: typical, small (two attributes a span), wide (one parent), deep (one chain).")
    var shape = TraceShape.typical

    @Option(name: .long, help: "Spans in a trace; by shape 10, 4, 1000, 100 when left out.")
    var traceSpans: UInt64?

    @Option(
        name: .long,
        help: "Run id, a number: the ids of a run are made from it. Sending a run's id again sends its ids again.")
    var seed: UInt64?

    @Flag(name: .long, help: "Do not count what is stored.")
    var noVerify = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    func validate() throws {
        guard (1...Self.connectionsMax).contains(connections) else {
            throw ValidationError("--connections wants 1 to \(Self.connectionsMax), not \(connections)")
        }
        guard (1...Self.batchMax).contains(batch) else {
            throw ValidationError("--batch wants 1 to \(Self.batchMax), not \(batch)")
        }
        if let rate {
            guard rate > 0, rate <= Self.rateMax else {
                throw ValidationError("--rate wants more than 0 and at most \(Int(Self.rateMax)), not \(rate)")
            }
        }
        if duration != nil, items != nil { throw ValidationError("--duration and --items exclude each other") }
        if let duration {
            guard duration.duration > .zero, duration.duration <= Self.durationMax else {
                throw ValidationError("--duration wants more than 0s and at most 7d")
            }
        }
        if let items {
            guard items >= 1, items <= 1_000_000_000_000 else {
                throw ValidationError("--items wants 1 to 1000000000000, not \(items)")
            }
        }
        if let traceSpans {
            guard traceSpans >= 1, traceSpans <= 1_000_000_000 else {
                throw ValidationError("--trace-spans wants 1 to 1000000000, not \(traceSpans)")
            }
        }
    }

    var plan: LoadPlan {
        LoadPlan(
            signals: signal.signals, batch: batch,
            end: items.map { .items($0) } ?? .after(duration?.duration ?? Self.durationDefault), rate: rate)
    }

    func run() async throws {
        let state = endpoint == nil ? try server.state() : nil
        let url = try endpoint ?? server.url(transport == .grpc ? "otlp_grpc" : "otlp_http")
        let identity = RunIdentity(id: seed ?? .random(in: .min ... .max))
        let run = LoadRun(
            plan: plan, context: context(identity),
            target: ExportTarget(transport, url: url, isOwnServer: endpoint == nil, compression: compression),
            connections: connections)
        let serverBefore = await serverCPUSeconds(state)
        let clientBefore = ProcessFacts.read().cpuSeconds
        let outcome = try await run.run()
        let clientCPU = ProcessFacts.read().cpuSeconds - clientBefore
        let flush: Result<Int64?, CommandFailure> = await flush(state)
        let serverAfter = await serverCPUSeconds(state)
        let report = LoadReport(
            run: identity, endpoint: url, transport: transport, compression: compression, shape: shape,
            signals: signal.signals, connections: connections, tally: outcome.tally,
            seconds: outcome.duration / .seconds(1), late: late(outcome), clientCPUSeconds: clientCPU,
            serverCPUSeconds: serverBefore.flatMap { before in serverAfter.map { $0 - before } },
            flushMilliseconds: (try? flush.get()) ?? nil,
            verification: await verify(state, identity, outcome.tally, flush))
        if json {
            StandardOutput.write(report.json)
        } else {
            StandardOutput.write(report.table(width: StandardOutput.isTerminal ? StandardOutput.width : nil))
        }
        if let problem = report.problem { throw CommandFailure(.no, problem) }
    }

    private func context(_ identity: RunIdentity) -> LoadContext {
        LoadContext(
            identity: identity, shape: shape, traceSpans: traceSpans ?? shape.traceSpansDefault,
            startTime: UInt64(clamping: Timestamp.now().nanoseconds),
            itemNanoseconds: rate.map { UInt64(max(1, 1e9 / $0 * Double(signal.signals.count))) } ?? 5_000)
    }

    /// Items that were due before the end and had no connection free.
    private func late(_ outcome: LoadRun.Outcome) -> UInt64? {
        guard rate != nil, !outcome.wasStopped, let itemsMax = plan.itemsMax else { return nil }
        return itemsMax - min(itemsMax, outcome.tally.total.sent)
    }

    private func serverCPUSeconds(_ state: ServerState?) async -> Double? {
        guard let state else { return nil }
        return await ServerFigures.value("process_cpu_seconds_total", state)
    }

    /// The milliseconds of a flush of this machine's own server; nil for another receiver.
    private func flush(_ state: ServerState?) async -> Result<Int64?, CommandFailure> {
        guard state != nil, !noVerify else { return .success(nil) }
        do {
            return .success(try await FlushCall.send(try server.url("api"), timeout: .seconds(60)).milliseconds)
        } catch {
            return .failure(CommandFailure(error))
        }
    }

    private func verify(
        _ state: ServerState?, _ identity: RunIdentity, _ tally: LoadTally, _ flush: Result<Int64?, CommandFailure>
    ) async -> LoadReport.Verification {
        if noVerify { return .skipped("--no-verify") }
        guard state != nil else { return .skipped("another receiver (--endpoint)") }
        if case .failure(let failure) = flush { return .failed("the flush failed: \(failure.message)") }
        guard tally.total.sent <= StoredCount.itemsMax else {
            return .skipped("more than \(HumanText.count(StoredCount.itemsMax)) items")
        }
        do {
            let url = try server.url("clickhouse")
            var counts: [Signal: StoredCount] = [:]
            for signal in signal.signals {
                counts[signal] = try await StoredCount.ask(
                    signal, run: identity, expected: tally.items[signal]?.sent ?? 0, clickhouse: url)
            }
            return .counted(counts)
        } catch {
            return .failed(CommandFailure(error).message)
        }
    }
}
