import Foundation
import Recordings
import TelemetryModel
import Testing

@testable import Verification

@Suite struct SeedsSuiteTests {
    private typealias Suite = SeedsSuite

    /// What the seeds' own scripts send: spans, a counter, a histogram and a log of `spacetimedb`.
    private static var seed: Recording {
        var recording = Recording()
        recording.resources = [SuiteSamples.resource("spacetimedb", version: "dev", environment: "local-development")]
        recording.scopes = [RecordedScope(name: "spacetimedb-tracer", version: "1.0.0")]
        recording.spans = [
            SuiteSamples.span(
                1, name: "database.insert", kind: .client,
                ["db.table": .string("users"), "db.operation": .string("insert")])
        ]
        recording.series = [
            SuiteSamples.series(
                "spacetimedb_database_operations_total",
                ["operation": .string("insert"), "table": .string("users")], values: [.int(42)]),
            SuiteSamples.series(
                "spacetimedb_wasm_execution_duration_seconds", kind: .histogram,
                ["module": .string("chat"), "function": .string("send_message")], values: [SuiteSamples.histogram()]),
        ]
        recording.logs = [SuiteSamples.log("Starting SpacetimeDB server")]
        return recording
    }

    @Test(
        "the checklist's items about the service hold for what its scripts send, and are skipped for others",
        arguments: [
            "checklist 1: traces contain service spans",
            "checklist 2: metrics include database operation counters",
            "checklist 3: metrics track WASM execution performance",
            "checklist 4: logs contain structured events",
        ])
    func checklistOfTheService(name: String) async throws {
        let found = try await Suite.outcome(name, Self.seed)
        #expect(found == .passed)
        let other = try await Suite.check(name, SuiteSamples.healthy)
        #expect(other?.outcome == .skipped)
        #expect(other?.message == "spacetimedb sent nothing of the kind")
    }

    @Test func aServiceWithoutItsMetricsFails() async throws {
        var recording = Self.seed
        recording.series = [SuiteSamples.series("spacetimedb_other", values: [.int(1)])]
        let counters = try await Suite.outcome("checklist 2: metrics include database operation counters", recording)
        let times = try await Suite.outcome("checklist 3: metrics track WASM execution performance", recording)
        #expect(counters == .failed)
        #expect(times == .failed)
        recording.logs[0].severityNumber = 0
        let logs = try await Suite.outcome("checklist 4: logs contain structured events", recording)
        #expect(logs == .failed)
    }

    @Test func traceIDsCorrelate() async throws {
        let name = "checklist 6: trace ids correlate between logs and spans"
        let right = try await Suite.outcome(name, Self.seed)
        #expect(right == .passed)
        var recording = Self.seed
        recording.logs[0].traceID = TraceID(high: 8, low: 8)
        let wrong = try await Suite.outcome(name, recording)
        #expect(wrong == .failed)
        recording.logs[0].traceID = .zero
        let none = try await Suite.outcome(name, recording)
        #expect(none == .skipped)
    }

    @Test func timesAreSetAndInOrder() async throws {
        let name = "checklist 7: all telemetry has proper timestamps"
        var options = SuiteOptions()
        options.now = Timestamp(clamping: SuiteSamples.start + 60 * SuiteSamples.second)
        let right = try await Suite.outcome(name, Self.seed, options)
        #expect(right == .passed)
        for change: @Sendable (inout Recording) -> Void in [
            { $0.spans[0].startTime = 0 }, { $0.spans[0].endTime = $0.spans[0].startTime - 1 },
            { $0.series[0].points[0].time = 1_700_000_000 }, { $0.logs[0].time += 3600 * SuiteSamples.second },
        ] {
            var recording = Self.seed
            change(&recording)
            let wrong = try await Suite.outcome(name, recording, options)
            #expect(wrong == .failed)
        }
        let nothing = try await Suite.outcome(name, Recording(), options)
        #expect(nothing == .vacuous)
    }

    @Test func identificationAndLossesAreThoseOfTheirSuites() async throws {
        let identified = try await Suite.outcome("checklist 8: service identification is consistent", Self.seed)
        #expect(identified == .passed)
        var nameless = Self.seed
        nameless.resources[0] = SuiteSamples.resource(nil)
        let unnamed = try await Suite.outcome("checklist 8: service identification is consistent", nameless)
        #expect(unnamed == .failed)
        let lost = FixedSource(figures: [
            LedgerFigures(signal: .traces, received: 3, stored: 1, rejected: [:], dropped: ["too old": 2])
        ])
        let report = try await Suite.check("checklist 9: no data loss in pipeline", Self.seed, source: lost)
        #expect(report?.outcome == .failed)
        #expect(report?.evidence.contains("2 spans dropped: too old") == true)
        let files = try await Suite.outcome("checklist 9: no data loss in pipeline", Self.seed)
        #expect(files == .skipped)
    }

