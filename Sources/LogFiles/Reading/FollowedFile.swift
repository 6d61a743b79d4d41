import LogProcessing
import TelemetryModel

/// A file that patterns matched, open or not. Used by `TailingWork` only.
final class FollowedFile {
    let identity: FileIdentity
    /// In its records.
    let label: String
    let input: Int
    /// Where it was found last.
    var path: String
    var state: TailedFile
    var file: OpenFile?
    /// Made when the first bytes tell the encoding.
    var reader: EventReader?
    /// What the last look said.
    var status: FileStatus
    var lastSeen: Timestamp
    /// Whether it was found in the last scan.
    var isFound = true
    /// When to look next where a closed file may have been renamed to.
    var nextSearch = Timestamp(nanoseconds: .min)
    /// Found under a name that no pattern matches: forgotten when read to its end.
    var isRenamedAway = false
    var counters = LogShipperCounters()

    /// Batches of the round that is being handed over.
    var batches: [FileBatch] = []
    /// To be done when they are taken.
    var restartsAfterCommit = false
    var endsAfterCommit = false

    init(
        _ found: FoundFile, label: String, input: Int, state: TailedFile, at now: Timestamp
    ) {
        identity = found.status.identity
        self.label = label
        self.input = input
        path = found.path
        self.state = state
        status = found.status
        lastSeen = now
    }

    var hasPending: Bool { reader?.pendingStart != nil }

    /// Whether there may be something to read in a closed file.
    var isWaiting: Bool {
        file == nil && state.caughtUp != status.signature && (status.size > 0 || state.position > 0)
    }
}

/// Puts a file's lines together and makes records of them.
struct EventReader {
    let breaks: LineBreaks
    let source: LogSource
    let processor: any EventProcessing
    var assembler: MultilineAssembler
    /// Where the pending event begins; nil when there is none.
    var pendingStart: Int? { assembler.pendingStart }

    init(_ input: LogFileInput, encoding: TextEncoding, source: LogSource, processor: any EventProcessing) {
        breaks = LineBreaks(encoding)
        self.source = source
        self.processor = processor
        var multiline = input.multiline
        multiline.encoding = encoding
        multiline.bytesMax = max(64, input.lineBytesMax)
        assembler = MultilineAssembler(multiline)
    }
}
