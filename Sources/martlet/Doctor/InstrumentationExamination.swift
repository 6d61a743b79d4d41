import MartletServer
import Recordings
import TelemetryModel
import Verification

/// What is wrong with the instrumentation of those who send.
enum InstrumentationExamination {
    /// Items that are looked at.
    private static let itemsMax = 2_000_000

    /// - Throws: `VerificationError`, `CommandFailure`.
    static func findings(_ state: ServerState, _ window: RecordingWindow) async throws -> [DoctorFinding] {
        let source = ServerSource(state)
        let recording: Recording
        do {
            recording = try await source.recording(window, itemsMax: itemsMax)
        } catch let error as VerificationError where error.code == .tooLarge {
            return [
                DoctorFinding(
                    subject: "instrumentation", state: .note,
                    text: "not examined, more than \(itemsMax) items; give a shorter time, such as --since 1m")
            ]
        }
        guard recording.items > 0 else {
            return [
                DoctorFinding(
                    subject: "instrumentation", state: .note, text: "nothing to examine in this span of time (--since)")
            ]
        }
        var findings = InstrumentationDiagnosis.findings(
            in: recording, isWhole: false, now: UInt64(clamping: Timestamp.now().nanoseconds)
        ).map { found in
            DoctorFinding(
                subject: found.rule, state: found.weight == .bad ? .bad : .note, text: found.text,
                evidence: found.evidence)
        }
        findings += try await delays(source, window)
        if findings.allSatisfy({ $0.state == .ok }) {
            let counts =
                "\(recording.spans.count) spans, \(recording.series.count) series, \(recording.logs.count) log records"
            findings.insert(
                DoctorFinding(subject: "instrumentation", state: .ok, text: "\(counts): nothing wrong was found"), at: 0
            )
        }
        return findings
    }

    /// Clocks of services against this machine's: a span cannot end after it has arrived.
    private static func delays(_ source: ServerSource, _ window: RecordingWindow) async throws -> [DoctorFinding] {
        var conditions: [String] = []
        if let start = window.start { conditions.append("start_time >= fromUnixTimestamp64Nano(\(start))") }
        if let end = window.end { conditions.append("start_time < fromUnixTimestamp64Nano(\(end))") }
        let sql = """
            SELECT service, count() AS spans,
                min(toUnixTimestamp64Nano(received_time) - toUnixTimestamp64Nano(start_time) - duration) AS least
            FROM telemetry.spans \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
            GROUP BY service HAVING least < -\(skewMax) ORDER BY least LIMIT 20
            """
        guard let answer = try await source.answer(RawQuery(.sql, sql, window: window)) else { return [] }
        if let error = answer.error { throw CommandFailure(.no, "the delays of services cannot be read: \(error)") }
        return answer.rows.compactMap { row in
            guard row.count == 3, let least = Int64(row[2]) else { return nil }
            return DoctorFinding(
                subject: "clock-skew", state: .bad,
                text: "the clock of \(TerminalText.escaped(row[0])) is ahead of this machine's by "
                    + "\(HumanText.duration(-least)) or more: spans arrive before they have ended. Set both by NTP")
        }
    }

    /// Nanoseconds: what the clocks of containers and processes of one machine differ by is far less.
    private static let skewMax = 50_000_000
}