    // MARK: Files

    private static func withFiles(
        _ files: [String: String], _ recording: Recording, _ name: String, beside server: FakeServer? = nil
    ) async throws -> CheckReport? {
        let directory = FileManager.default.temporaryDirectory.appending(path: "seeds-\(UInt64.random(in: 0 ... .max))")
        defer { try? FileManager.default.removeItem(at: directory) }
        for folder in ["traces", "metrics", "logs", "processed"] {
            try FileManager.default.createDirectory(
                at: directory.appending(path: folder), withIntermediateDirectories: true)
        }
        for (path, text) in files {
            try text.write(to: directory.appending(path: path), atomically: true, encoding: .utf8)
        }
        var options = SuiteOptions()
        options.filesDirectory = directory.path
        options.prober = server
        return try await Suite.check(name, recording, options)
    }

    private static func traceLine(_ attributes: String, span: String) -> String {
        """
        {"resourceSpans":[{"resource":{"attributes":[\(attributes)]},"scopeSpans":[{"spans":[\(span)]}]}]}

        """
    }

    private static let service = #"{"key":"service.name","value":{"stringValue":"spacetimedb"}}"#
    private static let host = #"{"key":"host.name","value":{"stringValue":"a"}}"#
    private static let insert =
        #"{"name":"database.insert","attributes":[{"key":"db.table","value":{"stringValue":"users"}}]}"#

