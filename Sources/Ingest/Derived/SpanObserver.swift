import Synchronization
package import TelemetryModel

/// Derives something from spans on their way into the store.
///
/// Called by the queue of spans, from its flush task, so what it does slows the flush; blocks have up to 100,000 rows
/// and come at some hundred thousand rows a second.
package protocol SpanObserver: Sendable {
    /// Takes note of a block of spans that was stored. Called once for each block, after the insert has succeeded and
    /// before the batch's memory is used again; the batch belongs to the caller when this returns.
    func observe(_ batch: TelemetryBatch)

    /// Takes note of the resources only. Called instead of `observe` for a block that a start finds in the log with the
    /// note of its insert: the run before may have observed it.
    func learn(_ batch: TelemetryBatch)

    /// Called by a flush barrier, after the spans before it were observed: what was derived of them is admitted when
    /// this returns.
    func emitNow() async
}

/// Who observes spans; set once the pipeline exists, before anything is admitted or recovered.
final class SpanObserverSlot: Sendable {
    private let observer = Mutex<(any SpanObserver)?>(nil)

    var value: (any SpanObserver)? { observer.withLock { $0 } }

    func set(_ observer: any SpanObserver) { self.observer.withLock { $0 = observer } }
}

/// Takes samples that were derived from spans.
package protocol DerivedSink: Sendable {
    /// Takes one `io.prometheus.write.v2.Request`, not compressed. Called by one task at a time; returns when the
    /// samples are safe.
    ///
    /// - Throws: when the samples were not taken; they are sent again with the next ones then.
    func admit(_ request: [UInt8], sampleCount: Int, source: String) async throws
}
