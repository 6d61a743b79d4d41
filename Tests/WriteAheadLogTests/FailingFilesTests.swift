import Foundation
import Synchronization
import TelemetryModel
import Testing

@testable import WriteAheadLog

@Suite struct FailingFilesTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var sync: SyncPolicy
        var cannotTruncate: Bool
        var testDescription: String { "\(sync)\(cannotTruncate ? ", cannot be cut" : "")" }
    }

    static let cases = [
        Case(sync: .always, cannotTruncate: false), Case(sync: .never, cannotTruncate: false),
        Case(sync: .always, cannotTruncate: true), Case(sync: .interval(.seconds(60)), cannotTruncate: true),
    ]

    @Test(arguments: cases) func aDiskThatIsFullAtAnyByteLosesNothingAndBringsNothingBack(_ test: Case) async throws {
        for limit in 0..<330 {
            let scratch = try ScratchDirectory()
            let files = FaultyFiles()
            let log = try WriteAheadLog(scratch.options(test.sync, segmentBytes: 400), files: files)
            var kept: [[UInt8]] = [[0]]
            try await log.store([0])
            files.plan.withLock { plan in
                plan.bytesLeft = limit
                plan.truncateError = test.cannotTruncate ? EIO : nil
            }
            for number in 1...5 {
                let body = [UInt8](repeating: UInt8(number), count: 15)
                do {
                    try await log.store(body)
                    kept.append(body)
                } catch {
                    #expect((error as? LogError)?.code == .diskFull)
                }
            }
            files.plan.withLock { plan in
                plan.bytesLeft = nil
                plan.truncateError = nil
            }
            for number in 6...7 {
                try await onceSettled { try await log.store([UInt8(number)]) }
                kept.append([UInt8(number)])
            }
            await log.close()
            let reopened = try WriteAheadLog(scratch.options())
            #expect(try reopened.replayed().map(\.body) == kept, "\(limit)")
            #expect(reopened.recovery.isClean && reopened.recovery.tornTails == [], "\(limit)")
        }
    }

    @Test func whatWasQueuedFailsInOrderAndNothingIsLetInBetween() async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.always, segmentBytes: 2000), files: files)
        try await log.store([0])
        files.shutGate()
        files.plan.withLock { $0.bytesLeft = 100 }
        let record = CompletionRecord()
        let letIn = Mutex<[UInt64]>([])
        let done = DispatchGroup()
        for number in 1...100 {
            done.enter()
            _ = try log.append(tag: 0, time: Timestamp(nanoseconds: 0), body: [UInt8](repeating: 1, count: 100)) {
                record.add(number, $0)
                do {
                    let sequence = try log.append(tag: 0, time: Timestamp(nanoseconds: 0), body: [9]) { _ in }
                    letIn.withLock { $0.append(sequence) }
                } catch {
                    #expect((error as? LogError)?.code == .diskFull)
                }
                done.leave()
            }
        }
        let intent = Task { try await log.intend(first: 1, last: 1) }
        files.openGate()
        await withCheckedContinuation { continuation in done.notify(queue: .global()) { continuation.resume() } }
        #expect(record.order == Array(1...100))
        #expect(record.succeeded == [])
        #expect(record.codes == [.diskFull])
        #expect(letIn.withLock { $0 } == [])
        _ = await intent.result
        files.plan.withLock { $0.bytesLeft = nil }
        // The last completion has been called; it may not have returned to the log yet.
        #expect(try await onceSettled { try await log.store([7]) } > 101)
        #expect(log.status.writeFailures >= 1)
        #expect(log.status.lastFailure?.code == .diskFull)
        await log.close()
        #expect(try WriteAheadLog(scratch.options()).replayed().map(\.body) == [[0], [7]])
    }

    @Test(arguments: [false, true]) func aFailedSyncRefusesItsGroup(cannotTruncate: Bool) async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.always), files: files)
        try await log.store([1])
        files.plan.withLock { plan in
            plan.syncError = EIO
            plan.truncateError = cannotTruncate ? EIO : nil
        }
        await expect(.inputOutput) { try await log.store([2]) }
        await expect(.inputOutput) { _ = try await log.intend(first: 1, last: 1) }
        files.plan.withLock { $0.syncError = nil }
        try await onceSettled { try await log.store([3]) }
        // What a sync failed for is not written on: nobody knows what the disk has of it.
        #expect(try scratch.segments().count == 2)
        await log.close()
        let reopened = try WriteAheadLog(scratch.options())
        #expect(try reopened.replayed().map(\.body) == [[1], [3]])
        #expect(reopened.recovery.intents == [] && reopened.recovery.isClean)
    }

    @Test func aLateSyncThatFailsIsCounted() async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.interval(.milliseconds(1))), files: files)
        files.plan.withLock { $0.syncError = EIO }
        try await log.store([1])
        while log.status.syncFailures == 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(log.status.lastFailure?.code == .inputOutput)
        files.plan.withLock { $0.syncError = nil }
        try await log.store([2])
        await log.close()
        #expect(try WriteAheadLog(scratch.options()).replayed().map(\.body) == [[1], [2]])
    }

    @Test func aCommitThatCannotBeWrittenStillMakesRoom() async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let log = try WriteAheadLog(scratch.options(.always, segmentBytes: 300), files: files)
        for _ in 0..<10 { try await log.store([UInt8](repeating: 1, count: 100)) }
        let before = try scratch.segments().count
        files.plan.withLock { $0.bytesLeft = 0 }
        await expect(.diskFull) { try await log.commit(through: 8) }
        #expect(try scratch.segments().count < before)
        #expect(log.status.committed == 8)
        files.plan.withLock { $0.bytesLeft = nil }
        try await onceSettled { try await log.commit(through: 8) }
        await log.close()
        #expect(try WriteAheadLog(scratch.options()).replayed().map(\.sequence) == [9, 10])
    }

    @Test func aFullDiskDoesNotHinderOpening() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        try await log.store([1])
        await log.close()
        let files = FaultyFiles()
        files.plan.withLock { $0.bytesLeft = 10 }
        let full = try WriteAheadLog(scratch.options(), files: files)
        #expect(try full.replayed().map(\.body) == [[1]])
        await expect(.diskFull) { try await full.store([2]) }
        files.plan.withLock { $0.bytesLeft = nil }
        try await onceSettled { try await full.store([3]) }
        await full.close()
        #expect(try WriteAheadLog(scratch.options()).replayed().map(\.body) == [[1], [3]])
    }

    @Test(arguments: [(EROFS, LogError.Code.readOnly), (EACCES, .unwritable), (EIO, .inputOutput)])
    func whoCannotWriteIsTold(number: Int32, code: LogError.Code) async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        files.plan.withLock { $0.createError = number }
        await expect(code) { _ = try WriteAheadLog(scratch.options(), files: files) }
        do {
            _ = try WriteAheadLog(scratch.options(), files: files)
        } catch {
            #expect(error.message.contains(scratch.log))
        }
    }

    @Test func aDirectoryThatMayNotBeWrittenIsSaid() async throws {
        guard geteuid() != 0 else {
            print("skipped: root may write everywhere")
            return
        }
        let scratch = try ScratchDirectory()
        try FileManager.default.createDirectory(atPath: scratch.log, withIntermediateDirectories: true)
        chmod(scratch.log, 0o555)
        await expect(.unwritable) { _ = try WriteAheadLog(scratch.options()) }
        chmod(scratch.log, 0o755)
        var below = scratch.options()
        below.directory = scratch.log + "/a/b"
        chmod(scratch.log, 0o555)
        let options = below
        await expect(.unwritable) { _ = try WriteAheadLog(options) }
        chmod(scratch.log, 0o755)
    }

    @Test func whatIsNoLogIsNotOpened() async throws {
        let scratch = try ScratchDirectory()
        await expect(.notALog) { _ = try WriteAheadLog.inspect(directory: scratch.log) }
        try Data([1]).write(to: URL(filePath: scratch.log))
        await expect(.notALog) { _ = try WriteAheadLog(scratch.options()) }
        await expect(.notALog) { _ = try WriteAheadLog.inspect(directory: scratch.log) }

        let newer = try ScratchDirectory()
        try FileManager.default.createDirectory(atPath: newer.log, withIntermediateDirectories: true)
        let name = SegmentName(first: 1, epoch: 2)
        var bytes: [UInt8] = []
        FrameHeader(kind: .segment, tag: 0, epoch: 2, sequence: 1, nanoseconds: 0, bodyBytes: 0, bodyChecksum: 0)
            .encode(to: &bytes, at: FramePlace(offset: 0, segmentFirst: 1))
        bytes[4] = 2
        var covered = Array(bytes[..<40])
        covered.appendLittleEndian(UInt64(0))
        covered.appendLittleEndian(UInt64(1))
        bytes.replaceSubrange(40..., with: withUnsafeBytes(of: Checksum.of(covered).littleEndian) { Array($0) })
        try newer.write(name.text, bytes)
        await expect(.notALog) { _ = try WriteAheadLog(newer.options()) }
    }

    @Test func aLogIsOpenOnceAtATime() async throws {
        let scratch = try ScratchDirectory()
        let log = try WriteAheadLog(scratch.options())
        await expect(.inUse) { _ = try WriteAheadLog(scratch.options()) }
        _ = try WriteAheadLog.inspect(directory: scratch.log)
        await log.close()
        try await WriteAheadLog(scratch.options()).close()
    }
}
