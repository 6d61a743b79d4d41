import Recordings
import TelemetryModel

/// What the scripts send, with ids of its own, and where it must be found again: the store, the query APIs, the files.
extension SeedsSuite {
    /// A probe is found by its service name alone.
    struct Sent {
        let service: String
        let trace: String
        let span: String
        let metric: String
        let statsD: String
        let marker: String
        let time: Int64

        init(id: UInt64, now: Timestamp) {
            let text = SpanID(value: id == 0 ? 1 : id).hex
            service = "martlet-probe-\(text)"
            trace = text + text
            span = text
            metric = "martlet_probe_operations_\(text)_total"
            statsD = "martlet.probe.inserts.\(text)"
            marker = "martlet probe \(text)"
            time = now.nanoseconds
        }

        private var resource: String {
            """
            {"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}},\
            {"key":"service.version","value":{"stringValue":"dev"}},\
            {"key":"deployment.environment","value":{"stringValue":"local-development"}}]}
            """
        }

        /// Times as JSON numbers, as the script writes them.
        var traces: String {
            """
            {"resourceSpans":[{"resource":\(resource),"scopeSpans":[{"scope":{"name":"martlet-probe","version":"1.0.0"},\
            "spans":[{"traceId":"\(trace)","spanId":"\(span)","name":"database.insert","kind":3,\
            "startTimeUnixNano":\(time - 5_000_000),"endTimeUnixNano":\(time),\
            "attributes":[{"key":"db.table","value":{"stringValue":"users"}},\
            {"key":"db.operation","value":{"stringValue":"insert"}},\
            {"key":"db.rows_affected","value":{"intValue":"1"}}],"status":{"code":1}}]}]}]}
            """
        }

        var metrics: String {
            """
            {"resourceMetrics":[{"resource":\(resource),"scopeMetrics":[{"scope":{"name":"martlet-probe"},\
            "metrics":[{"name":"\(metric)","unit":"1","sum":{"aggregationTemporality":2,"isMonotonic":true,\
            "dataPoints":[{"asInt":"42","startTimeUnixNano":"\(time - 60_000_000_000)","timeUnixNano":"\(time)",\
            "attributes":[{"key":"operation","value":{"stringValue":"insert"}},\
            {"key":"table","value":{"stringValue":"users"}}]}]}}]}]}]}
            """
        }

        var logs: String {
            """
            {"resourceLogs":[{"resource":\(resource),"scopeLogs":[{"scope":{"name":"martlet-probe"},\
            "logRecords":[{"timeUnixNano":"\(time)","severityNumber":9,"severityText":"INFO",\
            "body":{"stringValue":"\(marker)"},"traceId":"\(trace)","spanId":"\(span)"}]}]}]}
            """
        }
    }

    /// How often the answers are asked for again, a quarter of a second apart.
    private static let attemptsMax = 40
    private static let pause = Duration.milliseconds(250)

    static func endToEnd(
        _ source: any TelemetrySource, _ options: SuiteOptions
    ) async throws(VerificationError) -> [CheckReport] {
        let name = "end to end: what is sent is found"
        guard options.isProbing else { return [.skipped(name, "sending was not asked for (--probe)")] }
        guard let prober = options.prober, let now = options.now else {
            return [.skipped(name, "there is no server to send to")]
        }
        let sent = Sent(id: options.probeID, now: now)
        var reports = [
            await post("traces", sent.traces, prober), await post("metrics", sent.metrics, prober),
            await post("logs", sent.logs, prober), await statsD(sent, prober),
        ]
        try await asking { try await source.settle() }
        reports.append(try await inStore(source, sent))
        for probe in [
            tempoTrace(sent.trace), jaegerTrace(sent.trace), query("PromQL finds the metric", sent.metric),
            rows("telemetry.spans", "service", sent.service), rows("telemetry.logs", "body", sent.marker),
        ] {
            reports.append(await patiently(prober) { await run(probe, prober) })
        }
        // The aggregator hands its counters on every ten seconds.
        let counter = sent.statsD.map { $0 == "." ? "_" : String($0) }.joined()
        let statsDQuery = query(
            "PromQL finds the StatsD counter", "{__name__=~\"\(counter)(_total)?\"}")
        if prober.has("statsd") { reports.append(await patiently(prober) { await run(statsDQuery, prober) }) }
        reports.append(await inFiles(sent, prober, options))
        return reports.map { report in
            var report = report
            if report.name.hasPrefix("probes: ") { report.name = "end to end: \(report.name.dropFirst(8))" }
            return report
        }
    }

