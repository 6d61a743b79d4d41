import Recordings
import TelemetryModel

/// Clocks that disagree: times in the future, ends before their starts, children of another service that begin before
/// their parent.
enum ClockSkew {
    /// Of a time before the clock of this machine, in nanoseconds: clocks kept by NTP differ by far less.
    private static let futureMax: UInt64 = 5_000_000_000
    /// Of a child before its parent in another service.
    private static let skewMax: UInt64 = 1_000_000

    private struct Key: Hashable {
        let trace: TraceID
        let span: SpanID
    }

    static func findings(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        let spans = subject.recording.spans
        var future = (count: 0, lines: [String]())
        var backward = (count: 0, lines: [String]())
        var early = (count: 0, lines: [String](), most: UInt64(0))
        var parents: [Key: Int] = [:]
        parents.reserveCapacity(spans.count)
        for (index, span) in spans.enumerated() {
            parents[Key(trace: span.traceID, span: span.spanID)] = index
            let (limit, isOver) = subject.now.addingReportingOverflow(futureMax)
            if !isOver, span.startTime > limit {
                future.count += 1
                if future.lines.count < evidenceMax {
                    future.lines.append(
                        "\(subject.line(span)) starts \(seconds(span.startTime - subject.now)) from now")
                }
            }
            if span.endTime < span.startTime {
                backward.count += 1
                if backward.lines.count < evidenceMax {
                    backward.lines.append(
                        "\(subject.line(span)) ends \(seconds(span.startTime - span.endTime)) before it starts")
                }
            }
        }
        for span in spans where !span.parentSpanID.isZero {
            guard let parent = parents[Key(trace: span.traceID, span: span.parentSpanID)].map({ spans[$0] }),
                subject.recording.resources[parent.resource] != subject.recording.resources[span.resource],
                span.startTime < parent.startTime, parent.startTime - span.startTime > skewMax
            else { continue }
            let skew = parent.startTime - span.startTime
            early.count += 1
            early.most = max(early.most, skew)
            if early.lines.count < evidenceMax {
                early.lines.append(
                    "\(subject.line(span)) starts \(seconds(skew)) before its parent \(subject.line(parent))")
            }
        }
        var findings: [InstrumentationFinding] = []
        if future.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "clock-skew", weight: .bad,
                    text:
                        "\(future.count) spans start in the future: the sender's clock is ahead, or its times are not in "
                        + "nanoseconds", evidence: future.lines, count: future.count))
        }
        if backward.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "ends-before-start", weight: .bad,
                    text: "\(backward.count) spans end before they start: take durations from a monotonic clock",
                    evidence: backward.lines, count: backward.count))
        }
        if early.count > 0 {
            findings.append(
                InstrumentationFinding(
                    rule: "clock-skew", weight: .note,
                    text:
                        "\(early.count) spans start before their parent in another process, by \(seconds(early.most)) at "
                        + "most: the clocks of the two differ", evidence: early.lines, count: early.count))
        }
        return findings
    }

    private static func seconds(_ nanoseconds: UInt64) -> String {
        DurationText.print(.nanoseconds(Int64(clamping: nanoseconds)))
    }
}
