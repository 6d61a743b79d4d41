import Recordings
import TelemetryModel

/// Spans whose parent never came. When a process has ended, spans of its own that are missing were lost at exit: a
/// batch exporter keeps spans for seconds, and a process that ends without `shutdown` takes them with it.
enum OrphanParents {
    /// A process of which nothing came for so long has ended, or does nothing; an exporter waits for seconds at most.
    private static let quietNanoseconds: UInt64 = 60_000_000_000

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
        var newest = [UInt64](repeating: 0, count: subject.recording.resources.count)
        for span in spans { newest[span.resource] = max(newest[span.resource], span.endTime) }
        var entries = (count: 0, lines: [String]())
        var lost = (count: 0, lines: [String]())
        var open = (count: 0, lines: [String]())
        for span in spans where !span.parentSpanID.isZero {
            guard !known.contains(Key(trace: span.traceID, span: span.parentSpanID)) else { continue }
            let line = "\(subject.line(span)): parent \(span.parentSpanID.hex) is not there"
            func note(_ cases: inout (count: Int, lines: [String])) {
                cases.count += 1
                if cases.lines.count < evidenceMax { cases.lines.append(line) }
            }
            if span.kind == .server || span.kind == .consumer {
                note(&entries)
            } else if subject.isWhole
                || newest[span.resource].addingReportingOverflow(quietNanoseconds).partialValue
                    < subject.now
            {
                note(&lost)
            } else {
                note(&open)
            }
        }
        var findings: [InstrumentationFinding] = []
        if lost.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "spans-lost-at-exit", weight: .bad,
                    text:
                        "\(lost.count) spans have a parent of their own process that was never sent, and the process sends "
                        + "nothing any more: it ended before the parent had, or before its exporter had sent it. End spans "
                        + "and call shutdown() or force_flush() of the provider before the process ends",
                    evidence: lost.lines, count: lost.count))
        }
        if open.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "orphan-parents", weight: .bad,
                    text:
                        "\(open.count) spans have a parent that is not there: it is still open, lies outside the window, was "
                        + "sampled away, or was lost", evidence: open.lines, count: open.count))
        }
        if entries.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "orphan-parents", weight: .note,
                    text:
                        "\(entries) server and consumer spans have a parent that is not there: the caller sends its spans "
                        + "elsewhere, or samples them away", evidence: entries.lines, count: entries.count))
        }
        return findings
    }
}
