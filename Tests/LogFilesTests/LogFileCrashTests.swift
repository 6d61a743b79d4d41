import Foundation
import LogProcessing
import Synchronization
import TelemetryModel
import Testing

@testable import LogFiles

/// A process that ends at any step of handing over loses nothing and doubles nothing.
@Suite struct LogFileCrashTests {
    /// Batches of ten lines, so that a round has several for a file.
    private func rig() throws -> LogFileRig {
        let rig = try LogFileRig()
        rig.options.batchEventsMax = 10
        return rig
    }

    private func lines(_ range: Range<Int>) -> String { range.map { "line \($0)\n" }.joined() }

    private func expectOnce(_ rig: LogFileRig, _ count: Int, _ comment: Comment) {
        #expect(rig.sink.bodies.sorted() == (0..<count).map { "line \($0)" }.sorted(), comment)
    }

    @Test(arguments: 0...10) func afterSomeBatchesWereTaken(_ taken: Int) async throws {
        let rig = try rig()
        try rig.append(lines(0..<35))
        try await rig.settle()
        // Of two files, 100 lines each.
        try rig.append(lines(35..<100))
        try rig.append(lines(100..<200), to: "b.log")
        rig.advance(.seconds(1))
        try await rig.step(taking: taken)
        rig.crash()
        try rig.append(lines(200..<210))
        try await rig.settle()
        expectOnce(rig, 210, "\(taken)")
    }

    @Test func beforeTheFirstWriteOfTheRegistry() async throws {
        let rig = try rig()
        try rig.append(lines(0..<5))
        _ = try await rig.tailing()
        rig.crash()
        try await rig.settle()
        expectOnce(rig, 5, "")
    }

    @Test func afterTheCommitButBeforeItWasWritten() async throws {
        let rig = try rig()
        try rig.append(lines(0..<25))
        rig.advance(.seconds(1))
        try await rig.step()
        rig.crash()
        try await rig.settle()
        expectOnce(rig, 25, "")
        #expect(rig.sink.state.withLock { $0.asked } > 0)
    }

    /// The copy was made while a round was under way that began before it; then comes the kill, and a rotation by rename.
    @Test func aCopyOfWhatWasCutAwayIsNotReadAgain() async throws {
        let rig = try rig()
        // Dates of files are the system's, so the clock is, too.
        func look() async throws {
            rig.clock.now = .now()
            try await rig.step()
        }
        try rig.append(lines(0..<30))
        for _ in 0..<3 { try await look() }
        #expect(rig.sink.count == 30)
        let began = Timestamp.now()
        try FileManager.default.copyItem(atPath: rig.path("a.log"), toPath: rig.path("a.log.1"))
        try rig.overwrite(lines(30..<35))
        rig.clock.now = began
        for _ in 0..<2 { try await rig.step() }
        rig.crash()
        try rig.rename("a.log.1", to: "a.log.2")
        try rig.rename("a.log", to: "a.log.1")
        try rig.append(lines(35..<40))
        try await rig.settle()
        expectOnce(rig, 40, "")
    }

    @Test func withAHalfWrittenRegistryBesideTheWholeOne() async throws {
        let rig = try rig()
        try rig.append(lines(0..<25))
        try await rig.settle()
        rig.crash()
        try rig.append("garbage", to: "registry.new")
        try await rig.settle()
        expectOnce(rig, 25, "")
    }

    @Test func whenTheFileWasRenamedMeanwhile() async throws {
        for taken in 0...4 {
            let rig = try rig()
            try rig.append(lines(0..<40))
            rig.advance(.seconds(1))
            try await rig.step(taking: taken)
            rig.crash()
            try rig.append(lines(40..<45))
            try rig.rename("a.log", to: "a.log.1")
            try rig.append(lines(45..<50))
            try await rig.settle()
            expectOnce(rig, 50, "\(taken)")
        }
    }

    @Test func whenTheFileWasCutMeanwhile() async throws {
        let rig = try rig()
        try rig.append(lines(0..<40))
        rig.advance(.seconds(1))
        try await rig.step(taking: 4)
        rig.crash()
        try rig.overwrite(lines(40..<90))
        try await rig.settle()
        expectOnce(rig, 90, "")
    }

    @Test func thePlaceOfAnEarlierContentIsNotTakenForStored() async throws {
        let rig = try rig()
        try rig.append(lines(0..<20))
        try await rig.settle()
        try rig.overwrite(lines(20..<35))
        rig.advance(.seconds(1))
        // The round sees the cut; the next one reads, and its batches are lost.
        while try await rig.step(taking: 0) == 0 {}
        rig.crash()
        try await rig.settle()
        expectOnce(rig, 35, "")
    }

    @Test func againAndAgain() async throws {
        // Ends at every possible place of a long sequence, with other numbers each time.
        let rig = try rig()
        var written = 0
        for turn in 0..<60 {
            let more = 7 + turn * 5 % 31
            try rig.append(lines(written..<(written + more)), to: turn % 3 == 0 ? "b.log" : "a.log")
            written += more
            rig.advance(.seconds(1))
            if turn % 2 == 0 {
                try await rig.step(taking: turn % 5)
                rig.crash()
            } else {
                try await rig.step()
                if turn % 7 == 0 { rig.crash() }
            }
            if turn % 10 == 9 {
                try rig.rename("a.log", to: "a.log.\(turn)")
            }
        }
        try await rig.settle(40)
        expectOnce(rig, written, "")
    }
}
