import Foundation
import Synchronization
import Testing

@testable import WriteAheadLog

@Suite struct SegmentTests {
    @Test func storedSegmentsGoAndTheLogStaysSmall() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.never, segmentBytes: 10_000))
        var most = 0
        for number in 1...1000 {
            let sequence = try await log.store([UInt8](repeating: 5, count: 1000))
            #expect(sequence == UInt64(number))
            if number % 5 == 0 {
                _ = try await log.intend(first: sequence - 4, last: sequence)
                try await log.commit(through: sequence)
            }
            most = max(most, try scratch.segments().count)
            #expect(try log.bytes == scratch.bytesOnDisk())
        }
        #expect(most <= 3)
        // All is stored, so even what the last segment held has gone once it had grown.
        #expect(log.bytes < 10_000)
        await log.close()
        let reopened = try WriteAheadLog(scratch.options())
        #expect(reopened.recovery.committed == 1000)
        #expect(reopened.recovery.nextSequence > 1000)
        #expect(try scratch.segments().count == 1)
        #expect(try scratch.bytesOnDisk() < 200)
    }

    @Test func anIdleLogHoldsLittle() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.never, segmentBytes: 10_000))
        let sequence = try await log.store([UInt8](repeating: 5, count: 8000))
        try await log.commit(through: sequence)
        #expect(try scratch.bytesOnDisk() < 200)
        try await log.store([1])
        await log.close()
        #expect(try WriteAheadLog(scratch.options()).replayed().map(\.body) == [[1]])
    }

    @Test func aRecordLargerThanASegmentIsTaken() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.never, segmentBytes: 500))
        let bodies = [10, 5000, 10, 10, 700, 800, 1].map { [UInt8](repeating: 1, count: $0) }
        for body in bodies { try await log.store(body) }
        await log.close()
        #expect(try WriteAheadLog(scratch.options()).replayed().map(\.body) == bodies)
    }

    @Test func aSegmentThatCannotBeRemovedStaysWithThoseAfterIt() async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.never, segmentBytes: 500), files: files)
        for _ in 0..<10 { try await log.store([UInt8](repeating: 1, count: 200)) }
        files.plan.withLock { $0.removeError = EIO }
        try await log.commit(through: 6)
        let before = try scratch.segments()
        files.plan.withLock { $0.removeError = nil }
        try await log.commit(through: 7)
        let after = try scratch.segments()
        #expect(before.count > after.count)
        await log.close()
        #expect(try WriteAheadLog(scratch.options()).replayed().map(\.sequence) == [8, 9, 10])
    }

    @Test func namesAreReadAsTheyAreWritten() {
        for name in [SegmentName(first: 1, epoch: 0), SegmentName(first: 1 << 61, epoch: .max)] {
            #expect(SegmentName(name.text) == name)
        }
        #expect(SegmentName("00000000000000000001-0123456789abcdef.wal")?.epoch == 0x0123_4567_89AB_CDEF)
        #expect(SegmentName("") == nil)
    }
}
