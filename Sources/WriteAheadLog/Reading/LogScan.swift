/// Everything that is in a log's directory, read once.
struct LogScan {
    struct Segment {
        var name: SegmentName
        var bytes: Int
        /// Where the next segment's note shall say that this one ends.
        var end: Int
        /// No record in it is past this one: 0 when it holds none.
        var last: UInt64
    }

    /// Where a record stands.
    struct Place {
        var sequence: UInt64
        var segment: SegmentName
        var offset: Int
    }

    /// A damage, and a sequence that nothing in it reaches, where one is known.
    private struct FoundDamage {
        var damage: LogDamage
        var bound: UInt64?
    }

    private(set) var segments: [Segment] = []
    /// Readable records past the watermark, in order.
    private(set) var places: [Place] = []
    /// Nil when no segment's note is readable.
    private(set) var identity: UInt64?
    /// The last record that is known of, readable or not.
    private(set) var last: UInt64 = 0
    private(set) var recovery = LogRecovery()

    private var intents: [LogIntent] = []
    private var tokens: Set<String> = []
    private var found: [FoundDamage] = []
    private var damagesOmitted = 0
    /// Bodies of `places`, by sequence of visit; kept so that dropping committed places keeps the sum right.
    private var bodyBytes: [UInt32] = []
    /// How many of `places` turned out to be committed.
    private var placesCommitted = 0
    /// Since the last readable record there was a stretch in which others may have been.
    private var mayHaveLost = false

    /// - Throws: when the directory cannot be listed or a segment cannot be opened; `.notALog` when a newer version
    ///   wrote it. What the disk cannot read is a damage.
    init(_ directory: LogDirectory, files: any LogFileSystem) throws(LogError) {
        let names = try directory.segmentNames()
        var notes: [SegmentName: SegmentNote] = [:]
        for name in names {
            guard let reader = try SegmentReader(name, in: directory, files: files) else { continue }
            notes[name] = try Self.note(reader, directory: directory)
            if let note = notes[name] { identity = note.identity }
        }
        let (own, others) = names.reduce(into: ([SegmentName](), [SegmentName]())) { split, name in
            if let note = notes[name], note.identity != identity { split.1.append(name) } else { split.0.append(name) }
        }
        var limits: [UInt64: UInt64] = [:]
        for name in own {
            if let note = notes[name] { limits[note.previousFirst] = note.previousEnd }
        }
        for (index, name) in own.enumerated() {
            guard let reader = try SegmentReader(name, in: directory, files: files) else { continue }
            let next = index + 1 < own.count ? own[index + 1] : nil
            read(reader, note: notes[name], limit: limits[name.first], next: next?.first)
        }
        for name in others {
            guard let reader = try SegmentReader(name, in: directory, files: files) else { continue }
            add(LogDamage(file: name.text, offset: 0, length: reader.bytes, kind: .otherLog), bound: nil)
        }
        finish(names)
    }

    private static func note(_ reader: SegmentReader, directory: LogDirectory) throws(LogError) -> SegmentNote? {
        switch reader.header(at: 0) {
        case .none: return nil
        case .otherVersion(let version):
            throw LogError(
                .notALog,
                "\(directory.path(of: reader.name)) has format \(version) of the write-ahead log, this version of martlet"
                    + " reads \(FrameHeader.version); start the version that wrote it")
        case .frame(let header):
            let start = FrameHeader.byteCount
            let body = start..<(start + SegmentNote.byteCount)
            guard header.kind == .segment, Int(header.bodyBytes) == SegmentNote.byteCount,
                header.epoch == reader.name.epoch, reader.checksum(of: body) == header.bodyChecksum
            else { return nil }
            let note = reader.withBytes(body) { SegmentNote(decoding: $0) }
            guard let note, note.last < SegmentName.sequenceLimit else { return nil }
            return note
        }
    }

