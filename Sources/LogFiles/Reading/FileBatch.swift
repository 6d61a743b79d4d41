package import LogProcessing
package import TelemetryModel

/// Records of one file that are handed over as a whole.
struct FileBatch: Sendable {
    let identity: FileIdentity
    let source: LogSource
    var drafts: [LogDraft] = []
    /// After each event: where it ends, and the records up to there. What a batch can be split at.
    var ends: [(offset: Int, drafts: Int)] = []
    var start: Int
    var end: Int
    /// Of the bytes before `end`.
    var tail: Fingerprint
    var textBytes = 0

    init(identity: FileIdentity, source: LogSource, start: Int) {
        self.identity = identity
        self.source = source
        self.start = start
        end = start
        tail = .empty
    }

    var path: String { source.path }

    /// Its `since` is 0 when there is nothing to hand over.
    var intent: BatchIntent {
        BatchIntent(
            start: start, end: end, probe: drafts.first?.logOffset ?? start,
            since: drafts.first.map { max($0.observedTime, Timestamp(nanoseconds: 1)) } ?? Timestamp(nanoseconds: 0),
            tail: tail)
    }

    /// Two batches of half the events; nil when there is one event only.
    ///
    /// - Parameter tail: the fingerprint of what is before an offset.
    func halves(tail: (Int) -> Fingerprint?) -> (FileBatch, FileBatch)? {
        guard
            let place = ends.dropLast().lastIndex(where: { $0.drafts <= drafts.count / 2 })
                ?? ends.dropLast().indices.first
        else { return nil }
        let border = ends[place]
        guard let middle = tail(border.offset) else { return nil }
        var first = self
        first.drafts = Array(drafts[..<border.drafts])
        first.ends = Array(ends[...place])
        first.end = border.offset
        first.tail = middle
        var second = self
        second.drafts = Array(drafts[border.drafts...])
        second.ends = ends[(place + 1)...].map { ($0.offset, $0.drafts - border.drafts) }
        second.start = border.offset
        return (first, second)
    }
}

extension LogDraft {
    /// `log.offset`, where the event begins in its file.
    var logOffset: Int? {
        if case .int(let value)? = self["log.offset"] { Int(value) } else { nil }
    }
}

/// Makes records of events; `LineProcessor`, or what stands in for it in tests and measurements.
package protocol EventProcessing: Sendable {
    func process(_ event: AssembledEvent, source: LogSource, readTime: Timestamp) -> ProcessedEvent
}

extension LineProcessor: EventProcessing {}
