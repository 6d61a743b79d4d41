import Recordings
import TelemetryModel

/// The assertions about files: the report's own, and those of the scripts that read files.
extension SeedsSuite {
    /// Older than that a file counts as not written to.
    private static let freshSeconds = 600

    static func fileChecks(_ recording: Recording, _ options: SuiteOptions) -> [CheckReport] {
        guard let directory = options.filesDirectory else {
            return [.skipped("files: the assertions about data/", "no directory of files is known")]
        }
        let files = SeedFiles(directory: directory)
        // Beside a server lie the files of its mirror, all of them; elsewhere what somebody kept.
        let isMirror = options.prober != nil
        let isThere = recording.resources.contains { $0.service == service }
        return [
            isMirror ? directories(files) : .skipped(directoriesName, "the files are not those of a running server"),
            traces(files, recording, isThere, isExpected: isMirror && !recording.spans.isEmpty),
            isMirror ? twins(files) : .skipped(twinsName, "the files are not those of a running server"),
            metrics(files, recording, isExpected: isMirror && !recording.series.isEmpty),
            otlpLines(
                files, "metrics/metrics.jsonl", "resourceMetrics", isExpected: isMirror && !recording.series.isEmpty),
            otlpLines(files, "logs/logs.jsonl", "resourceLogs", isExpected: isMirror && !recording.logs.isEmpty),
            serviceLogs(files),
            processed(files, isExpected: isMirror && hasFollowedLogs(recording)),
            isMirror
                ? freshness(files, recording, options)
                : .skipped(freshnessName, "the files are not those of a running server"),
        ]
    }

    private static let directoriesName = "files: the directories exist and can be written"
    private static let twinsName = "files: traces_detailed.json holds the same bytes"
    private static let freshnessName = "files: something was written in the last ten minutes"

    private static func directories(_ files: SeedFiles) -> CheckReport {
        var findings = Findings()
        for path in ["traces", "metrics", "logs", "processed"] {
            findings.examined += 1
            if !files.isDirectory(path) {
                findings.problem("data/\(path) is not there")
            } else if !files.isWritable(path) {
                findings.problem("data/\(path) cannot be written")
            }
        }
        return findings.report(
            directoriesName, expected: "traces, metrics, logs, processed",
            noun: "directories", nothing: "")
    }

    /// Processed lines are made of records that were read from files, which say so.
    static func hasFollowedLogs(_ recording: Recording) -> Bool {
        recording.logs.contains { $0.attributes.entries.contains { $0.key.hasPrefix("log.file.") } }
    }

    /// A file that must hold something when the signal came; nil with the report when it does not.
    private static func lines(
        _ files: SeedFiles, _ path: String, _ name: String, isExpected: Bool
    ) -> (lines: [Substring]?, report: CheckReport) {
        if let lines = files.lines(path), !lines.isEmpty { return (lines, CheckReport.skipped(name, "")) }
        guard isExpected else { return (nil, .skipped(name, "data/\(path) holds nothing, and nothing must be in it")) }
        var report = CheckReport(name: name, outcome: .failed, message: "data/\(path) holds nothing")
        report.expected = "what came"
        return (nil, report)
    }

