import LogQL
import PrometheusModel
import QueryEngines
import TelemetryModel
import Testing

/// Answers of the engine over the store, beside a condition in Swift over the records that were stored.
@Suite struct LogEngineTests {
    private typealias Test = @Sendable (GivenRecord) -> Bool

    private static func isOf(_ service: String) -> Test {
        { record in
            RandomRecords.sources[record.source].attributes.contains { $0 == ("service.name", service) }
        }
    }

    private static func contains(_ text: String) -> Test { { $0.body.contains(text) } }

    private static func hasTrace(_ low: UInt64) -> Test {
        { record in
            let id = TraceID(high: 7, low: low)
            return record.trace == id
                || (record.trace == nil
                    && (record.attributes.contains { $0 == ("trace_id", id.hex) } || record.body.contains(id.hex)))
        }
    }

    private static func userIs(_ test: @escaping @Sendable (String) -> Bool) -> Test {
        { record in test(record.attributes.first { $0.0 == "user.id" }?.1 ?? "") }
    }

    private static let queries: [(String, Test)] = [
        (#"{service_name="api"}"#, isOf("api")),
        (#"{service_name=~"api|worker"}"#, { isOf("api")($0) || isOf("worker")($0) }),
        (#"{service_name="unknown_service"}"#, { $0.source == 3 }),
        (#"{deployment_environment="test"}"#, isOf("api")),
        (#"{app="pushed", level="warn"}"#, { $0.source == 2 }),
        (#"{service_name="nowhere"}"#, { _ in false }),
        (#"{service_name=~".+"} |= "zebrafish""#, contains("zebrafish")),
        (#"{service_name=~".+"} |= "ebraf""#, contains("ebraf")),
        (#"{service_name=~".+"} |= "user-17""#, contains("user-17")),
        (#"{service_name=~".+"} |= "connection refused""#, contains("connection refused")),
        (#"{service_name=~".+"} |= "Timeout""#, contains("Timeout")),
        (#"{service_name=~".+"} != "timeout" != "err""#, { !$0.body.contains("timeout") && !$0.body.contains("err") }),
        (
            #"{service_name=~".+"} |= "zebrafish" or "refused""#,
            { $0.body.contains("zebrafish") || $0.body.contains("refused") }
        ),
        (#"{service_name=~".+"} |~ "(?i)timeout""#, { $0.body.lowercased().contains("timeout") }),
        (
            #"{service_name=~".+"} |~ "(?i)zebraFISH|miss""#,
            { $0.body.contains("zebrafish") || $0.body.contains("miss") }
        ),
        (#"{service_name=~".+"} !~ "user-\\d+""#, { !$0.body.contains("user-17") }),
        (#"{service_name="api"} | user_id="u1""#, { isOf("api")($0) && userIs { $0 == "u1" }($0) }),
        (#"{service_name=~".+"} | user_id!="u1""#, userIs { $0 != "u1" }),
        (#"{service_name=~".+"} | user_id=~"u[12]""#, userIs { $0 == "u1" || $0 == "u2" }),
        (#"{service_name=~".+"} | user_id="""#, userIs { $0.isEmpty }),
        (#"{service_name=~".+"} | user_id="u1" or user_id="u2""#, userIs { $0 == "u1" || $0 == "u2" }),
        (#"{service_name=~".+"} | service_name="worker""#, isOf("worker")),
        // The attribute of the record counts before that of the resource; pushed streams have no such metadata.
        (
            #"{service_name=~".+"} | host_name="a1""#,
            { $0.source == 0 && !$0.attributes.contains { $0.0 == "host.name" } }
        ),
        (#"{service_name=~".+"} | host_name="record""#, { $0.attributes.contains { $0.0 == "host.name" } }),
        (
            #"{service_name=~".+"} | trace_id="00000000000000070000000000000001""#, hasTrace(1)
        ),
        (#"{service_name=~".+"} | trace_id="00000000-0000-0007-0000-000000000002""#, hasTrace(2)),
        (#"{service_name="api"} | json | status="201""#, { isOf("api")($0) && $0.body.contains("\"status\":201") }),
        (#"{service_name="api"} | logfmt | status="201""#, { isOf("api")($0) && $0.body.contains(" status=201") }),
        (
            #"{service_name="api"} |= "msg=" | logfmt | took > 20ms"#,
            { record in
                guard isOf("api")(record), let text = record.body.split(separator: "took=").dropFirst().first else {
                    return false
                }
                return (Int(text.prefix { $0.isNumber }) ?? 0) > 20
            }
        ),
        (#"{service_name="api"} | line_format "{{.service_name}}" |= "api""#, isOf("api")),
        (#"{service_name="api"} | line_format "nothing" |= "zebrafish""#, { _ in false }),
        (#"{service_name=~".+"} | drop user_id | user_id="u1""#, { _ in false }),
        (#"{service_name=~".+"} | label_format user_id="u1" | user_id="u1""#, { _ in true }),
    ]

    @Test("what a log query finds is what its conditions say, in both directions, to the limit")
    func selections() async throws {
        let records = RandomRecords.make(600, seed: 11)
        let fixture = try await LogFixture(
            "logs_select", sources: RandomRecords.sources, records: records, batches: 3)
        let range = LogTimeRange(
            start: RandomRecords.begin + 50 * RandomRecords.second,
            end: RandomRecords.begin + 550 * RandomRecords.second)
        for (text, test) in Self.queries {
            let selection = try LogQLParser.parseSelection(text)
            let expected = records.filter { $0.time >= range.start && $0.time < range.end && test($0) }.map(\.time)
            for limit in [5, 1000] {
                let forward = try await fixture.engine.select(
                    LogSelectRequest(selection: selection, range: range, limit: limit, direction: .forward))
                #expect(forward.entries.map(\.time) == Array(expected.prefix(limit)), "\(text)")
                let backward = try await fixture.engine.select(
                    LogSelectRequest(selection: selection, range: range, limit: limit, direction: .backward))
                #expect(backward.entries.map(\.time) == Array(expected.reversed().prefix(limit)), "\(text)")
            }
            // Counted over everything: by SQL where it can, over the records where it cannot.
            let counted = try await fixture.engine.metrics(
                LogMetricsRequest(
                    expression: try Self.metric("sum(count_over_time(\(text) [500s]))"), start: range.end - 1,
                    end: range.end - 1, step: 0))
            #expect(counted.series.first?.samples.first?.value ?? 0 == Double(expected.count), "\(text)")
        }
    }

    @Test("counts by SQL are counts over the records")
    func counts() async throws {
        let records = RandomRecords.make(400, seed: 12)
        let fixture = try await LogFixture("logs_count", sources: RandomRecords.sources, records: records, batches: 2)
        for (text, step, window) in [
            (#"sum by (detected_level) (count_over_time({service_name=~".+"}[WINDOW]))"#, 10, 10),
            (
                #"sum by (service_name, detected_level) (count_over_time({service_name=~".+"} |= "miss" [WINDOW]))"#, 7,
                21
            ),
            (#"sum by (user_id) (rate({service_name="api"}[WINDOW]))"#, 30, 20),
            (#"sum by (host_name) (count_over_time({service_name=~".+"}[WINDOW]))"#, 60, 60),
            (#"sum (bytes_over_time({service_name="worker"}[WINDOW]))"#, 60, 90),
            (#"sum by (nowhere) (bytes_rate({service_name="worker"}[WINDOW]))"#, 60, 60),
        ] {
            let text = text.replacing("WINDOW", with: "\(window)s")
            // A parser that finds nothing makes SQL step back.
            let slow = text.replacing("[\(window)s]", with: "| regexp `^(?P<unused_>ThereIsNoSuchLine)$` [\(window)s]")
            var results: [LogMetricsResult] = []
            for query in [text, slow] {
                results.append(
                    try await fixture.engine.metrics(
                        LogMetricsRequest(
                            expression: try Self.metric(query), start: RandomRecords.begin + 3 * RandomRecords.second,
                            end: RandomRecords.begin + 390 * RandomRecords.second,
                            step: Int64(step) * RandomRecords.second)))
            }
            #expect(results[0].series == results[1].series, "\(text)")
            #expect(!results[0].series.isEmpty, "\(text)")
        }
    }

    @Test("labels, values, series, statistics and volume are those of the records in the range")
    func catalog() async throws {
        let records = RandomRecords.make(100, seed: 13)
        let fixture = try await LogFixture("logs_catalog", sources: RandomRecords.sources, records: records)
        let all = LogTimeRange(start: RandomRecords.begin, end: RandomRecords.begin + 100 * RandomRecords.second)
        let names = try await fixture.engine.labelNames([], all)
        #expect(names == ["app", "deployment_environment", "level", "service_name"])
        let values = try await fixture.engine.labelValues("service_name", [], all)
        #expect(values == ["api", "pushed", "unknown_service", "worker"])
        let none = try await fixture.engine.labelNames([], LogTimeRange(start: 0, end: 5))
        #expect(none.isEmpty)
        let series = try await fixture.engine.series([[LabelMatcher(equal: "app", "pushed")]], all)
        #expect(series == [[Label("app", "pushed"), Label("level", "warn"), Label("service_name", "pushed")]])
        let statistics = try await fixture.engine.statistics([LabelMatcher(equal: "service_name", "api")], all)
        let ofAPI = records.filter { $0.source == 0 }
        #expect(statistics.entries == ofAPI.count)
        #expect(statistics.bytes == ofAPI.reduce(0) { $0 + $1.body.utf8.count })
        #expect(statistics.streams == 1)
        let volume = try await fixture.engine.volume(
            LogVolumeRequest(matchers: [], range: all, limit: 10, targetLabels: ["service_name"]))
        #expect(Set(volume.series.map { $0.labels[0].value }) == Set(values))
        #expect(
            volume.series.reduce(0) { $0 + ($1.samples.first?.value ?? 0) }
                == Double(records.reduce(0) { $0 + $1.body.utf8.count }))
    }

    @Test("fields of lines are detected with their types, values by frequency")
    func detected() async throws {
        let records = (0..<30).map { index in
            GivenRecord(
                time: RandomRecords.begin + Int64(index), source: 0,
                body: "{\"status\":\(index % 3 == 0 ? 500 : 200),\"took\":\"12ms\",\"inner\":{\"ok\":true}}",
                attributes: [("user.id", "u1")])
        }
        let fixture = try await LogFixture("logs_fields", sources: RandomRecords.sources, records: records)
        let request = LogDetectRequest(
            selection: try LogQLParser.parseSelection(#"{service_name="api"}"#),
            range: LogTimeRange(start: RandomRecords.begin, end: RandomRecords.begin + 100), lineLimit: 1000, limit: 100
        )
        let fields = try await fixture.engine.detectedFields(request)
        #expect(
            fields.contains(
                DetectedField(label: "status", type: "int", cardinality: 2, parsers: ["json"], jsonPath: ["status"])))
        #expect(
            fields.contains(
                DetectedField(label: "took", type: "duration", cardinality: 1, parsers: ["json"], jsonPath: ["took"])))
        #expect(fields.contains { $0.label == "inner_ok" && $0.type == "boolean" && $0.jsonPath == ["inner", "ok"] })
        #expect(fields.contains { $0.label == "user_id" && $0.parsers.isEmpty })
        let values = try await fixture.engine.detectedFieldValues("status", request)
        #expect(values == ["200", "500"])
    }

    @Test("patterns count every line under a template")
    func patterns() async throws {
        let records = (0..<200).map { index in
            GivenRecord(
                time: RandomRecords.begin + Int64(index) * RandomRecords.second, source: 0,
                body: index % 4 == 0 ? "cache miss for key \(index)" : "GET /items/\(index) took \(index)ms",
                severity: 9)
        }
        let fixture = try await LogFixture("logs_patterns", sources: RandomRecords.sources, records: records)
        let result = try await fixture.engine.patterns(
            LogPatternsRequest(
                selection: try LogQLParser.parseSelection(#"{service_name="api"}"#),
                range: LogTimeRange(start: 0, end: .max), step: 60 * RandomRecords.second))
        #expect(result.lines == 200)
        #expect(result.patterns.reduce(0) { $0 + $1.count } == 200)
        #expect(result.patterns.first?.count == 150)
        #expect(result.patterns.allSatisfy { $0.level == "info" })
    }

    @Test("a tail gives what is stored and then what comes, each line once")
    func tail() async throws {
        let records = RandomRecords.make(20, seed: 14)
        let fixture = try await LogFixture("logs_tail", sources: RandomRecords.sources, records: records)
        let (stream, continuation) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingOldest(1000))
        let engine = fixture.engine
        let task = Task {
            try await engine.tail(
                LogTailRequest(
                    selection: try LogQLParser.parseSelection(#"{service_name=~".+"}"#), start: 0, limit: 10)
            ) { piece in
                for entry in piece.entries { continuation.yield(entry.time) }
            }
        }
        var seen: [Int64] = []
        var iterator = stream.makeAsyncIterator()
        while seen.count < 10, let time = await iterator.next() { seen.append(time) }
        #expect(seen == records.suffix(10).map(\.time))
        let news = (0..<5).map {
            GivenRecord(time: 1_900_000_000_000_000_000 + Int64($0), source: 1, body: "new \($0)")
        }
        for record in news { try await fixture.write([record]) }
        while seen.count < 15, let time = await iterator.next() { seen.append(time) }
        #expect(Array(seen.suffix(5)) == news.map(\.time))
        task.cancel()
        await #expect(throws: LogQueryError.self) { try await task.value }
    }

    @Test("line ends, letters beyond ASCII and empty lines match in SQL as they do in the pipeline")
    func expressions() async throws {
        let bodies = ["plain", "", "two\nlines Timeout", "CAFÉ", "café", "\n", "ſtask", "TASK"]
        let records = bodies.enumerated().map { index, body in
            GivenRecord(
                time: RandomRecords.begin + Int64(index), source: 0, body: body, attributes: [("stack", body)])
        }
        let fixture = try await LogFixture("logs_expressions", sources: RandomRecords.sources, records: records)
        let range = LogTimeRange(start: RandomRecords.begin, end: RandomRecords.begin + 100)
        for stage in [
            #"|~ ".*""#, #"|~ ".+""#, #"!~ ".+""#, #"!~ ".*""#, #"|~ "(?i)café""#, #"!~ "(?i)café""#, #"|~ "(?i)task""#,
            #"!~ "(?i)task""#, #"|~ "lines.*""#, #"|~ "two.lines""#, #"| stack=~".*Timeout.*""#,
            #"| stack!~".*Timeout.*""#, #"| stack=~".+""#, #"| stack!~".+""#, #"| stack=~".*""#,
            #"| stack=~"plain|café""#,
        ] {
            // A format that changes nothing hides the line and the labels from SQL.
            let queries = [
                "{service_name=\"api\"} \(stage)",
                "{service_name=\"api\"} | line_format \"{{__line__}}\" | label_format stack=\"{{.stack}}\" \(stage)",
            ]
            var found: [[Int64]] = []
            for query in queries {
                let result = try await fixture.engine.select(
                    LogSelectRequest(
                        selection: try LogQLParser.parseSelection(query), range: range, limit: 100, direction: .forward)
                )
                found.append(result.entries.map(\.time))
            }
            #expect(found[0] == found[1], "\(stage)")
        }
    }

    @Test("a metric query may have steps of any length")
    func steps() async throws {
        let records = (0..<70).map {
            GivenRecord(time: RandomRecords.begin + $0 * RandomRecords.second, source: 0, body: "x")
        }
        let fixture = try await LogFixture("logs_steps", sources: RandomRecords.sources, records: records)
        for step in [514_285_714, 7_000_000_001, 999] as [Int64] {
            let result = try await fixture.engine.metrics(
                LogMetricsRequest(
                    expression: try Self.metric(#"sum(count_over_time({service_name="api"}[30s])) * 2"#),
                    start: RandomRecords.begin + 5 * RandomRecords.second,
                    end: RandomRecords.begin + 5 * RandomRecords.second + 6 * step, step: step))
            #expect(result.series.first?.samples.count == 7, "\(step)")
        }
    }

    @Test("streams whose resource arrived long before it was stored are found")
    func lateResources() async throws {
        let fixture = try await LogFixture(
            "logs_late", sources: RandomRecords.sources + [GivenSource(attributes: [("service.name", "late")])],
            records: RandomRecords.make(5, seed: 15))
        let all = LogTimeRange(start: 0, end: .max)
        _ = try await fixture.engine.labelValues("service_name", [], all)
        try await fixture.write(
            [GivenRecord(time: RandomRecords.begin, source: 4, body: "here")],
            receivedTime: Timestamp(nanoseconds: Timestamp.now().nanoseconds - 600 * RandomRecords.second))
        let found = try await fixture.engine.select(
            LogSelectRequest(
                selection: try LogQLParser.parseSelection(#"{service_name="late"}"#), range: all, limit: 10))
        #expect(found.entries.map(\.line) == ["here"])
    }

    @Test("values at all steps have a bound")
    func cells() async throws {
        var limits = LogEngineLimits()
        limits.cellsMax = 10
        let fixture = try await LogFixture(
            "logs_cells", sources: RandomRecords.sources, records: RandomRecords.make(20, seed: 16), limits: limits)
        for query in [
            "sum by (user_id) (count_over_time({service_name=~\".+\"}[1m]))", "rate({service_name=~\".+\"}[1m])",
        ] {
            await #expect(throws: LogQueryError.self) {
                _ = try await fixture.engine.metrics(
                    LogMetricsRequest(
                        expression: try Self.metric(query), start: RandomRecords.begin,
                        end: RandomRecords.begin + 60 * RandomRecords.second, step: RandomRecords.second))
            }
        }
    }

    private static func metric(_ text: String) throws -> MetricExpression {
        guard case .metric(let expression) = try LogQLParser.parse(text) else {
            throw LogQueryError(.invalid, "no metric query: \(text)")
        }
        return expression
    }
}
