import OTLPMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A SpacetimeDB server with the three modules `chat`, `game` and `shop`.
///
/// Span, attribute and metric names, kinds and resource are those of the generators and fixtures that came with the
/// application's telemetry stack: `api.request` (SERVER) → `database.<operation>` (CLIENT) → `wasm.function_call`
/// (SERVER, as sent there, although nothing listens).
struct SpacetimeDBSampler: ApplicationSampler {
    private struct Module {
        let name: String
        let identity: String
        let tables: [String]
        let reducers: [String]
    }

    private struct Batch {
        var spans: [OTLPSpan] = []
        var logs: [OTLPLogRecord] = []
        var traceIDs: [String] = []
        var requests: [Observation] = []
        var operations: [Observation] = []
        var calls: [Observation] = []
    }

    /// The ways in which a request can fail, with what the server answers.
    private enum Failure {
        case trap, uniqueConstraint

        var statusCode: Int64 { self == .trap ? 500 : 409 }
        var type: String { self == .trap ? "wasmtime::Trap" : "UniqueConstraintViolation" }
        func message(_ table: String) -> String {
            self == .trap
                ? "wasm trap: wasm `unreachable` instruction executed"
                : "unique constraint on \(table).id violated"
        }
    }

    private static let slowRequestNanoseconds: UInt64 = 200_000_000