    /// Seed 002: the first attribute of the resource is service.name, a span `database.…` has `db.table`.
    private static func traces(
        _ files: SeedFiles, _ recording: Recording, _ isThere: Bool, isExpected: Bool
    ) -> CheckReport {
        let name = "files: traces.jsonl is as the tests read it"
        let read = lines(files, "traces/traces.jsonl", name, isExpected: isExpected)
        guard let lines = read.lines else { return read.report }
        var findings = Findings()
        var databaseSpans = 0
        var withTable = 0
        var services: Set<String> = []
        for (number, line) in lines.enumerated() {
            findings.examined += 1
            guard let resources = JSONTree(line)?["resourceSpans"]?.items, !resources.isEmpty else {
                findings.problem("line \(number + 1) is no OTLP JSON of traces")
                continue
            }
            for resource in resources {
                let first = resource["resource"]?["attributes"]?[0]
                if first?["key"]?.text == "service.name" {
                    services.insert(first?["value"]?["stringValue"]?.text ?? "")
                } else if hasServiceName(resource) {
                    findings.problem("line \(number + 1): the resource begins with \(first?["key"]?.text ?? "nothing")")
                }
                for span in resource["scopeSpans"]?.items.flatMap({ $0["spans"]?.items ?? [] }) ?? [] {
                    guard span["name"]?.text?.hasPrefix("database.") ?? false else { continue }
                    databaseSpans += 1
                    if span["attributes"]?.items.contains(where: { $0["key"]?.text == "db.table" }) ?? false {
                        withTable += 1
                    }
                }
            }
        }
        let sentDatabaseSpans = recording.spans.contains {
            recording.service($0.resource) == service && $0.name.hasPrefix("database.")
        }
        if isThere, recording.spans.contains(where: { recording.service($0.resource) == service }) {
            if !services.contains(service) { findings.problem("no resource of \(service)") }
            if sentDatabaseSpans, databaseSpans == 0 { findings.problem("no span `database.…`") }
            if databaseSpans > 0, withTable == 0 { findings.problem("no span `database.…` has db.table") }
        }
        return findings.report(
            name, expected: "OTLP JSON lines, service.name first, database spans with db.table", noun: "lines",
            nothing: "", passed: "\(databaseSpans) spans `database.…`")
    }

    private static func hasServiceName(_ resource: JSONTree) -> Bool {
        resource["resource"]?["attributes"]?.items.contains { $0["key"]?.text == "service.name" } ?? false
    }

    private static func twins(_ files: SeedFiles) -> CheckReport {
        let name = twinsName
        guard let first = files.facts("traces/traces.jsonl"), first.bytes > 0 else {
            return .skipped(name, "there is no traces.jsonl")
        }
        var findings = Findings()
        findings.examined = 1
        if let second = files.facts("traces/traces_detailed.json") {
            if second.bytes != first.bytes {
                findings.problem("\(second.bytes) bytes, traces.jsonl has \(first.bytes)")
            }
        } else {
            findings.problem("data/traces/traces_detailed.json is not there")
        }
        return findings.report(name, expected: "as many bytes as traces.jsonl", noun: "files", nothing: "")
    }

    /// Seed 002 asserts names and labels that only its own sender has; each is asserted when that sender sent it.
    private static func metrics(_ files: SeedFiles, _ recording: Recording, isExpected: Bool) -> CheckReport {
        let name = "files: metrics.prom is as the tests read it"
        let read = lines(files, "metrics/metrics.prom", name, isExpected: isExpected)
        guard let lines = read.lines else { return read.report }
        let samples = lines.filter { !$0.hasPrefix("#") }
        var findings = Findings()
        findings.examined = samples.count
        if samples.isEmpty { findings.problem("no sample in \(lines.count) lines") }
        for (number, line) in lines.enumerated() where !line.hasPrefix("#") {
            guard let value = line.split(separator: " ").dropFirst().first, line.contains(" ") else {
                findings.problem("line \(number + 1) is no sample")
                continue
            }
            // Labels may hold spaces; then the text behind the brace decides.
            let rest = line.lastIndex(of: "}").map { line[line.index(after: $0)...].split(separator: " ") }
            let number1 = rest.map { $0.first } ?? value
            if number1.flatMap({ Double($0) }) == nil { findings.problem("line \(number + 1) has no number") }
        }
        let asserted = ["spacetimedb_database_operations_total", "spacetimedb_wasm_execution_duration_seconds"]
        let labels = ["operation": "insert", "table": "users", "module": "chat"]
        for metric in asserted {
            let sent = recording.series.filter {
                words($0.name) == words(metric) || words($0.name) + ["total"] == words(metric)
            }
            guard !sent.isEmpty else { continue }
            if !samples.contains(where: { $0.hasPrefix(metric) }) { findings.problem("no sample of \(metric)") }
            for (key, value) in labels.sorted(by: { $0.key < $1.key })
            where sent.contains(where: { $0.attributes[key]?.text == value }) {
                if !samples.contains(where: { $0.hasPrefix(metric) && $0.contains("\(key)=\"\(value)\"") }) {
                    findings.problem("no sample of \(metric) with \(key)=\"\(value)\"")
                }
            }
        }
        return findings.report(
            name, expected: "samples in Prometheus' text form, the asserted names and labels", noun: "samples",
            nothing: "data/metrics/metrics.prom has no sample")
    }

