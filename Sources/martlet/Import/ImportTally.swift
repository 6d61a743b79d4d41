import Codecs
import Synchronization
import TelemetryFiles
import TelemetryModel

/// What an import has come to.
struct ImportTally: Sendable {
    /// Problems that are kept to be shown.
    static let problemsMax = 100

    struct Counts: Sendable, Equatable {
        /// Items in the files.
        var read = 0
        /// In requests that were sent at least once.
        var sent = 0
        var accepted = 0
        /// Left out by the receiver of requests that it took.
        var rejected = 0
        /// In requests that the receiver refused, or did not take in time.
        var failed = 0
        /// In requests without an answer: taken or not.
        var unknown = 0
    }

    var counts: [Signal: Counts] = [:]
    /// Lines and messages that could not be read; under nil where the signal is not known.
    var bad: [Signal?: Int] = [:]
    var problems: [TelemetryFileProblem] = []
    var repairs = RepairCounts()
    var requests = 0
    var retries = 0
    /// Requests by kind of failure, with the first one's sentence.
    var failures: [String: (count: Int, example: String)] = [:]
    /// Sentences of receivers that left items out, the first of each signal.
    var rejections: [Signal: String] = [:]

    var total: Counts {
        counts.values.reduce(into: Counts()) { sum, counts in
            sum.read += counts.read
            sum.sent += counts.sent
            sum.accepted += counts.accepted
            sum.rejected += counts.rejected
            sum.failed += counts.failed
            sum.unknown += counts.unknown
        }
    }

    var badTotal: Int { bad.values.reduce(0, +) }

    mutating func add(_ problem: TelemetryFileProblem) {
        bad[problem.signal, default: 0] += 1
        if problems.count < Self.problemsMax { problems.append(problem) }
    }

    mutating func fail(_ failure: ExportFailure) {
        failures[failure.kind, default: (0, failure.message)].count += 1
    }

    /// Books an answer that stays.
    mutating func book(_ signal: Signal, items: Int, _ answer: ExportAnswer) {
        switch answer {
        case .accepted(let partial):
            let rejected = min(items, Int(clamping: max(0, partial.rejected)))
            counts[signal, default: Counts()].accepted += items - rejected
            counts[signal, default: Counts()].rejected += rejected
            if rejected > 0, rejections[signal] == nil { rejections[signal] = partial.message }
        case .unknown(let failure):
            counts[signal, default: Counts()].unknown += items
            fail(failure)
        case .refused(let failure), .later(let failure, _), .notSent(let failure):
            counts[signal, default: Counts()].failed += items
            fail(failure)
        }
    }
}

/// The state that the reader and the senders of an import share.
final class ImportProgress: Sendable {
    private struct State {
        var tally = ImportTally()
        var fraction = 0.0
        var isStopped = false
    }

    private let state = Mutex(State())

    var tally: ImportTally { state.withLock { $0.tally } }
    /// Figures for a line that is drawn often.
    var line: (fraction: Double, total: ImportTally.Counts, bad: Int) {
        state.withLock { ($0.fraction, $0.tally.total, $0.tally.badTotal) }
    }

    /// Asked to end before its time.
    var isStopped: Bool { state.withLock { $0.isStopped } }

    func stop() { state.withLock { $0.isStopped = true } }
    func update(_ change: (inout ImportTally) -> Void) { state.withLock { change(&$0.tally) } }
    func reach(_ fraction: Double) { state.withLock { $0.fraction = fraction } }
}
