import Recordings
import TelemetryModel

/// How items of a recording are named in evidence.
extension Recording {
    func service(_ resource: Int) -> String {
        let name = resources.indices.contains(resource) ? resources[resource].service : ""
        return name.isEmpty ? "(no service.name)" : name
    }

    func describe(_ span: RecordedSpan) -> String {
        "span `\(Self.cut(span.name))` \(span.spanID.hex) of trace \(span.traceID.hex), \(service(span.resource))"
    }

    func describe(_ log: RecordedLog) -> String {
        "log `\(Self.cut(log.body.text))` at \(Timestamp(clamping: log.time).rfc3339), \(service(log.resource))"
    }

    func describe(_ series: RecordedSeries) -> String {
        let labels = series.attributes.entries.prefix(8).map { "\($0.key)=\(Self.cut($0.value.text))" }
        return "\(Self.cut(series.name)){\(labels.joined(separator: ", "))}, \(service(series.resource))"
    }

    /// The first 80 characters.
    static func cut(_ text: String) -> String { text.count > 80 ? String(text.prefix(80)) + "…" : text }
}

extension Recording {
    /// Without what the server makes of spans itself: span metrics and the service graph say nothing about a sender.
    var sent: Recording {
        guard series.contains(where: { DerivedMetricNames.isDerived($0.name) }) else { return self }
        var recording = self
        recording.series.removeAll { DerivedMetricNames.isDerived($0.name) }
        return recording
    }

    /// Whether a series came over a protocol that has no resources: StatsD, remote write without a `job`.
    func hasNoResource(_ series: RecordedSeries) -> Bool {
        let hasAttributes =
            resources.indices.contains(series.resource) && !resources[series.resource].attributes.isEmpty
        let hasScope = scopes.indices.contains(series.scope) && !scopes[series.scope].name.isEmpty
        return !hasAttributes && !hasScope
    }
}

extension RecordedAttributes {
    /// The value of the first of the keys that is there, as text.
    func text(_ keys: String...) -> String? {
        for key in keys {
            if let value = self[key] { return value.text }
        }
        return nil
    }
}

/// The spans of a recording by trace and id.
struct SpanIndex {
    struct Key: Hashable {
        let trace: TraceID
        let span: SpanID
    }

    private let byID: [Key: Int]
    let traces: Set<TraceID>

    init(_ recording: Recording) {
        var byID: [Key: Int] = [:]
        var traces: Set<TraceID> = []
        byID.reserveCapacity(recording.spans.count)
        for (index, span) in recording.spans.enumerated() {
            byID[Key(trace: span.traceID, span: span.spanID)] = index
            traces.insert(span.traceID)
        }
        self.byID = byID
        self.traces = traces
    }

    /// The position in `Recording.spans`.
    subscript(trace: TraceID, span: SpanID) -> Int? { byID[Key(trace: trace, span: span)] }
}

extension Findings {
    /// Spans whose parent is not among the spans of their trace.
    static func missingParents(_ recording: Recording, _ index: SpanIndex) -> Findings {
        var findings = Findings()
        for span in recording.spans where !span.parentSpanID.isZero {
            findings.examined += 1
            if index[span.traceID, span.parentSpanID] == nil {
                findings.problem("\(recording.describe(span)): its parent \(span.parentSpanID.hex) did not come")
            }
        }
        return findings
    }
}