    private static func words(_ name: String) -> [String] { MetricAggregationSuite.words(name) }

    private static func otlpLines(_ files: SeedFiles, _ path: String, _ key: String, isExpected: Bool) -> CheckReport {
        let name = "files: \(path) is OTLP JSON"
        let read = lines(files, path, name, isExpected: isExpected)
        guard let lines = read.lines else { return read.report }
        var findings = Findings()
        for (number, line) in lines.enumerated() {
            findings.examined += 1
            if JSONTree(line)?[key]?.items.isEmpty ?? true { findings.problem("line \(number + 1) has no \(key)") }
        }
        return findings.report(name, expected: "\(key) in every line", noun: "lines", nothing: "")
    }

    /// The application's own log file, when it writes one.
    private static func serviceLogs(_ files: SeedFiles) -> CheckReport {
        let name = "files: spacetimedb-test-logs.jsonl has the required fields"
        guard let lines = files.lines("logs/spacetimedb-test-logs.jsonl"), !lines.isEmpty else {
            return .skipped(name, "there is no data/logs/spacetimedb-test-logs.jsonl")
        }
        var findings = Findings()
        for (number, line) in lines.enumerated() {
            findings.examined += 1
            guard let tree = JSONTree(line) else {
                findings.problem("line \(number + 1) is not JSON")
                continue
            }
            let missing = ["timestamp", "level", "service", "message"].filter { tree[$0] == nil }
            if !missing.isEmpty {
                findings.problem("line \(number + 1) has no \(missing.joined(separator: ", "))")
            } else if tree["service"]?.text != service {
                findings.problem("line \(number + 1): service is \(tree["service"]?.text ?? "no string")")
            } else if let id = tree["trace_id"], id.text?.count != 32 {
                findings.problem("line \(number + 1): trace_id has not 32 digits")
            }
        }
        return findings.report(
            name, expected: "timestamp, level, service, message; trace_id of 32 digits", noun: "lines", nothing: "")
    }

    private static func processed(_ files: SeedFiles, isExpected: Bool) -> CheckReport {
        let name = "files: the first processed line says filebeat"
        let read = lines(files, "processed/filebeat-processed-logs.jsonl", name, isExpected: isExpected)
        guard let line = read.lines?.first else { return read.report }
        var findings = Findings()
        findings.examined = 1
        let type = JSONTree(line)?["agent.type"]?.text
        if type != "filebeat" { findings.problem("agent.type is \(type ?? "not there")") }
        return findings.report(name, expected: "agent.type = filebeat", noun: "lines", nothing: "")
    }

    private static func freshness(_ files: SeedFiles, _ recording: Recording, _ options: SuiteOptions) -> CheckReport {
        let name = freshnessName
        guard let now = options.now else { return .skipped(name, "the time is not known") }
        // Telemetry of long ago is verified too.
        let newest = (recording.spans.lazy.map(\.endTime).max() ?? 0, recording.logs.lazy.map(\.time).max() ?? 0)
        let age = now.nanoseconds / 1_000_000_000 - Int64(clamping: max(newest.0, newest.1) / 1_000_000_000)
        guard age <= freshSeconds else { return .skipped(name, "the telemetry itself is older") }
        var findings = Findings()
        for path in ["traces/traces.jsonl", "metrics/metrics.jsonl", "metrics/metrics.prom", "logs/logs.jsonl"] {
            guard let facts = files.facts(path), facts.bytes > 0 else { continue }
            findings.examined += 1
            let seconds = now.nanoseconds / 1_000_000_000 - Int64(facts.changed)
            findings.fact("data/\(path): \(facts.bytes) bytes, written \(seconds) s ago")
            if seconds > freshSeconds { findings.problem("data/\(path): written \(seconds) s ago") }
        }
        return findings.report(
            name, expected: "files younger than ten minutes", noun: "files", nothing: "no file holds anything")
    }
}
