import Foundation
import Synchronization
import Testing

@testable import WriteAheadLog

/// The process is killed, or the power goes, after each call that changes a file: the directory is copied there and
/// then, and every copy is opened.
@Suite struct CrashTests {
    private struct Known {
        var acknowledged: Set<UInt64> = []
        /// Given to `commit`, whether or not it returned.
        var committed: UInt64 = 0
        /// Whose `intend` has returned.
        var intents: [LogIntent] = []
    }

    private struct Snapshot {
        var directory: ScratchDirectory
        var known: Known
    }

    /// - Parameter losesCaches: the copies have of each file only what was synced.
    private func run(_ sync: SyncPolicy, losesCaches: Bool) async throws {
        let scratch = try ScratchDirectory()
        let files = FaultyFiles()
        let known = Mutex(Known())
        let snapshots = Mutex<[Snapshot]>([])
        files.plan.withLock { $0.bytesPerWrite = losesCaches ? .max : 37 }
        files.onChange {
            do {
                let snapshot = Snapshot(directory: try scratch.copy(), known: known.withLock { $0 })
                if losesCaches {
                    let synced = files.plan.withLock { $0.syncedBytes }
                    for name in try snapshot.directory.segments() {
                        let bytes = try snapshot.directory.read(name)
                        let length = synced[scratch.log + "/" + name] ?? 0
                        try snapshot.directory.write(name, Array(bytes.prefix(length)))
                    }
                }
                snapshots.withLock { $0.append(snapshot) }
            } catch {
                Issue.record(error)
            }
        }
        let log = try WriteAheadLog(scratch.options(sync, segmentBytes: 400), files: files)
        var bodies: [UInt64: [UInt8]] = [:]
        for number in 1...24 {
            let body = [UInt8](repeating: UInt8(number), count: number * 4)
            // A record that fails is not among those that may come back.
            if number % 7 == 0 { files.plan.withLock { $0.bytesLeft = 60 } }
            do {
                let sequence = try await log.store(body)
                bodies[sequence] = body
                known.withLock { _ = $0.acknowledged.insert(sequence) }
                if number % 4 == 0 {
                    let intent = try await log.intend(first: sequence, last: sequence)
                    known.withLock { known in
                        known.intents.append(intent)
                        known.committed = sequence
                    }
                    try await log.commit(through: sequence)
                }
            } catch {
                #expect((error as? LogError)?.code == .diskFull)
                files.plan.withLock { $0.bytesLeft = nil }
            }
        }
        await log.close()
        files.onChange(nil)

        let all = snapshots.withLock { $0 }
        // How many there are depends on how records were grouped.
        #expect(all.count > 10)
        for (index, snapshot) in all.enumerated() {
            let seen = try WriteAheadLog.inspect(directory: snapshot.directory.log)
            let reopened = try WriteAheadLog(snapshot.directory.options(.never))
            #expect(reopened.recovery == seen)
            #expect(seen.isClean, "\(index): \(seen.damages)")
            #expect(seen.committed <= snapshot.known.committed)
            let entries = try reopened.replayed()
            // What was being written may be there, though nobody was told so yet; it is whole then.
            for entry in entries {
                let number = entry.body.first ?? 0
                #expect(entry.body == [UInt8](repeating: number, count: Int(number) * 4))
                if let body = bodies[entry.sequence] { #expect(body == entry.body) }
            }
            let needed = snapshot.known.acknowledged.filter { $0 > snapshot.known.committed }
            #expect(needed.isSubset(of: entries.map(\.sequence)), "\(index)")
            // An intent is known as long as one of its records is.
            for intent in snapshot.known.intents where entries.contains(where: { $0.sequence == intent.last }) {
                #expect(seen.intents.contains(intent), "\(index)")
            }
            await reopened.close()
            let again = try WriteAheadLog(snapshot.directory.options(.never))
            #expect(again.recovery.isClean && again.recovery.tornTails == [])
            #expect(try again.replayed() == entries, "\(index)")
        }
    }

    @Test(arguments: [SyncPolicy.always, .interval(.seconds(60)), .never])
    func aKillAtAnyMomentLosesNothingAcknowledged(sync: SyncPolicy) async throws {
        try await run(sync, losesCaches: false)
    }

    @Test func aLossOfPowerAtAnyMomentLosesNothingAcknowledgedUnderAlways() async throws {
        try await run(.always, losesCaches: true)
    }
}
