import Recordings
import TelemetryModel

/// Whether an operation that one signal tells of is found in the others.
extension CompletenessSuite {
    /// Names under which points and logs say which operation they are about, and the names that spans have for it.
    private static let operationKeys: [(keys: [String], spanKeys: [String])] = [
        (
            ["db.operation.name", "db.operation", "operation"],
            ["db.operation.name", "db.operation", "operation", "spacetimedb.operation_type"]
        ),
        (
            ["wasm.function", "wasm.function_name", "function", "function_name"],
            ["wasm.function", "wasm.function_name", "function", "function_name", "code.function.name", "code.function"]
        ),
        (["rpc.method"], ["rpc.method"]),
        (["http.route"], ["http.route"]),
        (["messaging.operation.name"], ["messaging.operation.name"]),
    ]

    /// What a service's spans say of operations: values of attributes and words of names, in lower case.
    private struct SpanWords {
        var values: [String: Set<String>] = [:]
        var names: Set<String> = []
        /// Names of spans that were looked at.
        var spans: Set<String> = []
    }

    /// An operation that a metric or a log of a service names has spans in that service, if it sends spans at all.
    static func operations(_ recording: Recording) -> CheckReport {
        var spans: [String: SpanWords] = [:]
        let keys = Set(operationKeys.flatMap(\.spanKeys))
        for span in recording.spans {
            let service = recording.service(span.resource)
            // Taken out while it is changed, so that its sets are not copied.
            var words = spans.removeValue(forKey: service) ?? SpanWords()
            if words.spans.insert(span.name).inserted {
                words.names.formUnion(MetricAggregationSuite.words(span.name))
                words.names.insert(span.name.lowercased())
            }
            for entry in span.attributes.entries where keys.contains(entry.key) {
                words.values[entry.key, default: []].insert(entry.value.text.lowercased())
            }
            spans[service] = words
        }
        var findings = Findings()
        var seen: Set<String> = []
        func look(_ resource: Int, _ attributes: RecordedAttributes, _ place: @autoclosure () -> String) {
            let service = recording.service(resource)
            guard let words = spans[service] else { return }
            for (keys, spanKeys) in operationKeys {
                for key in keys {
                    guard let value = attributes[key]?.text, !value.isEmpty,
                        seen.insert("\(service)\u{0}\(key)\u{0}\(value)").inserted
                    else { continue }
                    findings.examined += 1
                    let lower = value.lowercased()
                    let isThere =
                        words.names.contains(lower) || spanKeys.contains { words.values[$0]?.contains(lower) ?? false }
                    if isThere {
                        findings.fact("\(service): \(key)=\(Recording.cut(value)) has spans")
                    } else {
                        findings.problem(
                            "\(service): no span of \(key)=\(Recording.cut(value)), which \(place()) names")
                    }
                }
            }
        }
        for series in recording.series { look(series.resource, series.attributes, "metric \(series.name)") }
        for log in recording.logs { look(log.resource, log.attributes, recording.describe(log)) }
        return findings.report(
            "operations in metrics and logs have spans", expected: "a span of every operation that is named",
            noun: "operations", nothing: "no metric or log of a service with spans names an operation",
            isOptional: recording.items > 0)
    }

    /// A span with an error has an exception event or a log record of level error in its trace.
    static func errors(_ recording: Recording) -> CheckReport {
        var traces: Set<TraceID> = []
        for log in recording.logs where log.severityNumber >= 17 || isError(log.severityText) {
            traces.insert(log.traceID)
        }
        var told: Set<TraceID> = []
        for span in recording.spans where span.events.contains(where: { $0.name == "exception" }) {
            told.insert(span.traceID)
        }
        var findings = Findings()
        for span in recording.spans where span.status == .error {
            findings.examined += 1
            if !traces.contains(span.traceID), !told.contains(span.traceID), span.statusMessage.isEmpty {
                findings.problem("\(recording.describe(span)): an error without a log, an exception or a message")
            }
        }
        return findings.report(
            "errors are told", expected: "a log of level error, an exception event or a status message for every error",
            noun: "spans with an error", nothing: "no span has an error", isOptional: recording.items > 0)
    }

    private static func isError(_ text: String) -> Bool {
        let level = text.uppercased()
        return level.hasPrefix("ERR") || level.hasPrefix("FATAL") || level.hasPrefix("CRIT") || level == "EMERGENCY"
    }
}
