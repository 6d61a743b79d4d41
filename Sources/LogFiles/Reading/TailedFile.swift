import LogProcessing
import TelemetryModel

/// How far a file is read, and what is to be done with it next: a value without files and clock.
///
/// The owner tells what the system says of the file (`observe`) and does what that returns, until it returns `.none`:
///
/// | action | then |
/// | --- | --- |
/// | `.read` | reads from `position` and tells by `advance`, `scanned` and `caughtUp` how far it came |
/// | `.restart` | gives out the pending event, and calls `restart` |
/// | `.flush` | gives out the pending event |
/// | `.finish` | takes what is behind the last line break as a line, `advance`, gives out the pending event |
/// | `.close` | closes the file |
struct TailedFile: Sendable, Equatable {
    enum Action: Equatable {
        case none
        case read
        case restart
        case flush
        case finish
        case close(CloseReason)
    }

    enum CloseReason: String, Sendable {
        case inactive
        case deleted
    }

    struct Times: Sendable, Equatable {
        var closeInactive: Duration
        var partialLine: Duration
        var closeDeleted: Duration
        var multiline: Duration

        init(_ input: LogFileInput) {
            closeInactive = input.closeInactive
            partialLine = input.partialLineTimeout
            closeDeleted = input.closeDeleted
            multiline = input.multiline.timeout
        }
    }

    let times: Times
    /// Where the next line begins.
    private(set) var lineStart: Int
    /// Inside of a line that is longer than a line may be: up to where no line break was found. The line is read again
    /// from its start when its end has come, so that a half line is never given out, nor kept in memory.
    private(set) var scannedTo: Int?
    /// Of the bytes before `position`.
    private(set) var tail: Fingerprint
    /// Whether a found file has this identity; else it was renamed to what no pattern matches, or deleted.
    private(set) var hasName = true
    /// What the file was when all of it had been read.
    private(set) var caughtUp: FileStatus.Signature?
    private(set) var lastData: Timestamp
    private(set) var hasFinished = false
    /// Zeros at the beginning up to here are a hole: a writer that does not append goes on at its old place after the
    /// file was cut.
    private(set) var holeEnd = 0

    init(lineStart: Int, tail: Fingerprint, times: Times, at now: Timestamp) {
        self.lineStart = lineStart
        self.tail = tail
        self.times = times
        lastData = now
    }

    /// Where to read on.
    var position: Int { scannedTo ?? lineStart }

    /// - Parameters:
    ///   - hasPending: whether an event waits for more lines.
    mutating func observe(_ status: FileStatus, hasPending: Bool, at now: Timestamp) -> Action {
        if status.size < position { return .restart }
        guard caughtUp == status.signature else { return .read }
        let idle = now.nanoseconds &- lastData.nanoseconds
        let hasRest = status.size > lineStart && !hasFinished
        if hasPending, idle >= times.multiline.wholeNanoseconds { return .flush }
        let isDeleted = status.links == 0
        if isDeleted, idle >= times.closeDeleted.wholeNanoseconds {
            return hasRest ? .finish : .close(.deleted)
        }
        if !hasName, hasRest, idle >= times.partialLine.wholeNanoseconds { return .finish }
        if idle >= times.closeInactive.wholeNanoseconds { return .close(.inactive) }
        return .none
    }

    /// Lines were read up to here.
    mutating func advance(to offset: Int, tail: Fingerprint, at now: Timestamp) {
        lineStart = offset
        scannedTo = nil
        self.tail = tail
        lastData = now
    }

    /// There is no line break up to here, and the line is too long already.
    mutating func scanned(to offset: Int, tail: Fingerprint, at now: Timestamp) {
        scannedTo = offset
        self.tail = tail
        lastData = now
    }

    /// There was nothing more to read in a file that was this before reading.
    mutating func caughtUp(with signature: FileStatus.Signature, at now: Timestamp) {
        // Bytes that make no line yet are news all the same.
        if let before = caughtUp?.size, signature.size > before { lastData = now }
        if signature != caughtUp { hasFinished = false }
        caughtUp = signature
    }

    /// What is behind the last line break was taken.
    mutating func finished() { hasFinished = true }

    /// The file was cut, or another content has taken its place.
    mutating func restart(at now: Timestamp) {
        holeEnd = position
        lineStart = 0
        scannedTo = nil
        tail = .empty
        caughtUp = nil
        hasFinished = false
        lastData = now
    }

    mutating func setHasName(_ value: Bool, at now: Timestamp) {
        if hasName, !value { lastData = max(lastData, now) }
        hasName = value
    }

    mutating func opened(at now: Timestamp) {
        caughtUp = nil
        lastData = now
    }
}

extension Duration {
    /// Held at the end of the range.
    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : product &+ attoseconds / 1_000_000_000
    }
}
