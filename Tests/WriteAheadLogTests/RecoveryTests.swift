import Foundation
import Testing

@testable import WriteAheadLog

@Suite struct RecoveryTests {
    @Test func whatIsCommittedIsForgottenAndWhatIsIntendedIsKnown() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.always))
        for number in 1...10 { try await log.store([UInt8(number)]) }
        _ = try await log.intend(first: 1, last: 4)
        try await log.commit(through: 4)
        let second = try await log.intend(first: 5, last: 7)
        let third = try await log.intend(first: 8, last: 9)
        // Tried again after a failed insert.
        #expect(try await log.intend(first: 5, last: 7) == second)
        #expect(log.status.committed == 4)
        await log.close()

        let reopened = try WriteAheadLog(scratch.options(.always))
        #expect(reopened.recovery.committed == 4)
        #expect(reopened.recovery.intents == [second, third])
        #expect(try reopened.replayed().map(\.sequence) == Array(5...10))
        try await reopened.commit(through: 7)
        #expect(try reopened.replayed().map(\.sequence) == Array(8...10))
        let next = try await reopened.store([11])
        #expect(next > 10)
        try await reopened.commit(through: next)
        #expect(try reopened.replayed() == [])
        await reopened.close()

        let last = try WriteAheadLog(scratch.options(.always))
        #expect(last.recovery.committed == next)
        #expect(last.recovery.intents == [])
        #expect(last.recovery.uncommittedRecords == 0)
        #expect(try scratch.segments().count == 1)
    }

    @Test func theWatermarkSurvivesManyEmptyOpenings() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        for number in 1...5 { try await log.store([UInt8(number)]) }
        try await log.commit(through: 3)
        await log.close()
        var nextSequence: UInt64 = 6
        for _ in 0..<5 {
            let reopened = try WriteAheadLog(scratch.options())
            #expect(reopened.recovery.committed == 3)
            #expect(try reopened.replayed().map(\.sequence) == [4, 5])
            #expect(reopened.recovery.nextSequence >= nextSequence)
            nextSequence = reopened.recovery.nextSequence
            await reopened.close()
        }
        let reopened = try WriteAheadLog(scratch.options())
        try await reopened.commit(through: 5)
        await reopened.close()
        let last = try WriteAheadLog(scratch.options())
        #expect(last.recovery.committed == 5)
        #expect(try scratch.segments().count == 1)
    }

    @Test func tokensDifferThoughSequencesAreGivenAgain() async throws {
        let scratch = try ScratchDirectory()
        var tokens: Set<String> = []
        let lost = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        try await log.store([1])
        try FileManager.default.copyItem(atPath: scratch.log, toPath: lost.log)
        try await log.store([2])
        tokens.insert(try await log.intend(first: 2, last: 2).token)
        await log.close()
        // The power went before the second record reached the disk.
        let after = try WriteAheadLog(lost.options())
        let sequence = try await after.store([3])
        #expect(sequence == 2)
        #expect(tokens.insert(try await after.intend(first: 2, last: 2).token).inserted)
        await after.close()
        // Another log.
        let other = try ScratchDirectory()
        let another = try WriteAheadLog(other.options())
        try await another.store([1])
        try await another.store([2])
        #expect(tokens.insert(try await another.intend(first: 2, last: 2).token).inserted)
    }

    @Test func aTornLastRecordIsNoDamage() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        try await log.store([1, 1])
        try await log.store([2, 2, 2])
        let file = try scratch.segments()[0]
        let whole = try scratch.read(file).count
        try await log.store([UInt8](repeating: 3, count: 60))
        await log.close()
        let bytes = try scratch.read(file)
        for length in whole..<bytes.count {
            let torn = try scratch.copy()
            try torn.write(file, Array(bytes[..<length]))
            let expected = length == whole ? [] : [LogTornTail(file: file, offset: whole, bytes: length - whole)]
            #expect(try WriteAheadLog.inspect(directory: torn.log).tornTails == expected)
            let reopened = try WriteAheadLog(torn.options())
            #expect(reopened.recovery.tornTails == expected)
            #expect(reopened.recovery.isClean)
            #expect(try reopened.replayed().map(\.body) == [[1, 1], [2, 2, 2]])
            #expect(try await reopened.store([4]) == 3)
            await reopened.close()
            let again = try WriteAheadLog(torn.options())
            #expect(again.recovery.tornTails == [] && again.recovery.isClean)
            #expect(try again.replayed().map(\.body) == [[1, 1], [2, 2, 2], [4]])
        }
        // A file that grew before its bytes were written.
        let grown = try scratch.copy()
        try grown.write(file, bytes + [UInt8](repeating: 0, count: 5000))
        let reopened = try WriteAheadLog(grown.options())
        #expect(reopened.recovery.tornTails == [LogTornTail(file: file, offset: bytes.count, bytes: 5000)])
        #expect(reopened.recovery.isClean && reopened.recovery.uncommittedRecords == 3)
    }

    @Test func filesThatAreNotOursAreLeftAlone() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        try await log.store([1])
        await log.close()
        let foreign = [
            "notes.txt", "00000000000000000001-0123456789abcdef.wal.bak", "00000000000000000000-0123456789abcdef.wal",
            "99999999999999999999-0123456789abcdef.wal", "00000000000000000001-0123456789ABCDEF.wal",
        ]
        for name in foreign { try scratch.write(name, [1, 2, 3]) }
        let reopened = try WriteAheadLog(scratch.options())
        #expect(reopened.recovery.isClean && reopened.recovery.uncommittedRecords == 1)
        try await reopened.commit(through: 1)
        for name in foreign { #expect(try scratch.read(name) == [1, 2, 3]) }
    }

    @Test func aSegmentOfAnotherLogIsSaidAndLeftAlone() async throws {
        let scratch = try ScratchDirectory()
        let other = try ScratchDirectory()
        for directory in [scratch, other] {
            let log = try WriteAheadLog(directory.options())
            for _ in 0..<(directory === scratch ? 3 : 1) { try await log.store([directory === scratch ? 1 : 2]) }
            await log.close()
        }
        // The other's is older by its first sequence.
        let reopened = try WriteAheadLog(scratch.options())
        await reopened.close()
        let file = try other.segments()[0]
        try scratch.write(file, other.read(file))
        let log = try WriteAheadLog(scratch.options())
        #expect(log.recovery.damages.map(\.kind) == [.otherLog])
        #expect(log.recovery.damages.map(\.file) == [file])
        #expect(try log.replayed().map(\.body) == [[1], [1], [1]])
        try await log.commit(through: 3)
        #expect(try scratch.segments().contains(file))
    }

    @Test func aLostSegmentIsADamage() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(segmentBytes: 300))
        for _ in 1...10 { try await log.store([UInt8](repeating: 1, count: 100)) }
        await log.close()
        let files = try scratch.segments()
        try #require(files.count > 3)
        try FileManager.default.removeItem(atPath: scratch.log + "/" + files[1])
        let seen = try WriteAheadLog.inspect(directory: scratch.log)
        #expect(seen.damages.map(\.kind) == [.missing])
        #expect(seen.uncommittedRecords < 10)
        // Cut at the border of a record, which nothing in the file itself shows.
        let cut = try ScratchDirectory()
        let second = try WriteAheadLog(cut.options())
        try await second.store([1])
        let length = try cut.read(cut.segments()[0]).count
        try await second.store([2])
        await second.close()
        try await WriteAheadLog(cut.options()).close()
        let file = try cut.segments()[0]
        try cut.write(file, Array(cut.read(file)[..<length]))
        let damages = try WriteAheadLog.inspect(directory: cut.log).damages
        #expect(damages == [LogDamage(file: file, offset: length, length: 45, kind: .missing, sequence: nil)])
    }
}