    /// The scripts take nothing but 200.
    private static func post(_ signal: String, _ body: String, _ prober: any EndpointProber) async -> CheckReport {
        let name = "end to end: POST /v1/\(signal) answers 200"
        guard prober.has("otlp_http") else { return .skipped(name, "the endpoint otlp_http is not open") }
        let answer = await prober.post("otlp_http", "/v1/\(signal)", contentType: "application/json", body: body)
        var report = CheckReport(name: name, outcome: .passed, message: "\(answer?.status ?? 0)")
        report.expected = "200, nothing rejected"
        report.examined = 1
        let partial = answer.flatMap { JSONTree($0.body) }?["partialSuccess"]
        if answer?.status != 200 || !(partial?["errorMessage"]?.text ?? "").isEmpty {
            report.outcome = .failed
            report.message = answer.map { "answered \($0.status)" } ?? "no answer"
            report.evidence = [Recording.cut(answer?.body ?? "")]
        }
        return report
    }

    private static func statsD(_ sent: Sent, _ prober: any EndpointProber) async -> CheckReport {
        let name = "end to end: StatsD lines can be sent"
        guard prober.has("statsd") else { return .skipped(name, "the endpoint statsd is not open") }
        var report = CheckReport(name: name, outcome: .passed, message: "sent")
        report.expected = "datagrams of each type"
        let tags = "|#table:users"
        let lines = [
            "\(sent.statsD):1|c\(tags)", "\(sent.statsD).duration:25|ms\(tags)", "\(sent.statsD).memory:1024|g",
            "\(sent.statsD).users:7|s",
        ]
        for line in lines {
            report.examined += 1
            if await !prober.udp("statsd", line) {
                report.outcome = .failed
                report.message = "a datagram could not be sent"
                report.evidence.append(line)
            }
        }
        return report
    }

    private static func inStore(
        _ source: any TelemetrySource, _ sent: Sent
    ) async throws(VerificationError) -> CheckReport {
        var window = RecordingWindow(start: UInt64(clamping: sent.time - 120_000_000_000))
        window.services = [sent.service]
        let asked = window
        let recording = try await asking { try await source.recording(asked, itemsMax: 1000) }
        var findings = Findings()
        let counts = [
            ("span", recording.spans.count { $0.traceID.hex == sent.trace }),
            ("point", recording.series.count { $0.name == sent.metric }),
            ("log", recording.logs.count { $0.traceID.hex == sent.trace && $0.body.text == sent.marker }),
        ]
        for (noun, count) in counts {
            findings.examined += 1
            if count != 1 { findings.problem("\(count) times the \(noun)") }
        }
        return findings.report(
            "end to end: the store holds each once", expected: "one span, one point, one log", noun: "items",
            nothing: "")
    }

    /// `SELECT count() FROM <table> WHERE <column> = '<value>'`; table, column and value are our own.
    private static func rows(_ table: String, _ column: String, _ value: String) -> Probe {
        let sql = "SELECT count() FROM \(table) WHERE \(column) = '\(value)'"
        return Probe("ClickHouse has the row in \(table)", "clickhouse", "/?query=\(percentEncoded(sql))") { body in
            let count = body.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
            return count == "1" ? nil : "\(count) rows"
        }
    }

    private static func patiently(
        _ prober: any EndpointProber, _ check: () async -> CheckReport
    ) async -> CheckReport {
        var report = await check()
        for _ in 1..<attemptsMax where report.outcome == .failed {
            await prober.pause(pause)
            report = await check()
        }
        return report
    }

    private static func inFiles(_ sent: Sent, _ prober: any EndpointProber, _ options: SuiteOptions) async
        -> CheckReport
    {
        let name = "end to end: the files hold it"
        guard let directory = options.filesDirectory else { return .skipped(name, "no directory of files is known") }
        let files = SeedFiles(directory: directory)
        let marks = [
            ("traces/traces.jsonl", sent.trace), ("metrics/metrics.jsonl", sent.metric),
            ("metrics/metrics.prom", sent.metric), ("logs/logs.jsonl", sent.marker),
        ]
        return await patiently(prober) {
            var findings = Findings()
            for (path, mark) in marks {
                findings.examined += 1
                if !(files.text(path)?.contains(mark) ?? false) { findings.problem("data/\(path) does not hold it") }
            }
            return findings.report(name, expected: "its ids in each file", noun: "files", nothing: "")
        }
    }
}
