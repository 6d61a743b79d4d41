import Recordings
import TelemetryModel

/// The ten items of the validation checklist, in its order.
extension SeedsSuite {
    static func checklist(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> [CheckReport] {
        [
            serviceSpans(recording),
            databaseCounters(recording),
            executionPerformance(recording),
            structuredLogs(recording),
            enrichedLines(recording, options),
            try await correlated(source, recording, options),
            timestamps(recording, options),
            try await identified(source, recording, options),
            try await lossless(source, recording, options),
            await overhead(source, recording, options),
        ]
    }

    private static let absent = "\(service) sent nothing of the kind"

    private static func isService(_ recording: Recording, _ resource: Int) -> Bool {
        recording.resources.indices.contains(resource) && recording.resources[resource].service == service
    }

    /// A series of the service, or one whose name says so: StatsD has no resources.
    private static func isService(_ recording: Recording, _ series: RecordedSeries) -> Bool {
        isService(recording, series.resource) || MetricAggregationSuite.words(series.name).first == service
    }

    private static func serviceSpans(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        for span in recording.spans where isService(recording, span.resource) {
            findings.examined += 1
            findings.fact(recording.describe(span))
        }
        return findings.report(
            "checklist 1: traces contain service spans", expected: "spans of \(service)", noun: "spans of \(service)",
            nothing: absent, isOptional: true)
    }

    private static func databaseCounters(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        var seen: Set<String> = []
        var counters = 0
        for series in recording.series where isService(recording, series) && seen.insert(series.name).inserted {
            findings.examined += 1
            let words = MetricAggregationSuite.words(series.name)
            guard words.contains("database") || words.contains("db"), series.kind == .sum else { continue }
            counters += 1
            findings.fact(recording.describe(series))
        }
        if findings.examined > 0, counters == 0 {
            findings.problem("none of \(seen.sorted().prefix(10).joined(separator: ", "))")
        }
        return findings.report(
            "checklist 2: metrics include database operation counters", expected: "a counter of database operations",
            noun: "metrics of \(service)", nothing: absent, isOptional: true)
    }

    private static func executionPerformance(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        var found = false
        var seen: Set<String> = []
        for series in recording.series where isService(recording, series) && seen.insert(series.name).inserted {
            findings.examined += 1
            let words = MetricAggregationSuite.words(series.name)
            guard words.contains("wasm") || words.contains("reducer"),
                words.contains("duration") || words.contains("time")
            else { continue }
            found = true
            findings.fact(recording.describe(series))
        }
        if findings.examined > 0, !found {
            findings.problem("none of \(seen.sorted().prefix(10).joined(separator: ", "))")
        }
        return findings.report(
            "checklist 3: metrics track WASM execution performance", expected: "a duration of WASM functions",
            noun: "metrics of \(service)", nothing: absent, isOptional: true)
    }

    private static func structuredLogs(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        for log in recording.logs where isService(recording, log.resource) {
            findings.examined += 1
            if log.severityNumber == 0 && log.severityText.isEmpty && log.attributes["level"] == nil {
                findings.problem("\(recording.describe(log)): no level")
            } else if log.body.text.isEmpty && log.eventName.isEmpty {
                findings.problem("\(recording.describe(log)): no message")
            }
        }
        return findings.report(
            "checklist 4: logs contain structured events", expected: "logs of \(service) with level and message",
            noun: "logs of \(service)", nothing: absent, isOptional: true)
    }

    /// The processed lines' flat keys; the values of all are strings.
    private static func enrichedLines(_ recording: Recording, _ options: SuiteOptions) -> CheckReport {
        let name = "checklist 5: processed logs have proper enrichment"
        guard let directory = options.filesDirectory else { return .skipped(name, "no directory of files is known") }
        let path = "processed/filebeat-processed-logs.jsonl"
        guard let lines = SeedFiles(directory: directory).lines(path), !lines.isEmpty else {
            if !hasFollowedLogs(recording) { return .skipped(name, "no log came from a file that is followed") }
            if options.prober == nil { return .skipped(name, "there is no data/\(path)") }
            var report = CheckReport(name: name, outcome: .failed, message: "data/\(path) holds nothing")
            report.expected = "a line for every log"
            return report
        }
        var findings = Findings()
        for (number, line) in lines.enumerated() {
            findings.examined += 1
            guard let tree = JSONTree(line) else {
                findings.problem("line \(number + 1) is not JSON")
                continue
            }
            let keys = ["@timestamp", "message", "service.name", "agent.type", "input.type"]
            let missing = keys.filter { tree[$0]?.text == nil }
            if !missing.isEmpty {
                findings.problem("line \(number + 1) has no \(missing.joined(separator: ", "))")
            } else if tree["agent.type"]?.text != "filebeat" {
                findings.problem("line \(number + 1): agent.type is \(tree["agent.type"]?.text ?? "")")
            }
        }
        return findings.report(
            name, expected: "flat keys, agent.type filebeat", noun: "lines", nothing: "the file is empty")
    }

    private static func correlated(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> CheckReport {
        let suite = try await CorrelationSuite().run(source, recording, options)
        let hasIDs = recording.logs.contains { !$0.traceID.isZero }
        return summary(
            "checklist 6: trace ids correlate between logs and spans", Array(suite.checks.prefix(2)),
            unless: hasIDs ? nil : "no log has a trace id")
    }

    private static func timestamps(_ recording: Recording, _ options: SuiteOptions) -> CheckReport {
        var findings = Findings()
        let latest = options.now.map { UInt64(clamping: $0.nanoseconds) &+ 300_000_000_000 } ?? .max
        // The seeds' senders are younger than 2000; an older time is a mistake of unit.
        let earliest: UInt64 = 946_684_800_000_000_000
        func wrong(_ time: UInt64) -> String? {
            if time == 0 { return "no time" }
            if time < earliest { return "time \(Timestamp(clamping: time).rfc3339), which is before 2000" }
            return time > latest ? "time \(Timestamp(clamping: time).rfc3339), which is in the future" : nil
        }
        for span in recording.spans {
            findings.examined += 1
            if let problem = wrong(span.startTime) ?? wrong(span.endTime) {
                findings.problem("\(recording.describe(span)): \(problem)")
            } else if span.endTime < span.startTime {
                findings.problem("\(recording.describe(span)): ends before it begins")
            }
        }
        for series in recording.series {
            for point in series.points {
                findings.examined += 1
                if let problem = wrong(point.time) { findings.problem("\(recording.describe(series)): \(problem)") }
            }
        }
        for log in recording.logs {
            findings.examined += 1
            if let problem = wrong(log.time) { findings.problem("\(recording.describe(log)): \(problem)") }
        }
        return findings.report(
            "checklist 7: all telemetry has proper timestamps", expected: "times set, ordered, not in the future",
            noun: "items", nothing: "no telemetry came")
    }

    private static func identified(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> CheckReport {
        let suite = try await ServiceIdentificationSuite().run(source, recording, options)
        return summary("checklist 8: service identification is consistent", suite.checks, unless: nil)
    }

    private static func lossless(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> CheckReport {
        let suite = try await CompletenessSuite().run(source, recording, options)
        let checks = Array(suite.checks.prefix(4))
        return summary(
            "checklist 9: no data loss in pipeline", checks,
            unless: checks.allSatisfy { $0.outcome == .skipped } ? checks.first?.message : nil)
    }

    private static func overhead(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async -> CheckReport {
        let name = "checklist 10: performance overhead is acceptable"
        let figure = Figures.overhead(options)
        guard let isAcceptable = figure.isAcceptable else { return .skipped(name, figure.value) }
        var report = CheckReport(name: name, outcome: isAcceptable ? .passed : .failed, message: figure.value)
        report.expected = figure.acceptable
        report.actual = figure.value
        report.examined = 1
        return report
    }

    /// One check of several.
    private static func summary(_ name: String, _ checks: [CheckReport], unless reason: String?) -> CheckReport {
        if let reason { return .skipped(name, reason) }
        let judged = checks.filter { $0.outcome != .skipped }
        let wrong = judged.filter { $0.outcome != .passed }
        let outcome = wrong.first?.outcome ?? (judged.isEmpty ? .vacuous : .passed)
        let messages = (wrong.isEmpty ? judged : wrong).map { "\($0.name): \($0.message)" }
        var report = CheckReport(name: name, outcome: outcome, message: messages.joined(separator: "; "))
        report.evidence = Array((wrong.isEmpty ? judged : wrong).flatMap(\.evidence).prefix(Findings.linesMax))
        report.nearestMisses = wrong.flatMap(\.nearestMisses)
        report.examined = judged.reduce(0) { $0 + $1.examined }
        report.expected = judged.map(\.expected).filter { !$0.isEmpty }.joined(separator: "; ")
        return report
    }
}
