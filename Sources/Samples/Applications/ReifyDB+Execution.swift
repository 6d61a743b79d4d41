import OTLPMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The simulated execution of one statement: what calls what, and how long it takes.
struct ReifyDBExecution {
    private(set) var trace: TraceRecorder
    var random: RandomSource
    /// The spans of the request run on one thread of the server's, those of the engine on one of the compute pool's.
    private let asynchronousThread: Int
    private let computeThread: Int

    init(random: RandomSource) {
        var random = random
        trace = TraceRecorder(random: &random)
        asynchronousThread = random.from(2...5)
        computeThread = random.from(6...13)
        self.random = random
    }

    mutating func finish(at end: UInt64) {
        trace.finish(at: end)
    }

    mutating func run(_ statement: ReifyDBStatement) {
        let operation = if case .command = statement.kind { "command" } else { "query" }
        // A conflict with a concurrent transaction, found when the command commits.
        let conflicts = operation == "command" && random.chance(0.08)
        let failure: String? =
            if case .malformed(let message) = statement.kind { message } else {
                conflicts ? "transaction conflict" : nil
            }
        span("http::\(operation)", [("format", "json")], takes: 40_000, .asynchronous) { execution, request in
            execution.span("http::extract_identity", takes: 6_000, .asynchronous)
            execution.span("http::execute_and_respond", [("op", .string(operation))], takes: 20_000, .asynchronous) {
                execution, _ in
                execution.span("dispatch::request", [("op", .string(operation))], takes: 15_000, .asynchronous) {
                    execution, _ in
                    execution.runSession(statement, operation, conflicts: conflicts)
                }
                // An error is answered without frames.
                guard failure == nil else { return }
                let rows = Int64(execution.random.from(1...800))
                execution.span(
                    "wire::encode_frames",
                    [
                        ("frame_count", 1), ("total_rows", .int(rows)),
                        ("bytes", .int(rows * Int64(execution.random.from(24...96)))),
                    ], takes: 60_000)
            }
            if let failure { execution.fail(request, "http::\(operation)", failure) }
        }
    }

    private mutating func runSession(_ statement: ReifyDBStatement, _ operation: String, conflicts: Bool) {
        let rql: SampleAttributes = [("rql", .string(statement.rql))]
        span("session::\(operation)", rql, takes: 12_000, .asynchronous) { execution, _ in
            execution.span("engine::\(operation)_as", rql, takes: 10_000, .asynchronous) { execution, _ in
                execution.span("transaction::\(operation)::begin", takes: 4_000)
                execution.span("executor::\(operation)", takes: 9_000) { execution, _ in
                    guard execution.compile(statement) else { return }
                    execution.span("executor::execute_units", [("unit_count", 1)], takes: 5_000) { execution, _ in
                        let instructions = Int64(8 + 6 * statement.operators.count)
                        execution.span(
                            "vm::run",
                            [
                                ("fingerprint", .string(ReifyDBSource.fingerprint(statement.rql))),
                                ("instr_count", .int(instructions)),
                            ], takes: 8_000
                        ) { execution, _ in
                            execution.runUnit(statement)
                        }
                    }
                }
                if case .command(_, let flows) = statement.kind {
                    execution.commit(flows: flows, conflicts: conflicts)
                }
            }
        }
    }

    /// Returns whether the statement compiles.
    private mutating func compile(_ statement: ReifyDBStatement) -> Bool {
        var compiles = true
        span("executor::compile", takes: 6_000) { execution, _ in
            execution.span("rql::parse", [("rql_length", .int(Int64(statement.rql.utf8.count)))], takes: 25_000) {
                execution, parse in
                if case .malformed(let message) = statement.kind {
                    compiles = false
                    execution.fail(parse, "rql::parse", message)
                }
            }
            guard compiles else { return }
            execution.span("rql::plan", takes: 5_000) { execution, _ in
                execution.span("rql::compile::logical", takes: 30_000) { execution, _ in
                    execution.span("catalog::namespace::find_by_name", takes: 3_000)
                    execution.span("catalog::table::find_by_name", takes: 3_500)
                    execution.span("catalog::column::list", takes: 5_000)
                }
                execution.span("rql::compile::physical", takes: 20_000)
            }
        }
        return compiles
    }

