import Foundation
import LogProcessing
import Synchronization
import TelemetryModel
import Testing

@testable import LogFiles

// Files are real; the clock is the test's.
@Suite struct LogFileTailingTests {
    @Test func linesOfAFileAreTakenAsTheyCome() async throws {
        let rig = try LogFileRig()
        try rig.append("one\ntwo\n")
        try await rig.settle()
        try rig.append("three\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["one", "two", "three"])
        #expect(rig.sink.offsets == [0, 4, 8])
    }

    @Test func aHalfLineWaitsForItsEnd() async throws {
        let rig = try LogFileRig()
        try rig.append("one\ntw")
        try await rig.settle(20)
        #expect(rig.sink.bodies == ["one"])
        try rig.append("o\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["one", "two"])
    }

    @Test func carriageReturnsBeforeLineFeedsAreNoText() async throws {
        let rig = try LogFileRig()
        try rig.append("one\r\ntw\ro\r\n\r\nthree\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["one", "tw\ro", "", "three"])
    }

    @Test func anyBytesAreTaken() async throws {
        let rig = try LogFileRig()
        try rig.append([0x61, 0xFF, 0xFE, 0x62, 0x0A, 0x00, 0x00, 0x0A, 0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x0A])
        try await rig.settle()
        #expect(rig.sink.bodies == ["a\u{FFFD}\u{FFFD}b", "\0\0", "\u{1B}[31m"])
    }

    @Test func linesAreSplitByTheEncodingOfTheMark() async throws {
        let rig = try LogFileRig()
        // U+0A0A and U+0100 have the byte of a line feed or zeros at the wrong places.
        let text = "eins\r\n\u{0A0A}zwei\u{0100}\n😀\n"
        try rig.append([0xFF, 0xFE] + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, to: "le.log")
        try rig.append([0xFE, 0xFF] + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }, to: "be.log")
        try rig.append([0xEF, 0xBB, 0xBF] + Array("utf8\n".utf8), to: "mark.log")
        try await rig.settle()
        let bodies = rig.sink.bodies.sorted()
        #expect(bodies == ["eins", "eins", "utf8", "\u{0A0A}zwei\u{0100}", "\u{0A0A}zwei\u{0100}", "😀", "😀"])
        #expect(Set(rig.sink.offsets.prefix(1)).isSubset(of: [2, 3]))
    }

    @Test func aMarkThatComesInTwoPartsIsOne() async throws {
        let rig = try LogFileRig()
        try rig.append([0xFF])
        try await rig.settle()
        try rig.append([0xFE, 0x61])
        try await rig.settle()
        try rig.append([0x00, 0x0A, 0x00])
        try await rig.settle()
        #expect(rig.sink.bodies == ["a"])
    }

    @Test func aLineThatIsTooLongIsCutAtACharacterAndCounted() async throws {
        let rig = try LogFileRig { $0.lineBytesMax = 1000 }
        let long = String(repeating: "ä", count: 3_000_000)
        try rig.append("before\nx" + long)
        try await rig.settle()
        #expect(rig.sink.bodies == ["before"])
        try rig.append(long + "\nafter\n")
        try await rig.settle()
        #expect(rig.sink.bodies.count == 3)
        #expect(rig.sink.bodies[1] == "x" + String(repeating: "ä", count: 499))
        #expect(rig.sink.bodies[2] == "after")
        #expect(rig.sink.state.withLock { $0.taken[1]["log.flags"] } == .list([.string("truncated")]))
        #expect(rig.statistics.snapshot.total.truncated == 1)
        #expect(rig.sink.offsets == [0, 7, 7 + 1 + 12_000_000 + 1])
    }

    @Test func aLongLineIsCutTheSameWhereverTheReadsEnd() async throws {
        for length in [999, 1000, 1001, 1007, 1008, 1009, 66_000, 1_048_575, 1_048_576, 1_114_120, 2_500_000] {
            let rig = try LogFileRig { $0.lineBytesMax = 1000 }
            try rig.append(String(repeating: "y", count: length) + "\nnext\n")
            try await rig.settle()
            #expect(rig.sink.bodies == [String(repeating: "y", count: min(length, 1000)), "next"], "\(length)")
        }
    }

    @Test func linesOfAMebibyteAreWhole() async throws {
        let rig = try LogFileRig { $0.lineBytesMax = 4 << 20 }
        let lines = (0..<5).map { String(repeating: "\($0)", count: 1_500_000) }
        try rig.append(lines.joined(separator: "\n") + "\n")
        try await rig.settle()
        #expect(rig.sink.bodies == lines)
    }

    // MARK: Rotation

    @Test func aRenamedFileIsReadToItsEnd() async throws {
        let rig = try LogFileRig()
        try rig.append("1\n")
        try await rig.settle()
        try rig.append("2\n")
        try rig.rename("a.log", to: "a.log.1")
        try rig.append("4\n")
        try await rig.settle()
        // The writer has not seen yet that its file has another name.
        try rig.append("3\n", to: "a.log.1")
        try await rig.settle()
        #expect(rig.sink.bodies.sorted() == ["1", "2", "3", "4"])
        #expect(rig.sink.state.withLock { Set($0.taken.compactMap(\.path)) } == [rig.path("a.log")])
    }

    @Test func aRenamedFileThatThePatternsMatchIsNotReadAgain() async throws {
        let rig = try LogFileRig(["*"], { $0.exclude = ["registry*"] })
        try rig.append("1\n")
        try await rig.settle()
        try rig.rename("a.log", to: "a.log.1")
        try rig.append("2\n")
        try await rig.settle()
        try rig.rename("a.log.1", to: "a.log.2")
        try rig.rename("a.log", to: "a.log.1")
        try rig.append("3\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["1", "2", "3"])
    }

    @Test func theLastHalfLineOfARenamedFileIsTakenWhenNothingComes() async throws {
        let rig = try LogFileRig()
        try rig.append("1\nhalf")
        try await rig.settle()
        try rig.rename("a.log", to: "a.log.1")
        try await rig.settle(10)
        #expect(rig.sink.bodies == ["1", "half"])
        try rig.append(" end\n", to: "a.log.1")
        try await rig.settle()
        #expect(rig.sink.bodies == ["1", "half", " end"])
    }

    @Test func aFileRenamedWhileNobodyLookedIsReadToItsEnd() async throws {
        let rig = try LogFileRig()
        try rig.append("1\n")
        try await rig.settle()
        try await rig.stop()
        try rig.append("2\n")
        try rig.rename("a.log", to: "a.log.1")
        try rig.append("3\n")
        try await rig.settle()
        #expect(rig.sink.bodies.sorted() == ["1", "2", "3"])
    }

    @Test func aCutFileIsReadFromItsBeginning() async throws {
        let rig = try LogFileRig()
        try rig.append("a long line\n")
        try await rig.settle()
        try rig.overwrite("short\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["a long line", "short"])
    }

    @Test func aCutFileIsKnownWhenItIsLongerAgain() async throws {
        let rig = try LogFileRig()
        try rig.append("1\n2\n")
        try await rig.settle()
        try rig.overwrite("3\n4\n")
        try await rig.settle()
        try rig.overwrite("5\n6\n7\n")
        try await rig.settle()
        try rig.overwrite("")
        try await rig.settle()
        try rig.overwrite("5\n6\n7\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["1", "2", "3", "4", "5", "6", "7", "5", "6", "7"])
        #expect(rig.statistics.snapshot.total.restarts == 3)
    }

    @Test func aFileWhoseBeginningChangedIsAnother() async throws {
        let rig = try LogFileRig()
        let end = String(repeating: "same line\n", count: 100)
        try rig.append("first\n" + end)
        try await rig.settle()
        try rig.overwrite("other\n" + end + "more\n")
        try await rig.settle()
        #expect(rig.sink.bodies.count == 101 + 102)
        #expect(rig.sink.bodies.last == "more")
    }

    @Test func theHoleOfAWriterThatDoesNotAppendIsSteppedOver() async throws {
        for length in [10, 100_000] {
            let rig = try LogFileRig()
            let file = fopen(rig.path("a.log"), "w")
            fputs(String(repeating: "z", count: length) + "\n", file)
            fflush(file)
            try await rig.settle()
            truncate(rig.path("a.log"), 0)
            fputs("behind\n", file)
            fflush(file)
            try await rig.settle()
            fclose(file)
            #expect(rig.sink.bodies.count == 2)
            #expect(rig.sink.bodies.last == "behind", "\(length)")
        }
    }

    @Test func aDeletedFileIsReadToItsEndAndForgotten() async throws {
        let rig = try LogFileRig()
        try rig.append("1\n")
        try await rig.settle()
        try rig.append("2\nhalf")
        try rig.remove("a.log")
        try await rig.settle(5)
        #expect(rig.sink.bodies == ["1", "2", "half"])
        #expect(rig.statistics.snapshot.files.isEmpty)
        #expect(rig.statistics.snapshot.openFiles == 0)
    }

    @Test func aFileMadeAgainIsAnother() async throws {
        let rig = try LogFileRig()
        for number in 0..<5 {
            try rig.append("line \(number)\n")
            try await rig.settle(number % 2 == 0 ? 1 : 5)
            try rig.remove("a.log")
        }
        try await rig.settle(5)
        #expect(rig.sink.bodies == (0..<5).map { "line \($0)" })
    }

    @Test func aFileWithTheInodeOfADeletedOneIsAnother() async throws {
        // Closed files let their inode go; many file systems give it out again at once.
        let rig = try LogFileRig { $0.closeInactive = .seconds(2) }
        for number in 0..<4 {
            try rig.append("line \(number)\n")
            try await rig.settle(6)
            #expect(rig.statistics.snapshot.openFiles == 0)
            try rig.remove("a.log")
        }
        #expect(rig.sink.bodies == (0..<4).map { "line \($0)" })
    }

    @Test func filesThatWereRotatedBetweenTwoLooksAreRead() async throws {
        let rig = try LogFileRig()
        try rig.append("archive\n", to: "a.log.9")
        try await Task.sleep(for: .milliseconds(50))
        try rig.append("1\n")
        try await rig.settle()
        for number in 2..<6 {
            for old in stride(from: 5, to: 0, by: -1) { try? rig.rename("a.log.\(old)", to: "a.log.\(old + 1)") }
            try rig.rename("a.log", to: "a.log.1")
            try rig.append("\(number)\n")
        }
        try rig.append("3\n", to: "a.log.gz")
        // A copy of what is known is not read.
        try FileManager.default.copyItem(atPath: rig.path("a.log.4"), toPath: rig.path("a.log.copy"))
        try await rig.settle()
        #expect(rig.sink.bodies.sorted() == ["1", "2", "3", "4", "5"])
        #expect(rig.sink.state.withLock { Set($0.taken.compactMap(\.path)) } == [rig.path("a.log")])
    }

    // MARK: Finding

    @Test func aLinkAndItsFileAreOne() async throws {
        let rig = try LogFileRig()
        try rig.append("1\n", to: "real")
        try FileManager.default.createSymbolicLink(atPath: rig.path("link.log"), withDestinationPath: "real")
        try FileManager.default.createSymbolicLink(atPath: rig.path("other.log"), withDestinationPath: "link.log")
        try FileManager.default.createSymbolicLink(atPath: rig.path("none.log"), withDestinationPath: "nowhere")
        try await rig.settle()
        #expect(rig.sink.bodies == ["1"])
        // The link is set to another file.
        try rig.append("2\n", to: "real2")
        try rig.remove("link.log")
        try FileManager.default.createSymbolicLink(atPath: rig.path("link.log"), withDestinationPath: "real2")
        try await rig.settle()
        #expect(rig.sink.bodies == ["1", "2"])
    }

    @Test func compressedAndExcludedFilesAreLeftOut() async throws {
        let rig = try LogFileRig(["*"], { $0.exclude = ["registry*", "b*", "**/d.log"] })
        try rig.append("1\n")
        try rig.append("2\n", to: "a.log.gz")
        try rig.append("3\n", to: "b.log")
        try rig.append([0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x0A, 0x0A], to: "c.log")
        try rig.append("4\n", to: "d.log")
        try FileManager.default.createDirectory(atPath: rig.path("e.log"), withIntermediateDirectories: true)
        try await rig.settle()
        #expect(rig.sink.bodies == ["1"])
    }

    @Test func emptyFilesAreNoMatter() async throws {
        let rig = try LogFileRig()
        try rig.append("")
        try await rig.settle()
        #expect(rig.sink.bodies.isEmpty)
        #expect(rig.statistics.snapshot.openFiles == 0)
        try rig.append("\n")
        try await rig.settle()
        #expect(rig.sink.bodies == [""])
    }

    @Test func startAtTheEndTakesWhatIsWrittenAfterwards() async throws {
        let rig = try LogFileRig { $0.start = .end }
        try rig.append("old\nhalf")
        try await rig.settle()
        try rig.append(" line\nnew\n")
        try rig.append("late\n", to: "b.log")
        try await rig.settle()
        #expect(rig.sink.bodies == ["half line", "new", "late"])
        try await rig.stop()
        try rig.append("meanwhile\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["half line", "new", "late", "meanwhile"])
    }

    @Test func anOldFileIsReadFromWhereItWasWhenItIsWrittenAgain() async throws {
        let rig = try LogFileRig { $0.ignoreOlder = .seconds(3600) }
        rig.clock.now = .now()
        try rig.append("old\n")
        rig.advance(.seconds(7200))
        try await rig.settle()
        #expect(rig.sink.bodies.isEmpty)
        try rig.append("new\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["new"])
    }

    @Test func aFileThatCannotBeReadIsTriedAgain() async throws {
        guard getuid() != 0 else {
            print("skipped: root may read every file")
            return
        }
        let rig = try LogFileRig()
        try rig.append("1\n")
        chmod(rig.path("a.log"), 0)
        try await rig.settle()
        #expect(rig.sink.bodies.isEmpty)
        #expect((rig.statistics.snapshot.total.problems["permission"] ?? 0) > 0)
        chmod(rig.path("a.log"), 0o644)
        try await rig.settle()
        #expect(rig.sink.bodies == ["1"])
    }

    @Test func manyFilesShareTheirPlaces() async throws {
        let rig = try LogFileRig()
        rig.options.openFilesMax = 50
        for number in 0..<2000 { try rig.append("line of \(number)\n", to: "\(number).log") }
        var open = 0
        for _ in 0..<60 {
            rig.advance(.seconds(1))
            try await rig.step()
            open = max(open, rig.statistics.snapshot.openFiles)
        }
        #expect(open <= 50)
        #expect(Set(rig.sink.bodies) == Set((0..<2000).map { "line of \($0)" }))
        #expect(rig.sink.count == 2000)
        for number in 0..<2000 { try rig.append("more of \(number)\n", to: "\(number).log") }
        for _ in 0..<60 {
            rig.advance(.seconds(1))
            try await rig.step()
        }
        #expect(rig.sink.count == 4000)
        #expect(Set(rig.sink.bodies).count == 4000)
    }

    @Test func aSilentFileIsClosedAndOpenedAgain() async throws {
        let rig = try LogFileRig { $0.closeInactive = .seconds(3) }
        try rig.append("1\nha")
        try await rig.settle(8)
        #expect(rig.statistics.snapshot.openFiles == 0)
        try rig.append("lf\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["1", "half"])
        #expect(rig.statistics.snapshot.filesStarted == 2)
    }

    @Test func everyFileHasItsTurn() async throws {
        let rig = try LogFileRig()
        let line = String(repeating: "x", count: 1000)
        try rig.append(String(repeating: line + "\n", count: 20_000), to: "big.log")
        for number in 0..<5 { try rig.append("small\n", to: "z\(number).log") }
        rig.advance(.seconds(1))
        try await rig.step()
        try await rig.step()
        #expect(rig.sink.bodies.count { $0 == "small" } == 5)
        #expect(rig.sink.count < 10_000)
        try await rig.settle()
        #expect(rig.sink.count == 20_005)
    }

    // MARK: Events

    @Test func anEventOfSeveralLinesWaitsForTheNext() async throws {
        let rig = try LogFileRig { $0.multiline.mode = .count(3) }
        try rig.append("1\n2\n3\n4\n")
        rig.advance(.milliseconds(10))
        try await rig.step()
        #expect(rig.sink.bodies == ["1\n2\n3"])
        rig.advance(.milliseconds(10))
        try await rig.step()
        #expect(rig.sink.bodies.count == 1)
        try await rig.settle()
        #expect(rig.sink.bodies == ["1\n2\n3", "4"])
        #expect(rig.sink.offsets == [0, 6])
    }

    @Test func anOpenEventIsReadAgainAfterARestart() async throws {
        let rig = try LogFileRig { $0.multiline.mode = .count(3) }
        try rig.append("1\n2\n3\n4\n5\n")
        rig.advance(.milliseconds(10))
        try await rig.step()
        try await rig.stop()
        try rig.append("6\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["1\n2\n3", "4\n5\n6"])
    }

    @Test func droppedEventsMoveThePositionAllTheSame() async throws {
        let rig = try LogFileRig()
        try rig.append("DROP 1\nDROP 2\n")
        try await rig.settle()
        try await rig.stop()
        try rig.append("3\n")
        try await rig.settle()
        #expect(rig.sink.bodies == ["3"])
        #expect(rig.statistics.snapshot.files.first?.lagBytes == 0)
    }

    @Test func observedTimesRiseFromRecordToRecord() async throws {
        let rig = try LogFileRig()
        try rig.append((0..<5000).map { "\($0)\n" }.joined())
        try await rig.settle()
        let times = rig.sink.state.withLock { $0.taken.map(\.observedTime) }
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
        #expect(rig.sink.state.withLock { $0.admissions } == 3)
    }
}

extension LogDraft {
    var path: String? {
        for case .string(let path) in resource.filter({ $0.name == "log.file.path" }).map(\.value) { return path }
        return nil
    }
}
