import Codecs
import Synchronization
package import TelemetryModel
import TelemetryStore
package import WriteAheadLog

/// What a start did with the log that the last run left.
package struct ReplayReport: Sendable, Equatable {
    package let signal: Signal
    /// Records that were acknowledged and not known to be stored.
    package internal(set) var records = 0
    package internal(set) var bytes = 0
    /// Items in them, without those that were rejected when they came.
    package internal(set) var items = 0
    /// Blocks stored again; the store drops those that it had.
    package internal(set) var blocks = 0
    /// Records that are lost, each with its place.
    package internal(set) var damages: [String] = []
    /// Records cut off by the crash while they were being written; they were not acknowledged.
    package internal(set) var tornTails: [String] = []
    package internal(set) var seconds = 0.0

    /// For a person.
    package var lines: [String] {
        var lines: [String] = []
        if records > 0 {
            lines.append(
                "\(signal.rawValue): \(records) requests of \(bytes) bytes were in the log and are stored now, "
                    + "\(items) items in \(blocks) blocks (what the store had was not stored twice)")
        }
        for damage in damages { lines.append("\(signal.rawValue): LOST \(damage)") }
        for tail in tornTails {
            lines.append("\(signal.rawValue): cut off while it was written, not acknowledged: \(tail)")
        }
        if lines.isEmpty { lines.append("\(signal.rawValue): everything was stored") }
        return lines
    }

    /// Nothing was there to do.
    package var isEmpty: Bool { records == 0 && damages.isEmpty && tornTails.isEmpty }
}

extension SignalQueue {
    private struct BlockIsFull: Error {}

    /// Stores what the log of the last run holds: the same ranges under the same tokens where blocks were begun, blocks of
    /// the usual size for the rest. Called once, before anything is appended.
    ///
    /// - Throws: `LogError`, or what the store throws; nothing is lost then, a later start goes on.
    func recover() async throws -> ReplayReport {
        let start = clock.now
        let found = log.recovery
        var report = ReplayReport(signal: signal)
        report.records = found.uncommittedRecords
        report.bytes = found.uncommittedBytes
        report.tornTails = found.tornTails.map { "\($0.file): \($0.bytes) bytes at \($0.offset)" }
        report.damages = found.damages.map(\.text)
        if found.damagesOmitted > 0 { report.damages.append("and \(found.damagesOmitted) more") }
        if !found.damages.isEmpty {
            ledger.dropped(signal, .log, reason: "log_damaged", items: found.damages.count + found.damagesOmitted)
        }
        var intents = found.intents[...]
        while let block = try readBlock(intents.first, &report) {
            let token: String
            let isRepeated = block.isIntended
            if isRepeated, let intent = intents.popFirst() {
                token = intent.token
            } else {
                token = try await log.intend(first: block.records.lowerBound, last: block.records.upperBound).token
            }
            if block.batch.rowsOfAllTables > 0 {
                try await store.write(block.batch, token: token, isRepeated: isRepeated)
                await blockSink.value?.write(block.batch, of: signal, token: token)
                // The last run may have observed a block whose insert it had begun.
                if isRepeated { observer.value?.learn(block.batch) } else { observer.value?.observe(block.batch) }
            }
            try await log.commit(through: block.records.upperBound)
            report.blocks += 1
        }
        state.withLock { state in
            state.lastRecord = found.nextSequence - 1
            state.storedThrough = state.lastRecord
            state.appender.batch = state.open.batch
            state.appender.forgetValues()
        }
        report.seconds = (clock.now - start).seconds
        return report
    }

    /// The rows of the records of an intent, or of the next ones until a block is full; nil when none is left.
    ///
    /// Blocks are noted in the order of their records, so there are records before the first intent only when the note
    /// of an earlier block is damaged. They make a block of their own: should the store have them, they are there twice,
    /// but joined to the intended block they might be lost with it.
    private func readBlock(
        _ intent: LogIntent?, _ report: inout ReplayReport
    ) throws -> (batch: TelemetryBatch, records: ClosedRange<UInt64>, isIntended: Bool)? {
        let batch = TelemetryBatch()
        var records: ClosedRange<UInt64>?
        var damages: [String] = []
        var items = 0
        var isIntended = intent != nil
        try state.withLock { state in
            state.appender.batch = batch
            // What the store has of the block before may have been summed up from another beginning.
            state.appender.forgetValues()
            do {
                try log.replay(onDamage: { damages.append($0.text) }) { entry in
                    if let intent {
                        if records == nil { isIntended = entry.sequence >= intent.first }
                        if entry.sequence > (isIntended ? intent.last : intent.first - 1) { throw BlockIsFull() }
                    }
                    if !isIntended, batch.rows >= limits.blockRows || batch.byteCount >= limits.blockBytes {
                        throw BlockIsFull()
                    }
                    records = (records?.lowerBound ?? entry.sequence)...entry.sequence
                    items += append(entry, &state, &damages)
                }
            } catch is BlockIsFull {}
        }
        report.items += items
        report.damages += damages
        if !damages.isEmpty { ledger.dropped(signal, .log, reason: "log_damaged", items: damages.count) }
        if isIntended, let intent { records = intent.first...intent.last }
        guard let records else { return nil }
        return (batch, records, isIntended)
    }

    /// - Returns: accepted items.
    private func append(_ entry: LogEntry, _ state: inout State, _ damages: inout [String]) -> Int {
        guard let encoding = IngestRequest.Encoding(rawValue: entry.tag) else {
            damages.append("record \(entry.sequence): encoding \(entry.tag) is not known to this version")
            return 0
        }
        state.appender.begin(receivedTime: entry.time)
        do {
            try DecodedBody(entry.body, signal, encoding, isReplay: true).append(to: &state.appender)
        } catch {
            // It was decoded once; another version's decoder may be stricter.
            damages.append("record \(entry.sequence): \(error.message)")
            return 0
        }
        let outcome = state.appender.outcome
        ledger.received(signal, .log, outcome)
        ledger.stored(signal, [Sender.log.name: outcome.accepted])
        return outcome.accepted
    }
}

extension LogDamage {
    /// For a person.
    package var text: String {
        let record = sequence.map { ", record \($0)" } ?? ""
        let what =
            switch kind {
            case .header: "no record can be read"
            case .body: "the record is damaged"
            case .missing: "records are missing"
            case .otherLog: "the segment belongs to another log"
            }
        return "\(file): \(what) at \(offset), \(length) bytes\(record)"
    }
}
