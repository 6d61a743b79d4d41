import Recordings
import Synchronization
import TelemetryModel
import Verification

/// A source that gives recordings and answers that a test puts in.
final class RecordedSource: TelemetrySource {
    private struct State {
        var looks = 0
        var queries: [RawQuery] = []
    }

    let title = "a recording"
    private let recordings: [Recording]
    private let answers: [String: RawAnswer]
    private let canAnswer: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - recordings: one for each look, the last for all further ones.
    ///   - answers: by the text of the query; others are answered without rows.
    init(_ recordings: [Recording], answers: [String: RawAnswer] = [:], canAnswer: Bool = true) {
        self.recordings = recordings
        self.answers = answers
        self.canAnswer = canAnswer
    }

    var looks: Int { state.withLock { $0.looks } }
    var queries: [RawQuery] { state.withLock { $0.queries } }

    func settle() async throws {}

    func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording {
        let look = state.withLock { state in
            state.looks += 1
            return state.looks - 1
        }
        let recording = recordings.isEmpty ? Recording() : recordings[min(look, recordings.count - 1)]
        guard recording.items <= itemsMax else { throw VerificationError(.tooLarge, "too much") }
        return recording
    }

    func answer(_ query: RawQuery) async throws -> RawAnswer? {
        state.withLock { $0.queries.append(query) }
        return canAnswer ? answers[query.text] ?? RawAnswer(columns: [], rows: []) : nil
    }

    func ledger() async throws -> [LedgerFigures]? { nil }
}

/// A clock that moves only when somebody sleeps.
final class SleptClock: Sendable {
    private let nanoseconds = Mutex(Int64(SampleRecording.start) + 60_000_000_000)
    private let naps = Mutex<[Duration]>([])

    var now: Timestamp { Timestamp(nanoseconds: nanoseconds.withLock { $0 }) }
    var slept: [Duration] { naps.withLock { $0 } }

    func sleep(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        nanoseconds.withLock { $0 += seconds * 1_000_000_000 + attoseconds / 1_000_000_000 }
        naps.withLock { $0.append(duration) }
    }
}

/// Runs the expectations of a document over recordings, without time going by.
func checks(
    _ text: String, _ source: RecordedSource, clock: SleptClock = SleptClock(),
    options: VerificationOptions = VerificationOptions()
) async throws -> [CheckReport] {
    let document = try ExpectationDocument(text, file: "test.yaml")
    let runner = VerificationRunner(source: source, options: options) {
        clock.now
    } sleep: {
        clock.sleep($0)
    }
    return try await runner.run([document]).flatMap(\.checks)
}

/// The one check of a document with one expectation, which is given as the lines of its object.
func check(
    _ expectation: String, _ recording: Recording, service: String? = nil, answers: [String: RawAnswer] = [:]
) async throws -> CheckReport {
    let lines = expectation.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    let head = "version: 1\n" + (service.map { "service: \($0)\n" } ?? "")
    let reports = try await checks(
        head + "expectations:\n  -\n\(lines)\n", RecordedSource([recording], answers: answers))
    guard let report = reports.first, reports.count == 1 else {
        throw VerificationError(.unsupported, "\(reports.count) checks")
    }
    return report
}
