package import Recordings
import TelemetryModel

/// Whether the signals lead to each other: logs to spans, exemplars to spans, spans to parents and links.
package struct CorrelationSuite: BuiltInSuite {
    package static let name = "correlation"
    package static let title = "What names a trace or span names one that came, and both tell the same story."

    /// What a log may call the thing that a span's attribute names; the first name is the span's.
    private static let context: [[String]] = [
        ["db.operation.name", "db.operation", "operation"],
        ["db.collection.name", "db.table", "db.sql.table", "table"],
        ["db.system.name", "db.system"],
        ["db.namespace", "db.name"],
        ["http.request.method", "http.method", "method"],
        ["http.route"],
        ["rpc.method"],
        ["messaging.destination.name"],
        ["wasm.module_id", "module_id", "spacetimedb.module_id"],
        ["wasm.function", "function", "wasm.function_name"],
        ["code.function.name", "code.function"],
    ]

    package init() {}

    package func run(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> SuiteReport {
        let recording = recording.sent
        let index = SpanIndex(recording)
        return SuiteReport(
            Self.self,
            [
                Self.traceIDs(recording, index),
                Self.spanIDs(recording, index),
                Self.times(recording, index, options.logTolerance),
                Self.context(recording, index),
                Self.parents(recording, index),
                Self.links(recording, index),
                Self.exemplars(recording, index),
            ])
    }

    private static func traceIDs(_ recording: Recording, _ index: SpanIndex) -> CheckReport {
        var findings = Findings()
        var named: Set<TraceID> = []
        for log in recording.logs where !log.traceID.isZero {
            findings.examined += 1
            named.insert(log.traceID)
            if !index.traces.contains(log.traceID) {
                findings.problem("\(recording.describe(log)): no span of trace \(log.traceID.hex) came")
            }
        }
        let found = findings.examined - findings.problems
        var report = findings.report(
            "traces named by logs are there", expected: "a span for every trace id of a log",
            noun: "logs with a trace id",
            nothing: "no log has a trace id, of \(recording.logs.count) logs",
            passed: "\(found) of \(findings.examined) (\(percent(found, findings.examined))) found, "
                + "\(findings.examined) of \(recording.logs.count) logs have a trace id, "
                + "\(named.intersection(index.traces).count) of \(index.traces.count) traces have logs")
        if report.outcome == .failed {
            report.nearestMisses = index.traces.prefix(3).map { "trace \($0.hex) came" }.sorted()
        }
        return report
    }

    private static func spanIDs(_ recording: Recording, _ index: SpanIndex) -> CheckReport {
        var findings = Findings()
        var places: [SpanID: TraceID] = [:]
        for span in recording.spans { places[span.spanID] = span.traceID }
        for log in recording.logs where !log.spanID.isZero {
            findings.examined += 1
            if index[log.traceID, log.spanID] != nil { continue }
            let other = places[log.spanID].map { "it is one of trace \($0.hex)" } ?? "it did not come"
            findings.problem(
                "\(recording.describe(log)): no span \(log.spanID.hex) in trace \(log.traceID.hex), \(other)")
        }
        return findings.report(
            "spans named by logs belong to their trace", expected: "the span of every span id of a log, in its trace",
            noun: "logs with a span id", nothing: "no log has a span id",
            isOptional: recording.logs.contains { !$0.traceID.isZero })
    }

    private static func times(_ recording: Recording, _ index: SpanIndex, _ tolerance: Duration) -> CheckReport {
        var findings = Findings()
        let margin = UInt64(clamping: max(0, tolerance.clampedNanoseconds))
        for log in recording.logs {
            guard !log.spanID.isZero, log.time > 0, let position = index[log.traceID, log.spanID] else { continue }
            findings.examined += 1
            let span = recording.spans[position]
            let before = span.startTime > log.time ? span.startTime - log.time : 0
            let end = max(span.endTime, span.startTime)
            let after = log.time > end ? log.time - end : 0
            if before > margin {
                findings.problem(
                    "\(recording.describe(log)): \(text(before)) before `\(Recording.cut(span.name))` began")
            } else if after > margin {
                findings.problem("\(recording.describe(log)): \(text(after)) after `\(Recording.cut(span.name))` ended")
            }
        }
        return findings.report(
            "logs fall into the time of their span",
            expected: "within the span, give or take \(DurationText.print(tolerance))",
            noun: "logs of spans", nothing: "no log belongs to a span that came",
            isOptional: recording.logs.contains { !$0.traceID.isZero })
    }

    private static func context(_ recording: Recording, _ index: SpanIndex) -> CheckReport {
        var findings = Findings()
        for log in recording.logs where !log.attributes.isEmpty {
            guard !log.spanID.isZero, let position = index[log.traceID, log.spanID] else { continue }
            let span = recording.spans[position]
            for names in context {
                guard let inLog = first(names, log.attributes), let inSpan = first(names, span.attributes) else {
                    continue
                }
                findings.examined += 1
                if inLog.value.lowercased() != inSpan.value.lowercased() {
                    findings.problem(
                        "\(recording.describe(log)): \(inLog.key)=\(Recording.cut(inLog.value)), but "
                            + "`\(Recording.cut(span.name))` has \(inSpan.key)=\(Recording.cut(inSpan.value))")
                }
            }
        }
        return findings.report(
            "logs and spans agree on the operation", expected: "the same operation, table, method and so on in both",
            noun: "attributes that a log and its span both have",
            nothing: "no log has an attribute of an operation that its span has too", isOptional: true)
    }

    private static func first(_ names: [String], _ attributes: RecordedAttributes) -> (key: String, value: String)? {
        for name in names {
            if let text = attributes.text(name) { return (name, text) }
        }
        return nil
    }

    private static func parents(_ recording: Recording, _ index: SpanIndex) -> CheckReport {
        Findings.missingParents(recording, index).report(
            "parents of spans are there", expected: "every parent among the spans of its trace",
            noun: "spans with a parent", nothing: "no span has a parent", isOptional: true)
    }

    private static func links(_ recording: Recording, _ index: SpanIndex) -> CheckReport {
        var findings = Findings()
        for span in recording.spans {
            for link in span.links {
                findings.examined += 1
                if index[link.traceID, link.spanID] == nil {
                    findings.problem(
                        "\(recording.describe(span)): links to \(link.spanID.hex) of trace \(link.traceID.hex), "
                            + "which did not come")
                }
            }
        }
        return findings.report(
            "links lead to spans", expected: "the span of every link", noun: "links", nothing: "no span has a link",
            isOptional: true)
    }

    private static func exemplars(_ recording: Recording, _ index: SpanIndex) -> CheckReport {
        var findings = Findings()
        for series in recording.series {
            for point in series.points {
                for exemplar in point.exemplars where !exemplar.traceID.isZero {
                    findings.examined += 1
                    let isFound =
                        exemplar.spanID.isZero
                        ? index.traces.contains(exemplar.traceID) : index[exemplar.traceID, exemplar.spanID] != nil
                    if !isFound {
                        findings.problem(
                            "\(recording.describe(series)): exemplar of span \(exemplar.spanID.hex) in trace "
                                + "\(exemplar.traceID.hex), which did not come")
                    }
                }
            }
        }
        return findings.report(
            "exemplars lead to spans", expected: "the span of every exemplar", noun: "exemplars with a trace id",
            nothing: "no point has an exemplar with a trace id", isOptional: true)
    }

    private static func text(_ nanoseconds: UInt64) -> String {
        DurationText.print(.nanoseconds(Int64(clamping: nanoseconds)))
    }

    private static func percent(_ part: Int, _ whole: Int) -> String {
        whole == 0 ? "0 %" : "\(part * 100 / whole) %"
    }
}
