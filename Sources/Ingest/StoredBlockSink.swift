import Synchronization
package import TelemetryModel

/// Takes every block once it is stored: a copy of it for somewhere else, such as files.
///
/// Called by the queue of each signal, one block after the other, between the block's insert and the note in the log that
/// it is stored. So a crash in between has the block come again, under the same token; whoever must not have it twice
/// keeps the token. Nothing that goes wrong here stops the pipeline.
package protocol StoredBlockSink: Sendable {
    /// Takes a block; it belongs to the caller when this returns.
    ///
    /// - Parameter token: of the block, as `WriteAheadLog` makes it: what all tokens of one log have in common, and behind
    ///   the last two dashes the numbers of its first and last record, which rise from block to block.
    func write(_ batch: TelemetryBatch, of signal: Signal, token: String) async

    /// Called by a flush barrier, when all before it was given to `write`: returns when nothing of it is kept back.
    func settle() async
}

/// Who takes stored blocks; set once the pipeline exists, before anything is admitted or recovered.
final class StoredBlockSinkSlot: Sendable {
    private let sink = Mutex<(any StoredBlockSink)?>(nil)

    var value: (any StoredBlockSink)? { sink.withLock { $0 } }

    func set(_ sink: any StoredBlockSink) { self.sink.withLock { $0 = sink } }
}
