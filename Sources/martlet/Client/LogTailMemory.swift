/// Which lines of a tail were shown, so that none is shown twice after the connection was lost, and none is left out.
///
/// A new connection asks from some time before the newest line on, as lines may come late; what comes again is told by
/// how often it was shown.
struct LogTailMemory {
    /// Nanoseconds by which a line may be late.
    private static let overlap: Int64 = 10_000_000_000
    private static let linesMax = 1 << 17

    private struct Entry {
        var time: Int64
        var shown = 0
        /// In this connection.
        var seen = 0
    }

    private var entries: [Int: Entry] = [:]
    private var newest: Int64?
    /// What is older was forgotten.
    private var oldest = Int64.min

    /// From where the next connection has to ask; nil when no line has come.
    var resumeTime: Int64? {
        newest.map { max(oldest, Self.before($0)) }
    }

    mutating func reconnect() {
        for key in entries.keys { entries[key]?.seen = 0 }
    }

    /// - Returns: whether to show the line.
    mutating func take(_ line: LogRecordLine) -> Bool {
        var hasher = Hasher()
        hasher.combine(line.time)
        hasher.combine(line.line)
        for field in line.stream + line.metadata {
            hasher.combine(field.name)
            hasher.combine(field.value)
        }
        let key = hasher.finalize()
        var entry = entries[key] ?? Entry(time: line.time)
        entry.seen += 1
        let isNew = entry.seen > entry.shown
        if isNew { entry.shown += 1 }
        entries[key] = entry
        newest = max(newest ?? line.time, line.time)
        if entries.count > Self.linesMax { forget() }
        return isNew
    }

    private static func before(_ time: Int64) -> Int64 { max(time, .min + overlap) - overlap }

    private mutating func forget() {
        var limit = Self.before(newest ?? 0)
        entries = entries.filter { $0.value.time >= limit }
        if entries.count > Self.linesMax / 2 {
            let times = entries.values.map(\.time).sorted()
            limit = times[times.count - Self.linesMax / 2] &+ 1
            entries = entries.filter { $0.value.time >= limit }
        }
        oldest = max(oldest, limit)
    }
}
