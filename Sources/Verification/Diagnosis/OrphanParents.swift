import Recordings
import TelemetryModel

/// Spans whose parent never came. When the services have ended, spans of their own that are missing were lost at exit: a
/// batch exporter keeps spans for seconds, and a process that ends without `shutdown` takes them with it.
enum OrphanParents {
    private struct Key: Hashable {
        let trace: TraceID
        let span: SpanID
    }

    static func findings(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        let spans = subject.recording.spans
        var known: Set<Key> = []
        known.reserveCapacity(spans.count)
        for span in spans { known.insert(Key(trace: span.traceID, span: span.spanID)) }
        // A parent in another process (the span is an entry) is a different trouble than one in the same.
        var entries = 0
        var inner = 0
        var entryLines: [String] = []
        var innerLines: [String] = []
        for span in spans where !span.parentSpanID.isZero {
            guard !known.contains(Key(trace: span.traceID, span: span.parentSpanID)) else { continue }
            let line = "\(subject.line(span)): parent \(span.parentSpanID.hex) is not there"
            if span.kind == .server || span.kind == .consumer {
                entries += 1
                if entryLines.count < evidenceMax { entryLines.append(line) }
            } else {
                inner += 1
                if innerLines.count < evidenceMax { innerLines.append(line) }
            }
        }
        var findings: [InstrumentationFinding] = []
        if inner > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: subject.isWhole ? "spans-lost-at-exit" : "orphan-parents", weight: .bad,
                    text: subject.isWhole
                        ? "\(inner) spans have a parent of their own process that was never sent: it had not ended, or the "
                            + "process ended before its exporter had sent it. End spans and call shutdown() or "
                            + "force_flush() of the provider before the process ends"
                        : "\(inner) spans have a parent that is not there: it is still open, lies outside the window, was "
                            + "sampled away, or was lost when its process ended without shutdown() of the provider",
                    evidence: innerLines, count: inner))
        }
        if entries > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "orphan-parents", weight: .note,
                    text:
                        "\(entries) server and consumer spans have a parent that is not there: the caller sends its spans "
                        + "elsewhere, or samples them away", evidence: entryLines, count: entries))
        }
        return findings
    }
}
