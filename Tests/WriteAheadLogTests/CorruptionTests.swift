import Foundation
import Synchronization
import Testing

@testable import WriteAheadLog

/// What is read back is what was written, or is said to be damaged; never something else, and never a trap.
@Suite struct CorruptionTests {
    /// A note whose checksums are right and whose numbers no log can have reached is no note. Found by fuzzing.
    @Test(arguments: [UInt64.max, 1 << 62]) func aNoteOfAnImpossibleRecordIsIgnored(last: UInt64) async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.never))
        let sequence = try await log.store([1, 2, 3])
        await log.close()
        let name = try #require(try scratch.segments().last)
        let segment = try #require(SegmentName(name))
        let bytes = try scratch.read(name)
        let place = FramePlace(offset: 0, segmentFirst: segment.first)
        guard case .frame(var header) = bytes.withUnsafeBytes({ FrameHeader.decode($0, at: place) }) else {
            Issue.record("the segment has no header")
            return
        }
        let note = SegmentNote(identity: 1, committed: 0, last: last, previousFirst: 0, previousEnd: 0).encode()
        header.bodyChecksum = Checksum.of(note)
        var changed: [UInt8] = []
        header.encode(to: &changed, at: place)
        changed += note + bytes[(FrameHeader.byteCount + SegmentNote.byteCount)...]
        try scratch.write(name, changed)
        let found = try WriteAheadLog.inspect(directory: scratch.log)
        #expect(found.nextSequence > sequence && found.nextSequence < 1 << 62)
    }

    @Test func oneFlippedByteCostsOneRecordAtMost() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        for number in 1...3 { try await log.store([UInt8](repeating: UInt8(number), count: number * 7), tag: 4) }
        _ = try await log.intend(first: 1, last: 2)
        try await log.commit(through: 2)
        let intent = try await log.intend(first: 3, last: 3)
        try await log.store(FrameHeader.magic + FrameHeader.magic)
        await log.close()
        let second = try WriteAheadLog(scratch.options())
        try await second.store([])
        try await second.store([6])
        await second.close()
        let originals = try WriteAheadLog(scratch.options()).replayed()
        #expect(originals.count == 4)
        // That opening made a segment of its own, whose bytes are flipped too.
        for file in try scratch.segments() {
            let bytes = try scratch.read(file)
            for position in bytes.indices {
                let copy = try scratch.copy()
                var flipped = bytes
                flipped[position] ^= position % 3 == 0 ? 0xFF : 1 << UInt8(position % 8)
                try copy.write(file, flipped)
                let reopened = try WriteAheadLog(copy.options())
                let entries = try reopened.replayed()
                // Without the watermark the committed ones may come again.
                let uncommitted = entries.filter { $0.sequence > 2 }
                #expect(uncommitted.allSatisfy(originals.contains), "\(file) \(position)")
                #expect(uncommitted.count >= 3, "\(file) \(position)")
                let recovery = reopened.recovery
                #expect(!recovery.damages.isEmpty || !recovery.committedDamages.isEmpty, "\(file) \(position)")
                if uncommitted.count < 4 { #expect(!recovery.isClean, "\(file) \(position)") }
                if recovery.isClean { #expect(recovery.intents == [intent], "\(file) \(position)") }
                #expect(recovery.intents.allSatisfy { $0.token.hasPrefix("wal-") })
                await reopened.close()
            }
        }
    }

    @Test func aRecordThatIsDamagedAfterOpeningIsNotVisited() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        for number in 1...3 { try await log.store([UInt8](repeating: UInt8(number), count: 9)) }
        await log.close()
        let reopened = try WriteAheadLog(scratch.options())
        let file = try scratch.segments()[0]
        var bytes = try scratch.read(file)
        let position = try #require(bytes.firstIndex(of: 2, startingRun: 9))
        bytes[position] = 3
        try scratch.write(file, bytes)
        var damages: [LogDamage] = []
        var bodies: [[UInt8]] = []
        try reopened.replay(onDamage: { damages.append($0) }) { bodies.append($0.body) }
        #expect(bodies == [[UInt8](repeating: 1, count: 9), [UInt8](repeating: 3, count: 9)])
        #expect(damages.map(\.kind) == [.body])
        #expect(damages.map(\.sequence) == [2])
    }

    @Test func whatTheDiskCannotReadIsADamage() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        for number in 1...20 { try await log.store([UInt8](repeating: UInt8(number), count: 1000)) }
        await log.close()
        let files = FaultyFiles()
        files.plan.withLock { $0.unreadable = 9000..<9100 }
        let reopened = try WriteAheadLog(scratch.options(), files: files)
        #expect(!reopened.recovery.isClean)
        let entries = try reopened.replayed()
        #expect(entries.allSatisfy { $0.body == [UInt8](repeating: UInt8($0.sequence), count: 1000) })
        // One sector holds parts of six records.
        #expect((14...16).contains(entries.count))
    }

    /// A million places look like the beginning of a frame; searching them takes one pass over the file.
    @Test func aDamagedRecordFullOfMagicsIsPassedOver() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        let body = (0..<(1 << 20)).flatMap { _ in FrameHeader.magic }
        try await log.store(body)
        try await log.store([2])
        await log.close()
        let file = try scratch.segments()[0]
        var bytes = try scratch.read(file)
        let header = FrameHeader.byteCount + SegmentNote.byteCount
        bytes[header + 8] ^= 1
        try scratch.write(file, bytes)
        let reopened = try WriteAheadLog(scratch.options())
        let length = FrameHeader.byteCount + body.count
        #expect(
            reopened.recovery.damages
                == [LogDamage(file: file, offset: header, length: length, kind: .header, sequence: nil)])
        #expect(try reopened.replayed().map(\.body) == [[2]])
    }

    @Test func aFrameInAnotherPlaceIsNoFrame() {
        var bytes: [UInt8] = []
        let header = FrameHeader(
            kind: .record, tag: 3, epoch: 5, sequence: 7, nanoseconds: -1, bodyBytes: 9, bodyChecksum: 11)
        header.encode(to: &bytes, at: FramePlace(offset: 100, segmentFirst: 2))
        #expect(bytes.count == FrameHeader.byteCount)
        func decode(_ offset: Int, _ first: UInt64) -> FrameHeader.Decoded {
            bytes.withUnsafeBytes { FrameHeader.decode($0, at: FramePlace(offset: offset, segmentFirst: first)) }
        }
        #expect(decode(100, 2) == .frame(header))
        #expect(decode(101, 2) == .none)
        #expect(decode(100, 3) == .none)
    }

    /// Several damages at once, of every sort, in a log of random records, intents and commits.
    @Test(arguments: 0..<150) func whateverHappensToTheFilesNoRecordIsAltered(seed: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(segmentBytes: Int.random(in: 200...3000, using: &generator)))
        var bodies: [UInt64: [UInt8]] = [:]
        var committed: UInt64 = 0
        for _ in 0..<Int.random(in: 1...60, using: &generator) {
            let body = generator.bytes(Int.random(in: 0...200, using: &generator))
            let sequence = try await log.store(body)
            bodies[sequence] = body
            if Int.random(in: 0..<8, using: &generator) == 0 {
                _ = try await log.intend(first: committed + 1, last: sequence)
                if Bool.random(using: &generator) {
                    committed = sequence
                    try await log.commit(through: sequence)
                }
            }
        }
        await log.close()

        let files = try scratch.segments()
        var isCut = false
        for _ in 0..<Int.random(in: 1...5, using: &generator) {
            guard let file = files.randomElement(using: &generator) else { break }
            var bytes = try scratch.read(file)
            guard !bytes.isEmpty else { continue }
            let start = Int.random(in: 0..<bytes.count, using: &generator)
            let range = start..<Int.random(in: start...min(bytes.count, start + 300), using: &generator)
            let target = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[start] ^= UInt8.random(in: 1...255, using: &generator)
            case 1:
                bytes.removeSubrange(start...)
                isCut = true
            case 2: for index in range { bytes[index] = 0 }
            case 3: for (index, byte) in zip(target..<bytes.count, bytes[range]) { bytes[index] = byte }
            case 4: bytes.insert(contentsOf: bytes[range], at: target)
            default:
                bytes.removeSubrange(range)
                isCut = true
            }
            try scratch.write(file, bytes)
        }

        _ = try WriteAheadLog.inspect(directory: scratch.log)
        let reopened = try WriteAheadLog(scratch.options(segmentBytes: 500))
        let entries = try reopened.replayed()
        #expect(entries.allSatisfy { bodies[$0.sequence] == $0.body })
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.sequence < $1.sequence })
        let recovery = reopened.recovery
        let kept = Set(entries.map(\.sequence))
        let lost = bodies.keys.filter { $0 > committed && !kept.contains($0) }
        // A cut at the border of the very last record leaves a file that is as good as another.
        if !isCut, !lost.isEmpty { #expect(!recovery.isClean || !recovery.tornTails.isEmpty) }
        #expect(recovery.nextSequence > (entries.last?.sequence ?? 0))

        let added = try await reopened.store([1, 2, 3])
        await reopened.close()
        let again = try WriteAheadLog(scratch.options())
        #expect(try again.replayed().map(\.sequence) == entries.map(\.sequence) + [added])
        try await again.commit(through: added)
        await again.close()
        #expect(try WriteAheadLog(scratch.options()).recovery.uncommittedRecords == 0)
    }
}

extension [UInt8] {
    /// Where `count` equal bytes begin.
    fileprivate func firstIndex(of byte: UInt8, startingRun count: Int) -> Int? {
        indices.first { $0 + count <= self.count && self[$0..<($0 + count)].allSatisfy { $0 == byte } }
    }
}