    private mutating func runUnit(_ statement: ReifyDBStatement) {
        guard case .command(let operation, _) = statement.kind else {
            runPlan(statement)
            return
        }
        span("mutate::\(operation)", takes: 20_000) { execution, _ in
            execution.runPlan(statement)
            for _ in 0..<execution.random.from(1...12) {
                execution.span("transaction::command::set", takes: 3_000) { execution, _ in
                    execution.span("store::multi::get", takes: 4_000)
                }
            }
        }
    }

    // MARK: The volcano operators

    private mutating func runPlan(_ statement: ReifyDBStatement) {
        initialize(statement.operators[...])
        var batches = random.from((statement.batchesMax + 3) / 4...statement.batchesMax)
        while next(statement.operators[...], &batches) {}
    }

    private mutating func initialize(_ operators: ArraySlice<String>) {
        guard let name = operators.first else { return }
        span("volcano::\(name)::initialize", takes: 4_000) { execution, _ in
            execution.initialize(operators.dropFirst())
        }
    }

    /// Asks the first of the operators for its next batch; false when there is none. Recursion is as deep as a plan.
    private mutating func next(_ operators: ArraySlice<String>, _ batches: inout Int) -> Bool {
        guard let name = operators.first else { return false }
        let inputs = operators.dropFirst()
        var remaining = batches
        var produces = true
        span("volcano::\(name)::next", takes: inputs.isEmpty ? 12_000 : 18_000) { execution, _ in
            if inputs.isEmpty {
                produces = remaining > 0
                if name != "inline_data" {
                    execution.span("store::multi::range_next", [("batch_size", 1024)], takes: 45_000)
                }
                remaining = max(0, remaining - 1)
            } else if ["sort", "aggregate", "join::hash"].contains(name) {
                // These need all of their input before their first row of output: one call empties everything below.
                produces = remaining > 0
                while execution.next(inputs, &remaining) {}
                execution.trace.work(execution.random.nanoseconds(median: 150_000))
            } else {
                produces = execution.next(inputs, &remaining)
            }
        }
        batches = remaining
        return produces
    }

    // MARK: Commit

    private mutating func commit(flows: Int, conflicts: Bool) {
        let pending = Int64(random.from(1...24))
        span("transaction::command::commit", [("pending_count", .int(pending))], takes: 15_000) { execution, commit in
            let check = Int64(execution.random.from(2...40))
            execution.span(
                "transaction::oracle::new_commit",
                [
                    ("read_keys", .int(pending * 3)), ("write_keys", .int(pending)),
                    ("windows_checked", .int(Int64(execution.random.from(1...4)))),
                    ("txns_checked", .int(Int64(execution.random.from(0...60)))), ("conflict_check_us", .int(check)),
                    ("clock_next_us", 1), ("add_txn_us", 2), ("cleanup_us", 0), ("has_conflict", .bool(conflicts)),
                ], takes: Double(check + 6) * 1_000)
            if conflicts {
                execution.fail(commit, "transaction::command::commit", "transaction conflict")
                return
            }
            let version = Int64(100_000 + execution.random.below(900_000))
            execution.span(
                "store::multi::commit", [("delta_count", .int(pending)), ("version", .int(version))], takes: 90_000
            ) { execution, store in
                execution.span("store::multi::hot::set", takes: 35_000)
                execution.event(store, "store::multi::commit", level: "DEBUG", "version committed")
            }
            for _ in 0..<flows {
                execution.applyFlow(rows: pending)
            }
        }
    }

