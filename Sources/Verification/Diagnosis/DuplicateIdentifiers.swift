import Recordings
import TelemetryModel

/// Span ids that occur more than once in a trace: the same span sent twice, or ids that are not random.
enum DuplicateIdentifiers {
    private struct Key: Hashable {
        let trace: TraceID
        let span: SpanID
    }

    static func findings(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        let spans = subject.recording.spans
        var first: [Key: Int] = [:]
        first.reserveCapacity(spans.count)
        var repeated = (count: 0, lines: [String]())
        var reused = (count: 0, lines: [String]())
        for (index, span) in spans.enumerated() {
            let key = Key(trace: span.traceID, span: span.spanID)
            guard let other = first[key].map({ spans[$0] }) else {
                first[key] = index
                continue
            }
            if other.name == span.name, other.startTime == span.startTime, other.endTime == span.endTime {
                repeated.count += 1
                if repeated.lines.count < evidenceMax { repeated.lines.append(subject.line(span)) }
            } else {
                reused.count += 1
                if reused.lines.count < evidenceMax {
                    reused.lines.append("\(subject.line(span)) has the id of \(other.name)")
                }
            }
        }
        var findings: [InstrumentationFinding] = []
        if reused.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "duplicate-ids", weight: .bad,
                    text:
                        "\(reused.count) spans have the id of another span of their trace: the generator of ids is not "
                        + "random (a fixed seed, or a forked process that goes on with its parent's)",
                    evidence: reused.lines, count: reused.count))
        }
        if repeated.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "spans-sent-twice", weight: .note,
                    text:
                        "\(repeated.count) spans came more than once: two exporters are set up, or one repeats what was "
                        + "acknowledged", evidence: repeated.lines, count: repeated.count))
        }
        return findings
    }
}
