import Codecs
import Foundation
import LogProcessing
import Logging
import Synchronization
import TelemetryModel

@testable import LogFiles

/// Makes one record of each event, with its text as it is.
struct PlainProcessing: EventProcessing {
    func process(_ event: AssembledEvent, source: LogSource, readTime: Timestamp) -> ProcessedEvent {
        var draft = LogDraft(observedTime: readTime)
        let encoding = source.encoding ?? .utf8
        switch encoding {
        case .utf16LittleEndian, .utf16BigEndian:
            let units = stride(from: 0, to: event.bytes.count - 1, by: 2).map { index in
                let (first, second) = (UInt16(event.bytes[index]), UInt16(event.bytes[index + 1]))
                return encoding == .utf16BigEndian ? first << 8 | second : second << 8 | first
            }
            draft.body = String(decoding: units, as: UTF16.self)
        default: draft.body = String(decoding: event.bytes, as: UTF8.self)
        }
        draft.resource = source.resource
        if draft.body.hasPrefix("DROP") { return ProcessedEvent(.dropped(reason: "test")) }
        return ProcessedEvent(.drafts([draft]))
    }
}

/// Keeps what it takes, as the store would; can refuse.
final class RecordingLogSink: LogFileSink {
    struct State {
        var taken: [LogDraft] = []
        /// Given out before anything is taken, in order.
        var refusals: [LogFileSinkError] = []
        var draftsMax = Int.max
        var asked = 0
        var admissions = 0
    }

    let state = Mutex(State())

    func admit(_ drafts: [LogDraft]) async throws {
        try state.withLock { state in
            state.admissions += 1
            if !state.refusals.isEmpty { throw state.refusals.removeFirst() }
            if drafts.count > state.draftsMax { throw LogFileSinkError(.tooLarge, "too many") }
            state.taken += drafts
        }
    }

    func isStored(path: String, inode: UInt64, offset: Int, since: Timestamp) async throws -> Bool {
        state.withLock { state in
            state.asked += 1
            return state.taken.contains { draft in
                draft["log.offset"] == .int(Int64(offset)) && draft["log.file.inode"] == .int(Int64(inode))
                    && draft.observedTime >= since
                    && draft.resource.contains(LogAttribute("log.file.path", .string(path)))
            }
        }
    }

    var bodies: [String] { state.withLock { $0.taken.map(\.body) } }
    var count: Int { state.withLock { $0.taken.count } }
    var offsets: [Int] { state.withLock { $0.taken.map { $0.logOffset ?? -1 } } }
}

/// A folder with logs, and a tailing of it that is driven step by step with a clock of its own.
final class LogFileRig {
    let folder: String
    let sink = RecordingLogSink()
    let statistics = LogShipperStatistics(startTime: Timestamp(nanoseconds: 0))
    let clock = RigClock()
    var options: LogFileOptions
    private var work: TailingWork?
    private var output: ProcessedLogWriter?

    init(_ patterns: [String] = ["*.{jsonl,log}"], _ change: (inout LogFileInput) -> Void = { _ in }) throws {
        folder = NSTemporaryDirectory() + "martlet-tail-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var input = LogFileInput(paths: patterns.map { [folder] in folder + "/" + $0 })
        input.multiline.mode = .none
        change(&input)
        options = LogFileOptions(inputs: [input], registryPath: folder + "/registry")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func path(_ name: String) -> String { folder + "/" + name }

    func append(_ text: String, to name: String = "a.log") throws { try append(Array(text.utf8), to: name) }

    func append(_ bytes: [UInt8], to name: String = "a.log") throws {
        let file = fopen(path(name), "a")
        guard let file else { throw LogFileError("cannot open \(name)") }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw LogFileError("cannot write") }
    }

    func write(_ text: String, to name: String = "a.log") throws {
        try? FileManager.default.removeItem(atPath: path(name))
        try append(text, to: name)
    }

    /// Cuts a file and writes it anew, under the same inode.
    func overwrite(_ text: String, _ name: String = "a.log") throws {
        guard truncate(path(name), 0) == 0 else { throw LogFileError("cannot cut") }
        try append(text, to: name)
    }

    func rename(_ name: String, to other: String) throws {
        guard Foundation.rename(path(name), path(other)) == 0 else { throw LogFileError("cannot rename") }
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    func advance(_ duration: Duration) {
        clock.now.nanoseconds += duration.wholeNanoseconds
    }

    // MARK: Steps

    func tailing() async throws -> TailingWork {
        if let work { return work }
        let clock = clock
        let work = try TailingWork(
            options, processors: options.inputs.map { _ in PlainProcessing() },
            events: LogFileEvents(Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }), statistics: statistics,
            output: output, clock: { clock.now })
        self.work = work
        for entry in try await work.open() {
            var stored = 0
            for intent in entry.intents {
                if intent.since.nanoseconds != 0 {
                    let isStored = try await sink.isStored(
                        path: entry.path, inode: entry.identity.inode, offset: intent.probe, since: intent.since)
                    guard isStored else { break }
                }
                stored += 1
            }
            await work.resolve(entry.identity, stored: stored)
        }
        return work
    }

    /// Rounds until nothing is new, with the clock going on by a second before each.
    func settle(_ rounds: Int = 2, advancing duration: Duration = .seconds(1)) async throws {
        var quiet = 0
        while quiet < rounds {
            advance(duration)
            let handed = try await step()
            quiet = handed == 0 ? quiet + 1 : 0
        }
    }

    /// - Parameter taking: batches that are taken before the process "ends"; nil takes all and commits.
    /// - Returns: batches of the round.
    @discardableResult
    func step(taking limit: Int? = nil) async throws -> Int {
        let round = try await tailing().nextRound()
        var results: [GroupResult] = []
        var taken = 0
        for group in round.groups {
            for batch in group where taken < limit ?? .max {
                if !batch.drafts.isEmpty { try await sink.admit(batch.drafts) }
                taken += 1
            }
            results.append(GroupResult(identity: group[0].identity, done: group.count, rejected: [], retries: 0))
        }
        if limit == nil { try await tailing().commit(results) }
        return round.groups.reduce(0) { $0 + $1.count } + (round.hasMore ? 1 : 0)
    }

    /// The process ends as by `kill -9`.
    func crash() { work = nil }

    /// The process ends in order.
    func stop() async throws {
        try await tailing().close()
        work = nil
    }
}

/// A clock that a test sets.
final class RigClock: Sendable {
    private let time = Mutex(Timestamp(nanoseconds: 1_800_000_000_000_000_000))

    var now: Timestamp {
        get { time.withLock { $0 } }
        set { time.withLock { $0 = newValue } }
    }
}

extension LogFileRig {
    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }

    func link(_ name: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
    }
}