    private let modules: [Module]
    private let users: [String]
    private var operations = CumulativeCounter(
        name: "spacetimedb_database_operations_total", description: "Database operations",
        labelNames: ["operation", "table"])
    private var requests = CumulativeHistogram(
        name: "spacetimedb_request_duration_seconds", description: "Time from request to response",
        labelNames: ["method", "endpoint"], bounds: [0.01, 0.05, 0.1, 0.5])
    private var calls = CumulativeHistogram(
        name: "spacetimedb_wasm_execution_duration_seconds", description: "Time in a WebAssembly function",
        labelNames: ["module", "function"], bounds: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5])

    init(random: inout RandomSource) {
        var modules: [Module] = []
        for (name, tables, reducers) in [
            ("chat", ["users", "messages", "channels"], ["send_message", "set_name", "join_channel"]),
            ("game", ["players", "entities", "scores"], ["move_player", "spawn_entity", "tick"]),
            ("shop", ["items", "orders"], ["add_to_cart", "place_order"]),
        ] {
            modules.append(
                Module(
                    name: name, identity: random.identifier(bytes: 32).lowercaseHex, tables: tables, reducers: reducers
                ))
        }
        self.modules = modules
        users = (0..<12).map { _ in "user_\(1000 + random.below(9000))" }
    }

    private static let resource = OTLPResource([
        // First: the seeds' own check reads the first attribute of the resource and wants the service's name there.
        ("service.name", "spacetimedb"), ("service.version", "dev"),
        ("deployment.environment", "local-development"), ("host.name", "localhost"),
    ])

    mutating func sample(traces: Int, in window: TimeWindow, random: inout RandomSource) -> SampleTelemetry {
        var batch = Batch()
        for end in window.moments(traces, &random) {
            addRequest(endingAt: end, to: &batch, random: &random)
        }
        batch.operations.sort { $0.time < $1.time }
        batch.calls.sort { $0.time < $1.time }
        let metrics = [
            operations.metric(batch.operations, in: window),
            requests.metric(batch.requests, in: window),
            calls.metric(batch.calls, in: window),
        ]
        return SampleTelemetry(
            traces: OTLPTraceRequest([
                (Self.resource, OTLPScope(name: "spacetimedb-tracer", version: "1.0.0"), batch.spans)
            ]),
            metrics: OTLPMetricsRequest([
                (
                    Self.resource, OTLPScope(name: "spacetimedb-metrics", version: "1.0.0"),
                    metrics.filter { !$0.isEmpty } + gauges(in: window, random: &random)
                )
            ]),
            logs: OTLPLogsRequest([
                (Self.resource, OTLPScope(name: "spacetimedb-logger", version: "1.0.0"), batch.logs)
            ]),
            traceIDs: batch.traceIDs)
    }

    // MARK: One request

    private func addRequest(endingAt end: UInt64, to batch: inout Batch, random: inout RandomSource) {
        var trace = TraceRecorder(random: &random)
        let module = random.pick(modules)
        let reducer = random.pick(module.reducers)
        let isCall = random.chance(0.7)
        let endpoint = isCall ? "/v1/database/\(module.name)/call/\(reducer)" : "/v1/database/\(module.name)/sql"
        let failure: Failure? = random.chance(0.06) ? (random.chance(0.4) ? .trap : .uniqueConstraint) : nil

        // Now and then a reducer waits for the module's lock: the tail that histograms and their exemplars are for.
        let stalls = random.chance(0.03)

        let request = trace.begin(
            "api.request", .server,
            [
                ("http.method", "POST"), ("http.url", .string("http://localhost:3000\(endpoint)")),
                ("user.agent", .string(random.pick(["spacetimedb-typescript-sdk/1.1", "spacetimedb-cli/1.1"]))),
                ("user.id", .string(random.pick(users))),
            ], random: &random)
        trace.work(random.nanoseconds(median: 300_000))

        var operations: [(handle: TraceRecorder.Handle, labels: [String])] = []
        var calls: [TraceRecorder.Handle] = []
        let operationCount = isCall && failure == nil ? random.from(1...2) : 1
        for _ in 0..<operationCount {
            let table = random.pick(module.tables)
            let operation = isCall ? random.pick(["insert", "update", "insert", "select", "delete"]) : "select"
            let span = trace.begin(
                "database.\(operation)", .client,
                [
                    ("db.system", "spacetimedb"), ("db.table", .string(table)), ("db.operation", .string(operation)),
                    ("spacetimedb.database_identity", .string(module.identity)),
                ], random: &random)
            operations.append((span, [operation, table]))
            trace.work(random.nanoseconds(median: 800_000))

            let call = trace.begin(
                "wasm.function_call", .server,
                [("wasm.module_id", .string(module.name)), ("wasm.function", .string(reducer))], random: &random)
            trace.work(random.nanoseconds(median: stalls ? 300_000_000 : 6_000_000))
            calls.append(call)
            if failure == .trap { fail(call, .trap, table, &trace) }
            trace.add(
                [
                    // The attribute and the span must say the same, so the one is computed from the other.
                    ("wasm.execution_time_ms", .double(Double(trace.duration(of: call)) / 1e6)),
                    ("wasm.memory_usage_bytes", .int(Int64(random.from(16...256)) * 65_536)),
                ], to: call)
            trace.end(call)

            trace.work(random.nanoseconds(median: 1_500_000))
            if let failure { fail(span, failure, table, &trace) }
            let rows = operation == "select" ? random.from(0...200) : random.from(1...5)
            trace.add([("db.rows_affected", .int(failure == nil ? Int64(rows) : 0))], to: span)
            trace.end(span)
        }

        trace.work(random.nanoseconds(median: 200_000))
        trace.add([("http.status_code", .int(failure?.statusCode ?? 200))], to: request)
        if let failure { trace.fail(request, "HTTP \(failure.statusCode)") }
        trace.finish(at: end)

        func observe(_ handle: TraceRecorder.Handle, _ labels: [String]) -> Observation {
            let span = trace.span(handle)
            return Observation(
                time: span.endTimeUnixNano, value: Double(trace.duration(of: handle)) / 1e9, labels: labels,
                traceID: trace.traceID, spanID: span.spanID)
        }
        batch.requests.append(observe(request, ["POST", isCall ? "/database/call" : "/database/sql"]))
        batch.operations += operations.map { observe($0.handle, $0.labels) }
        batch.calls += calls.map { observe($0, [module.name, reducer]) }

        let elapsed = trace.duration(of: request)
        var record = Self.record(
            failure, slow: elapsed > Self.slowRequestNanoseconds, endpoint: endpoint, elapsed: elapsed,
            table: operations.first?.labels.last ?? "", at: end)
        record.attributes += [OTLPKeyValue]([
            ("module_id", .string(module.name)), ("operation", .string(isCall ? "call" : "sql")),
        ])
        record.traceID = trace.traceID
        record.spanID = trace.span(request).spanID
        record.flags = 1
        batch.logs.append(record)
        batch.traceIDs.append(trace.traceID.lowercaseHex)
        batch.spans += trace.spans
    }

    /// OpenTelemetry semantic conventions, "Exceptions on spans": an event of this name with these attributes.
    private func fail(
        _ handle: TraceRecorder.Handle, _ failure: Failure, _ table: String, _ trace: inout TraceRecorder
    ) {
        trace.event(
            "exception",
            [
                ("exception.type", .string(failure.type)), ("exception.message", .string(failure.message(table))),
                ("exception.escaped", false),
            ], on: handle)
        trace.fail(handle, failure.message(table))
    }

    private static func record(
        _ failure: Failure?, slow: Bool, endpoint: String, elapsed: UInt64, table: String, at end: UInt64
    ) -> OTLPLogRecord {
        let file = "crates/client-api/src/routes/database.rs"
        let elapsedMilliseconds = SampleValue.double(Double(elapsed) / 1e6)
        if let failure {
            return OTLPLogRecord(
                .error, "ERROR", body: "POST \(endpoint) failed: \(failure.message(table))", at: end,
                [
                    ("code.file.path", .string(file)), ("code.function.name", "handle_error"),
                    ("code.line.number", 412), ("http.status_code", .int(failure.statusCode)),
                    ("exception.type", .string(failure.type)), ("exception.message", .string(failure.message(table))),
                ])
        }
        let (severity, text, body, line): (OTLPSeverityNumber, String, String, Int64) =
            slow
            ? (.warn, "WARN", "slow request: POST \(endpoint)", 187)
            : (.info, "INFO", "POST \(endpoint) 200", 163)
        return OTLPLogRecord(
            severity, text, body: body, at: end,
            [
                ("code.file.path", .string(file)), ("code.function.name", "handle_request"),
                ("code.line.number", .int(line)), ("http.status_code", 200), ("elapsed_ms", elapsedMilliseconds),
            ])
    }

    // MARK: Gauges

    private func gauges(in window: TimeWindow, random: inout RandomSource) -> [OTLPMetric] {
        var connections: [OTLPNumberDataPoint] = []
        var memory: [OTLPNumberDataPoint] = []
        var loaded: [OTLPNumberDataPoint] = []
        for time in window.metricTimes {
            connections.append(OTLPNumberDataPoint(.asInt(Int64(random.from(18...30))), at: time))
            for (type, mebibytes) in [("heap", 96), ("wasm", 48), ("page_pool", 32)] {
                let bytes = Int64(mebibytes * 1_048_576 + random.from(0...8_388_608))
                memory.append(OTLPNumberDataPoint(.asInt(bytes), at: time, [("type", .string(type))]))
            }
            loaded.append(OTLPNumberDataPoint(.asInt(Int64(modules.count)), at: time))
        }
        return [
            .gauge(
                name: "spacetimedb_active_connections", description: "Clients connected", unit: "{connection}",
                connections),
            .gauge(name: "spacetimedb_memory_usage_bytes", description: "Memory in use", unit: "By", memory),
            .gauge(name: "spacetimedb_wasm_modules_loaded", description: "Modules loaded", unit: "{module}", loaded),
        ]
    }
}

extension OTLPMetric {
    /// Before the first observation a counter or histogram has no series, and a metric without points says nothing.
    fileprivate var isEmpty: Bool {
        switch data {
        case .sum(let sum): sum.dataPoints.isEmpty
        case .histogram(let histogram): histogram.dataPoints.isEmpty
        default: false
        }
    }
}
