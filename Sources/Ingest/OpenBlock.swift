import Codecs
import TelemetryModel

/// Rows of one signal on their way from the log to the store, and which records of the log they are.
// Sendable: `SignalQueue` touches it under its lock while it is open, and alone once it is sealed; completions of its
// records, which may take rows back, all come before its intent is written.
final class OpenBlock: @unchecked Sendable {
    let batch: TelemetryBatch
    /// Sequences in the log; nil while the block is empty.
    private(set) var records: ClosedRange<UInt64>?
    /// Accepted items by sender.
    private(set) var items: [String: Int] = [:]
    /// Taken from the memory budget for the rows.
    private(set) var bytes = 0
    /// When the first row came.
    private(set) var begun: ContinuousClock.Instant?

    init(_ batch: TelemetryBatch = TelemetryBatch()) {
        self.batch = batch
    }

    var rows: Int { batch.rows }
    var isEmpty: Bool { records == nil }

    func add(record sequence: UInt64, sender: String, accepted: Int, bytes: Int, at time: ContinuousClock.Instant) {
        records = (records?.lowerBound ?? sequence)...sequence
        items[sender, default: 0] += accepted
        self.bytes += bytes
        begun = begun ?? time
    }

    /// Takes back a record that the log could not write. Those that came after it have failed, too.
    func takeBack(to mark: TelemetryBatch.Mark, sender: String, accepted: Int, bytes: Int) {
        batch.truncate(to: mark)
        items[sender, default: 0] -= accepted
        self.bytes -= bytes
    }
}
