import Foundation
import Synchronization
import TelemetryModel
import Testing

@testable import WriteAheadLog

@Suite struct WriteAheadLogTests {
    @Test func recordsComeBackAsTheyWere() async throws {
        let scratch = try ScratchDirectory()
        var generator = SeededGenerator(seed: 1)
        let log = try WriteAheadLog(scratch.options(.always))
        #expect(log.recovery == LogRecovery())
        #expect(try log.replayed() == [])
        try await log.store([1, 2, 3], tag: 9, time: -5)
        // A body that holds the log so far, and so whole frames.
        let frames = try scratch.read(scratch.segments()[0])
        let bodies: [[UInt8]] = [
            [], frames, generator.bytes(300), frames + frames, generator.bytes(3 << 20), FrameHeader.magic, [0],
        ]
        for (index, body) in bodies.enumerated() { try await log.store(body, tag: UInt8(index), time: Int64(index)) }
        await log.close()

        let reopened = try WriteAheadLog(scratch.options(.always))
        #expect(reopened.recovery.isClean)
        #expect(reopened.recovery.tornTails == [])
        #expect(reopened.recovery.uncommittedRecords == 8)
        #expect(reopened.recovery.uncommittedBytes == 3 + bodies.reduce(0) { $0 + $1.count })
        #expect(reopened.recovery.nextSequence == 9)
        let entries = try reopened.replayed()
        #expect(entries.map(\.sequence) == Array(1...8))
        #expect(entries.map(\.body) == [[1, 2, 3]] + bodies)
        #expect(entries.map(\.tag) == [9, 0, 1, 2, 3, 4, 5, 6])
        #expect(entries.map(\.time.nanoseconds) == [-5, 0, 1, 2, 3, 4, 5, 6])
        // Again the same, and again at the next opening.
        #expect(try reopened.replayed() == entries)
        await reopened.close()
        let again = try WriteAheadLog(scratch.options())
        #expect(try again.replayed() == entries)
        #expect(again.recovery.nextSequence > 9)
    }

    @Test func aShortWriteIsGoneOnWith() async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        files.plan.withLock { $0.bytesPerWrite = 5 }
        let log = try WriteAheadLog(scratch.options(.always), files: files)
        for number in 0..<10 { try await log.store([UInt8](repeating: UInt8(number), count: number * 3)) }
        await log.close()
        let entries = try WriteAheadLog(scratch.options()).replayed()
        #expect(entries.map(\.body) == (0..<10).map { [UInt8](repeating: UInt8($0), count: $0 * 3) })
    }

    @Test func appendersAtOnceAllGetTheirOwnPlace() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.always, segmentBytes: 20_000))
        let stored = try await withThrowingTaskGroup(of: [(UInt64, [UInt8])].self) { group in
            for appender in 0..<64 {
                group.addTask {
                    var stored: [(UInt64, [UInt8])] = []
                    for number in 0..<20 {
                        let body = [UInt8](repeating: UInt8(appender), count: 10 + number)
                        stored.append((try await log.store(body), body))
                    }
                    return stored
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        await log.close()
        let entries = try WriteAheadLog(scratch.options()).replayed()
        #expect(entries.map(\.sequence) == Array(1...1280))
        let expected = Dictionary(uniqueKeysWithValues: stored)
        #expect(entries.allSatisfy { expected[$0.sequence] == $0.body })
        #expect(try scratch.segments().count > 2)
    }

    @Test func whatWaitsDuringAWriteIsOneGroupWithOneSync() throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.always), files: files)
        let before = files.syncs
        let record = CompletionRecord()
        let done = DispatchGroup()
        files.shutGate()
        for number in 0..<500 {
            done.enter()
            _ = try log.append(tag: 0, time: Timestamp(nanoseconds: 0), body: [1, 2]) {
                record.add(number, $0)
                done.leave()
            }
        }
        #expect(log.status.recordsQueued == 500)
        files.openGate()
        done.wait()
        #expect(record.order == Array(0..<500))
        #expect(record.succeeded.count == 500)
        // The first may have been taken alone, or with some of those that came before the gate held it.
        #expect(files.syncs - before <= 2)
        #expect(log.status.recordsQueued == 0)
    }

    @Test func neverMeansNever() async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.never), files: files)
        let sequence = try await log.store([1])
        _ = try await log.intend(first: sequence, last: sequence)
        try await log.commit(through: sequence)
        await log.close()
        #expect(files.syncs == 0)
    }

    @Test func anIntervalSyncsLaterAndAnIntentAtOnce() async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.interval(.seconds(3600))), files: files)
        let before = files.syncs
        try await log.store([1])
        try await log.store([2])
        #expect(files.syncs == before)
        _ = try await log.intend(first: 1, last: 2)
        #expect(files.syncs == before + 1)
        try await log.store([3])
        await log.close()
        #expect(files.syncs == before + 2)

        let soon = FaultyFiles()
        let other = try ScratchDirectory()
        let second = try WriteAheadLog(other.options(.interval(.milliseconds(1))), files: soon)
        let made = soon.syncs
        try await second.store([1])
        while soon.syncs == made { try await Task.sleep(for: .milliseconds(1)) }
        #expect(second.status.syncFailures == 0)
        await second.close()
    }

    @Test func aClosedLogTakesNothing() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.interval(.seconds(1))))
        try await log.store([1])
        await log.close()
        await log.close()
        await expect(.closed) { try await log.store([2]) }
        await expect(.closed) { _ = try await log.intend(first: 1, last: 1) }
        await expect(.closed) { try await log.commit(through: 1) }
        #expect(try WriteAheadLog.inspect(directory: scratch.log).uncommittedRecords == 1)
    }

    @Test func overItsLimitALogTakesNotesOnly() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.never, bytesMax: 4000))
        var taken: UInt64 = 0
        await expect(.full) {
            while true { taken = try await log.store([UInt8](repeating: 1, count: 500)) }
        }
        #expect(taken >= 4)
        #expect(log.bytes <= 4000)
        #expect(try log.bytes == scratch.bytesOnDisk())
        await expect(.tooLarge) { try await log.store([UInt8](repeating: 1, count: 4000)) }
        _ = try await log.intend(first: 1, last: taken)
        try await log.commit(through: taken)
        #expect(log.bytes < 1000)
        #expect(try await log.store([UInt8](repeating: 2, count: 500)) == taken + 1)
        await log.close()
    }

    @Test func aLogThatIsReadWhileItIsWrittenIsWhole() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options(.never, segmentBytes: 2000))
        for number in 1...100 {
            try await log.store([UInt8](repeating: 3, count: number))
            let seen = try WriteAheadLog.inspect(directory: scratch.log)
            #expect(seen.isClean)
            #expect(seen.uncommittedRecords == number - Int(log.status.committed))
            if number % 10 == 0 { try await log.commit(through: UInt64(number - 3)) }
        }
        await log.close()
    }

    @Test func theSameBytesAreThereAfterInspecting() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        try await log.store([1])
        await log.close()
        let before = try scratch.segments().map { try scratch.read($0) }
        _ = try WriteAheadLog.inspect(directory: scratch.log)
        #expect(try scratch.segments().map { try scratch.read($0) } == before)
    }
}

/// Expects a failure of the log.
func expect(
    _ code: LogError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    } catch let error as LogError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}