    private mutating func applyFlow(rows: Int64) {
        let lockWait = Int64(random.from(0...30))
        span(
            "flow::engine::apply",
            [
                ("input_rows", .int(rows)), ("output_diffs", 1), ("output_rows", .int(rows)),
                ("lock_wait_us", .int(lockWait)),
            ], takes: 30_000
        ) { execution, flow in
            execution.trace.work(UInt64(lockWait) * 1_000)
            execution.span("flow::operator::filter::apply", takes: 12_000)
            execution.span("flow::operator::aggregate::apply", takes: 40_000) { execution, _ in
                execution.span("flow::extern_c::apply", [("output_diff_count", 1)], takes: 25_000)
                execution.span("store::multi::get", takes: 4_000)
            }
            let elapsed = execution.trace.duration(of: flow) / 1_000
            execution.trace.add([("apply_time_us", .int(Int64(elapsed)))], to: flow)
        }
    }

    // MARK: Spans and events as tracing-opentelemetry writes them

    private enum Flavor {
        /// Waits in between, for the compute pool or the socket.
        case asynchronous
        /// Runs without pause.
        case synchronous
    }

    /// Records a span whose own work, without what `body` adds, takes about `median` nanoseconds.
    private mutating func span(
        _ name: String, _ attributes: SampleAttributes = [], takes median: Double, _ flavor: Flavor = .synchronous,
        _ body: (inout ReifyDBExecution, TraceRecorder.Handle) -> Void = { _, _ in }
    ) {
        let thread = flavor == .asynchronous ? asynchronousThread : computeThread
        let threadName = flavor == .asynchronous ? "reifydb-async-\(thread)" : "reifydb-compute-\(thread)"
        let handle = trace.begin(
            name, .internal,
            ReifyDBSource.attributes(of: name) + [
                ("thread.id", .int(Int64(thread))), ("thread.name", .string(threadName)),
            ] + attributes, random: &random)
        trace.work(random.nanoseconds(median: median / 2))
        body(&self, handle)
        trace.work(random.nanoseconds(median: median / 2))
        // A span is busy while it is entered, idle in between; together they are its duration.
        let duration = trace.duration(of: handle)
        let idle =
            flavor == .asynchronous
            ? duration / UInt64(random.from(4...20)) : min(duration / 2, UInt64(random.from(100...900)))
        trace.add([("busy_ns", .int(Int64(duration - idle))), ("idle_ns", .int(Int64(idle)))], to: handle)
        trace.end(handle)
    }

    private mutating func event(
        _ handle: TraceRecorder.Handle, _ spanName: String, level: String, _ message: String
    ) {
        trace.event(message, [("level", .string(level))] + ReifyDBSource.attributes(of: spanName), on: handle)
    }

    /// An event of level ERROR also makes the span's status Error and adds an `exception` event.
    private mutating func fail(_ handle: TraceRecorder.Handle, _ spanName: String, _ message: String) {
        event(handle, spanName, level: "ERROR", message)
        trace.event("exception", [("exception.message", .string(message))], on: handle)
        trace.fail(handle, message)
    }
}

/// Where in the source a span name comes from.
enum ReifyDBSource {
    /// The same name always has the same place, as in a real build; the line is a hash of the name.
    static func attributes(of name: String) -> SampleAttributes {
        let parts = name.split(separator: "::")
        let area = String(parts.first ?? "")
        let crate =
            switch area {
            case "http", "dispatch", "wire": "sub_server"
            case "session", "engine", "executor", "vm", "volcano", "mutate": "engine"
            case "flow": "sub_flow"
            case "store": "store_multi"
            default: area
            }
        // The last part is the function; without the area it is a module path inside the crate.
        let modules = parts.dropLast().map(String.init)
        let target = (["reifydb_\(crate)"] + modules).joined(separator: "::")
        let line = Int64(20 + hash(name) % 480)
        return [
            ("code.file.path", .string("crates/\(crate)/src/\(modules.joined(separator: "/")).rs")),
            ("code.module.name", .string(target)), ("code.line.number", .int(line)), ("target", .string(target)),
        ]
    }

    /// 16 hexadecimal digits that stand for the normalized statement.
    static func fingerprint(_ rql: String) -> String {
        let digits = String(hash(rql), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// FNV-1a: Swift's own hash values differ from process to process.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }
}