    @Test(
        "traces.jsonl is as the tests read it",
        arguments: [
            (traceLine(service, span: insert), CheckReport.Outcome.passed),
            (traceLine(service + "," + host, span: insert), .passed),
            (traceLine(host + "," + service, span: insert), .failed),
            (traceLine(host, span: insert), .failed),
            (traceLine(service, span: #"{"name":"other"}"#), .failed),
            (traceLine(service, span: #"{"name":"database.insert"}"#), .failed),
            ("{}\n", .failed), ("nonsense\n", .failed), ("", .skipped),
        ])
    func traceFile(text: String, outcome: CheckReport.Outcome) async throws {
        let report = try await Self.withFiles(
            ["traces/traces.jsonl": text], Self.seed, "files: traces.jsonl is as the tests read it")
        #expect(report?.outcome == outcome, "\(report?.evidence ?? [])")
    }

    @Test(
        "beside a server the mirror's files must hold what came",
        arguments: [
            "files: traces.jsonl is as the tests read it", "files: metrics.prom is as the tests read it",
            "files: metrics/metrics.jsonl is OTLP JSON", "files: logs/logs.jsonl is OTLP JSON",
            "files: the first processed line says filebeat", "checklist 5: processed logs have proper enrichment",
        ])
    func mirror(name: String) async throws {
        var recording = Self.seed
        recording.logs.append(SuiteSamples.log("followed", ["log.file.path": .string("/logs/a.log")]))
        let kept = try await Self.withFiles([:], recording, name)
        #expect(kept?.outcome == .skipped)
        let mirror = try await Self.withFiles([:], recording, name, beside: FakeServer())
        #expect(mirror?.outcome == .failed)
    }

    @Test func processedLinesAreMadeOfFollowedFilesOnly() async throws {
        let report = try await Self.withFiles(
            [:], Self.seed, "checklist 5: processed logs have proper enrichment", beside: FakeServer())
        #expect(report?.outcome == .skipped)
        #expect(report?.message == "no log came from a file that is followed")
    }

    @Test func theTwinHasTheSameBytes() async throws {
        let name = "files: traces_detailed.json holds the same bytes"
        let line = Self.traceLine(Self.service, span: Self.insert)
        let alone = try await Self.withFiles(
            ["traces/traces.jsonl": line], Self.seed, name, beside: FakeServer())
        #expect(alone?.outcome == .failed)
        let both = try await Self.withFiles(
            ["traces/traces.jsonl": line, "traces/traces_detailed.json": line], Self.seed, name, beside: FakeServer())
        #expect(both?.outcome == .passed)
    }

    private static let page = """
        # TYPE spacetimedb_database_operations_total counter
        spacetimedb_database_operations_total{operation="insert",table="users"} 42
        spacetimedb_wasm_execution_duration_seconds_bucket{module="chat",function="send message",le="+Inf"} 3

        """

    @Test(
        "metrics.prom has the asserted names and labels of what was sent",
        arguments: [
            (page, CheckReport.Outcome.passed), (page.replacingOccurrences(of: "chat", with: "x"), .failed),
            (page.replacingOccurrences(of: "users", with: "x"), .failed),
            (page.replacingOccurrences(of: "wasm", with: "x"), .failed), ("a b\n", .failed), ("# only\n", .vacuous),
        ])
    func metricsFile(text: String, outcome: CheckReport.Outcome) async throws {
        let report = try await Self.withFiles(
            ["metrics/metrics.prom": text], Self.seed, "files: metrics.prom is as the tests read it")
        #expect(report?.outcome == outcome, "\(report?.evidence ?? [])")
    }

    @Test func othersMetricsNeedNotHaveTheAssertedNames() async throws {
        let report = try await Self.withFiles(
            ["metrics/metrics.prom": "up 1\n"], SuiteSamples.healthy, "files: metrics.prom is as the tests read it")
        #expect(report?.outcome == .passed)
    }

    @Test(
        "processed lines are flat and say filebeat",
        arguments: [
            (#"{"@timestamp":"t","message":"m","service.name":"s","agent.type":"filebeat","input.type":"log"}"#, true),
            (#"{"@timestamp":"t","message":"m","service.name":"s","agent.type":"x","input.type":"log"}"#, false),
            (#"{"@timestamp":"t","message":"m","service":{"name":"s"},"agent.type":"filebeat"}"#, false),
            ("2024-05-24 spacetimedb INFO started", false),
        ])
    func processedFile(line: String, isRight: Bool) async throws {
        let report = try await Self.withFiles(
            ["processed/filebeat-processed-logs.jsonl": line + "\n"], Self.seed,
            "checklist 5: processed logs have proper enrichment")
        #expect(report?.outcome == (isRight ? .passed : .failed))
    }

    @Test(
        "the application's own log has the required fields",
        arguments: [
            (#"{"timestamp":"t","level":"INFO","service":"spacetimedb","message":"m"}"#, true),
            (#"{"timestamp":"t","level":"INFO","service":"spacetimedb","message":"m","trace_id":"12"}"#, false),
            (#"{"timestamp":"t","level":"INFO","service":"other","message":"m"}"#, false),
            (#"{"timestamp":"t","level":"INFO","service":"spacetimedb"}"#, false),
        ])
    func serviceLogs(line: String, isRight: Bool) async throws {
        let name = "files: spacetimedb-test-logs.jsonl has the required fields"
        let report = try await Self.withFiles(["logs/spacetimedb-test-logs.jsonl": line + "\n"], Self.seed, name)
        #expect(report?.outcome == (isRight ? .passed : .failed))
        let none = try await Self.withFiles([:], Self.seed, name)
        #expect(none?.outcome == .skipped)
    }

    // MARK: Probes

    /// Answers as a server would that has the sample's trace.
    private struct FakeServer: EndpointProber {
        var endpoints: Set<String> = ["health", "prometheus", "jaeger", "tempo", "clickhouse", "statsd_admin"]
        var bodies: [String: String] = [:]
        var status = 200

        func has(_ endpoint: String) -> Bool { endpoints.contains(endpoint) }
        func get(_ endpoint: String, _ path: String) async -> ProbeAnswer? {
            let key = bodies.keys.filter { "\(endpoint)\(path)".hasPrefix($0) }.max { $0.count < $1.count }
            return ProbeAnswer(status: status, body: key.flatMap { bodies[$0] } ?? "")
        }
        func post(_ endpoint: String, _ path: String, contentType: String, body: String) async -> ProbeAnswer? {
            ProbeAnswer(status: status, body: "{}")
        }
        func udp(_ endpoint: String, _ datagram: String) async -> Bool { true }
        func line(_ endpoint: String, _ line: String, until end: String) async -> String? { "health: up\n" }
        func pause(_ duration: Duration) async {}
    }

    private static let answers = [
        "prometheus/api/v1/targets": #"{"status":"success","data":{"activeTargets":[{"health":"up"}]}}"#,
        "prometheus/api/v1/label": #"{"status":"success","data":["up"]}"#,
        "prometheus/api/v1/query": #"{"status":"success","data":{"result":[{"value":[1,"42"]}]}}"#,
        "jaeger/api/services": #"{"data":["spacetimedb"]}"#,
        "jaeger/api/traces/":
            #"{"data":[{"traceID":"1","processes":{},"spans":[{"traceID":"1","spanID":"1","operationName":"x","references":[],"startTime":1,"duration":1,"tags":[],"processID":"p1"}]}]}"#,
        "tempo/api/search": #"{"traces":[]}"#,
        "tempo/api/traces/": #"{"batches":[{}]}"#,
        "clickhouse/ping": "Ok.\n",
        "clickhouse/?query=": "1\n",
    ]

    @Test func aServerThatAnswersRightPasses() async throws {
        var options = SuiteOptions()
        options.prober = FakeServer(bodies: Self.answers)
        let report = try await Suite().run(FixedSource(), Self.seed, options)
        let probes = report.checks.filter { $0.name.hasPrefix("probes: ") }
        #expect(probes.count { $0.outcome == .passed } >= 15)
        for probe in probes {
            #expect(probe.outcome == .passed || probe.outcome == .skipped, "\(probe.name): \(probe.message)")
        }
        // What is not open is not asked.
        #expect(probes.contains { $0.outcome == .skipped && $0.message == "the endpoint exposition is not open" })
    }

    @Test(
        "a wrong answer fails its probe",
        arguments: [
            ("prometheus/api/v1/targets", #"{"data":{"activeTargets":[{"health":"down"}]}}"#, "Prometheus targets"),
            ("prometheus/api/v1/query", #"{"status":"success","data":{"result":[]}}"#, "PromQL has results"),
            ("jaeger/api/traces/", #"{"data":[]}"#, "Jaeger has the trace"),
            ("jaeger/api/services", #"{"data":["other"]}"#, "Jaeger knows the service"),
            ("tempo/api/traces/", "{}", "Tempo has the trace"),
            ("clickhouse/?query=", "0\n", "ClickHouse counts spans"),
            ("clickhouse/ping", "no", "ClickHouse answers"),
        ])
    func wrongAnswers(key: String, body: String, probe: String) async throws {
        var options = SuiteOptions()
        var bodies = Self.answers
        bodies[key] = body
        options.prober = FakeServer(bodies: bodies)
        let found = try await Suite.outcome("probes: \(probe)", Self.seed, options)
        #expect(found == .failed)
    }

    @Test func anErrorStatusFails() async throws {
        var options = SuiteOptions()
        options.prober = FakeServer(bodies: Self.answers, status: 500)
        let report = try await Suite.check("probes: health check", Self.seed, options)
        #expect(report?.outcome == .failed)
        #expect(report?.message == "answered 500")
    }

    @Test func withoutAServerProbesAreSkipped() async throws {
        let found = try await Suite.outcome("probes: the ports answer", Self.seed)
        #expect(found == .skipped)
    }

    // MARK: End to end

    @Test func nothingIsSentUnlessAskedFor() async throws {
        var options = SuiteOptions()
        options.prober = FakeServer(bodies: Self.answers)
        let found = try await Suite.outcome("end to end: what is sent is found", Self.seed, options)
        #expect(found == .skipped)
    }

    @Test func whatIsSentMustBeFound() async throws {
        var options = SuiteOptions()
        options.isProbing = true
        options.probeID = 0xABC
        options.now = Timestamp(clamping: SuiteSamples.start)
        var endpoints = FakeServer().endpoints
        endpoints.formUnion(["otlp_http", "statsd"])
        options.prober = FakeServer(endpoints: endpoints, bodies: Self.answers)
        var stored = Recording()
        let trace = TraceID(high: 0xABC, low: 0xABC)
        stored.spans = [SuiteSamples.span(0xABC, trace: trace)]
        stored.series = [SuiteSamples.series("martlet_probe_operations_0000000000000abc_total", values: [.int(42)])]
        stored.logs = [SuiteSamples.log("martlet probe 0000000000000abc", span: 0xABC, trace: trace)]
        let report = try await Suite().run(FixedSource(stored: stored), Recording(), options)
        let checks = report.checks.filter { $0.name.hasPrefix("end to end: ") }
        #expect(checks.count == 12)
        for check in checks {
            #expect(check.outcome == .passed || check.outcome == .skipped, "\(check.name): \(check.message)")
        }
        let lost = try await Suite().run(FixedSource(), Recording(), options)
        let inStore = lost.checks.first { $0.name == "end to end: the store holds each once" }
        #expect(inStore?.outcome == .failed)
        #expect(inStore?.evidence == ["0 times the span", "0 times the point", "0 times the log"])
    }

    @Test func whatIsSentIsJSON() throws {
        let sent = Suite.Sent(id: 0xABC, now: Timestamp(clamping: SuiteSamples.start))
        let traces = try #require(JSONTree(sent.traces))
        let span = traces["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?[0]
        #expect(span?["traceId"]?.text == "0000000000000abc0000000000000abc")
        #expect(traces["resourceSpans"]?[0]?["resource"]?["attributes"]?[0]?["key"]?.text == "service.name")
        let metrics = try #require(JSONTree(sent.metrics))
        #expect(metrics["resourceMetrics"]?.items.count == 1)
        let logs = try #require(JSONTree(sent.logs))
        #expect(logs["resourceLogs"]?.items.count == 1)
    }

    @Test func queriesAreEncoded() {
        #expect(Suite.percentEncoded("a{b=\"c d\"}") == "a%7Bb%3D%22c%20d%22%7D")
    }
}
