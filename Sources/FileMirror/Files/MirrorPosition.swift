import LogFiles
import TelemetryModel

/// How far a file is, as it is noted beside it: which block was written last, or is being written, and how long the file
/// is with what is whole in it.
///
/// Noted before the first piece of a block is written and after each piece. So whatever the moment at which the process is
/// killed, the next one knows:
///
/// | killed | noted | then |
/// |---|---|---|
/// | before a block is begun | the block before, done | the block comes again and is written |
/// | while a piece is written, or before that is noted | the block, not done, the length before the piece | the file is cut back to that length, and writing goes on with the first line of the piece |
/// | between two pieces, also while the file is put aside | the block, not done, its lines so far | writing goes on behind them, in the new file |
/// | after the last piece was noted | the block, done | the block comes again and is passed over |
struct MirrorPosition: Sendable, Equatable {
    /// Empty before the first block.
    var token = ""
    /// Lines of the block that are in the file.
    var lines = 0
    /// All of the block is in the file.
    var isDone = true
    var identity = FileIdentity(device: 0, inode: 0)
    var length = 0
    /// When the file was begun.
    var began = Timestamp(nanoseconds: 0)

    init() {}

    /// Nil for a text that is not one of ours.
    init?(_ text: some StringProtocol) {
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.count >= 7, parts[0] == "1", ["open", "done"].contains(parts[1]), let lines = Int(parts[2]),
            let device = UInt64(parts[3]), let inode = UInt64(parts[4]), let length = Int(parts[5]),
            let began = Int64(parts[6]), lines >= 0, length >= 0
        else { return nil }
        isDone = parts[1] == "done"
        self.lines = lines
        identity = FileIdentity(device: device, inode: inode)
        self.length = length
        self.began = Timestamp(nanoseconds: began)
        token = parts.count > 7 ? String(parts[7]) : ""
    }

    var text: String {
        "1 \(isDone ? "done" : "open") \(lines) \(identity.device) \(identity.inode) \(length) \(began.nanoseconds) "
            + "\(token)\n"
    }

    /// Whether all of a block is in the file: this one, or one that was before it in the same log. The latter comes again
    /// when the log could not be told that it was stored.
    func covers(_ other: String) -> Bool {
        if other == token { return isDone }
        guard let own = BlockToken(token), let other = BlockToken(other), own.log == other.log else { return false }
        return other.last < own.first || isDone && other.last <= own.last
    }
}

/// What a token says: `wal-<log>-<epoch>-<first>-<last>`.
private struct BlockToken {
    let log: Substring
    let first: UInt64
    let last: UInt64

    init?(_ token: String) {
        guard let end = token.lastIndex(of: "-"), let middle = token[..<end].lastIndex(of: "-"),
            let first = UInt64(token[token.index(after: middle)..<end]),
            let last = UInt64(token[token.index(after: end)...]), first <= last
        else { return nil }
        log = token[..<middle]
        self.first = first
        self.last = last
    }
}