    private mutating func read(_ reader: SegmentReader, note: SegmentNote?, limit: UInt64?, next: UInt64?) {
        let name = reader.name
        if let note {
            raiseWatermark(note.committed)
            // Segments are removed from the oldest on, and only when all their records are stored; the commit that said
            // so is not synced and may be lost where the removal is not.
            if segments.isEmpty { raiseWatermark(note.last) }
            if note.last > last {
                if !mayHaveLost {
                    add(
                        LogDamage(file: name.text, offset: 0, length: 0, kind: .missing, sequence: note.last),
                        bound: note.last + 1)
                }
                last = note.last
            }
        }
        mayHaveLost = false
        let end = Int(clamping: min(UInt64(reader.bytes), limit ?? .max))
        var segment = Segment(name: name, bytes: reader.bytes, end: end, last: 0)
        // Damages before the next readable record of this segment: their bound is that record.
        var unbounded: [Int] = []
        var lastSeen = last
        SegmentScan(reader, end: end) { header, offset in
            guard header.epoch == name.epoch, header.sequence < next ?? SegmentName.sequenceLimit else { return false }
            return switch header.kind {
            case .segment: offset == 0 && header.sequence == name.first
            case .record: offset > 0 && header.sequence >= name.first && header.sequence > lastSeen
            case .intent, .commit: offset > 0
            }
        }.run { finding in
            switch finding {
            case .frame(let header, let offset):
                if header.kind == .record {
                    lastSeen = header.sequence
                    bound(&unbounded, header.sequence)
                }
                accept(header, at: offset, of: reader)
            case .damagedBody(let header, let offset):
                let isRecord = header.kind == .record
                if isRecord {
                    lastSeen = header.sequence
                    bound(&unbounded, header.sequence)
                    last = header.sequence
                    mayHaveLost = false
                }
                let length = FrameHeader.byteCount + Int(header.bodyBytes)
                add(
                    LogDamage(
                        file: name.text, offset: offset, length: length, kind: .body,
                        sequence: isRecord ? header.sequence : nil),
                    bound: header.sequence + 1)
            case .damage(let range):
                mayHaveLost = true
                if add(
                    LogDamage(file: name.text, offset: range.lowerBound, length: range.count, kind: .header), bound: nil
                ) {
                    unbounded.append(found.count - 1)
                }
            case .tornTail(let range):
                if let limit, limit > UInt64(reader.bytes) { break }
                segment.end = range.lowerBound
                recovery.tornTails.append(
                    LogTornTail(file: name.text, offset: range.lowerBound, bytes: range.count))
            }
        }
        if let limit, limit > UInt64(reader.bytes) {
            // The next segment was begun when this one was longer, so what it lost had been written and acknowledged.
            mayHaveLost = true
            if add(
                LogDamage(
                    file: name.text, offset: reader.bytes, length: Int(clamping: limit - UInt64(reader.bytes)),
                    kind: .missing), bound: nil)
            {
                unbounded.append(found.count - 1)
            }
        }
        segment.last = lastSeen >= name.first ? lastSeen : 0
        if mayHaveLost, let next { segment.last = max(segment.last, next - 1) }
        if let next { bound(&unbounded, next) }
        segments.append(segment)
    }

    private mutating func accept(_ header: FrameHeader, at offset: Int, of reader: SegmentReader) {
        switch header.kind {
        case .segment: break
        case .record:
            last = header.sequence
            mayHaveLost = false
            guard header.sequence > recovery.committed else { break }
            places.append(Place(sequence: header.sequence, segment: reader.name, offset: offset))
            bodyBytes.append(header.bodyBytes)
        case .intent:
            let body = offset + FrameHeader.byteCount
            let intent = reader.withBytes(body..<(body + Int(header.bodyBytes))) {
                LogIntent(decodingBody: $0, last: header.sequence)
            }
            // A block whose insert failed was noted again, with the same range and so the same token.
            guard let intent, intent.last > recovery.committed, tokens.insert(intent.token).inserted else { break }
            intents.append(intent)
        case .commit: raiseWatermark(header.sequence)
        }
    }

    private mutating func raiseWatermark(_ committed: UInt64) {
        guard committed > recovery.committed, committed < SegmentName.sequenceLimit else { return }
        recovery.committed = committed
        while placesCommitted < places.count, places[placesCommitted].sequence <= committed { placesCommitted += 1 }
        // Not at each commit, which would move the rest each time.
        if placesCommitted > places.count / 2 { dropCommittedPlaces() }
        intents.removeAll { $0.last <= committed }
    }

    private mutating func dropCommittedPlaces() {
        places.removeFirst(placesCommitted)
        bodyBytes.removeFirst(placesCommitted)
        placesCommitted = 0
    }

    private mutating func bound(_ unbounded: inout [Int], _ sequence: UInt64) {
        for index in unbounded { found[index].bound = sequence }
        unbounded = []
    }

    /// - Returns: false when there are too many to keep.
    @discardableResult
    private mutating func add(_ damage: LogDamage, bound: UInt64?) -> Bool {
        guard found.count < LogRecovery.damagesMax else {
            damagesOmitted += 1
            return false
        }
        found.append(FoundDamage(damage: damage, bound: bound))
        return true
    }

    private mutating func finish(_ names: [SegmentName]) {
        dropCommittedPlaces()
        recovery.intents = intents
        recovery.uncommittedRecords = places.count
        recovery.uncommittedBytes = bodyBytes.reduce(0) { $0 + Int($1) }
        bodyBytes = []
        for entry in found {
            if let bound = entry.bound, bound <= recovery.committed + 1 {
                recovery.committedDamages.append(entry.damage)
            } else {
                recovery.damages.append(entry.damage)
            }
        }
        recovery.damagesOmitted = damagesOmitted
        recovery.segments = segments.count
        recovery.bytes = segments.reduce(0) { $0 + $1.bytes }
        // Above the first of every segment, so that a new one never has an old one's place in the order.
        let known = [last, recovery.committed, names.last?.first ?? 0, intents.map(\.last).max() ?? 0].max() ?? 0
        recovery.nextSequence = known + 1
        if mayHaveLost, let index = segments.indices.last { segments[index].last = known }
    }
}
