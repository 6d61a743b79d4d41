import Foundation
import LogProcessing
import TelemetryModel
import Testing

@testable import LogFiles

@Suite struct ProcessedLogWriterTests {
    private func draft(_ body: String) -> ProcessedLogWriter.Records {
        var draft = LogDraft(observedTime: Timestamp(nanoseconds: 0))
        draft.body = body
        return ProcessedLogWriter.Records(drafts: [draft], source: LogSource(path: "/var/log/a.log", inode: 1))
    }

    private func writer(_ rig: LogFileRig, bytesMax: Int = 1000, backups: Int = 2) -> ProcessedLogWriter {
        var options = RotatingFile.Options(path: rig.path("out.jsonl"))
        options.bytesMax = bytesMax
        options.backupsMax = backups
        return ProcessedLogWriter(options) { $2.append(contentsOf: $0.body.utf8) }
    }

    private func text(_ rig: LogFileRig, _ name: String = "out.jsonl") -> String? {
        FileManager.default.contents(atPath: rig.path(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func linesAreAppendedAlsoAfterARestart() throws {
        let rig = try LogFileRig()
        #expect(writer(rig).append([draft("1"), draft("2")]) == nil)
        let second = writer(rig)
        #expect(second.append([draft("3")]) == nil)
        #expect(text(rig) == "1\n2\n3\n")
        #expect(second.lines == 1)
    }

    @Test func recordsAreDocumentsOfTheElasticCommonSchema() throws {
        let rig = try LogFileRig()
        let writer = ProcessedLogWriter(RotatingFile.Options(path: rig.path("out.jsonl")))
        #expect(writer.append([draft("with\nbreak")]) == nil)
        let written = text(rig) ?? ""
        #expect(written.hasPrefix("{\"@timestamp\":\"1970-01-01T00:00:00.000Z\""))
        #expect(written.contains("\"message\":\"with\\nbreak\""))
        #expect(written.count { $0 == "\n" } == 1)
    }

    @Test func aDeletedFileIsMadeAgain() throws {
        let rig = try LogFileRig()
        let writer = writer(rig)
        #expect(writer.append([draft("1")]) == nil)
        try rig.remove("out.jsonl")
        #expect(writer.append([draft("2")]) == nil)
        #expect(text(rig) == "2\n")
    }

    @Test func aHalfLineOfAnEndedProcessIsClosed() throws {
        let rig = try LogFileRig()
        try rig.append("{\"half", to: "out.jsonl")
        #expect(writer(rig).append([draft("1")]) == nil)
        #expect(text(rig) == "{\"half\n1\n")
    }

    @Test func aFullFileBecomesABackup() throws {
        let rig = try LogFileRig()
        let writer = writer(rig, bytesMax: 10)
        for number in 1...5 { #expect(writer.append([draft("line \(number)")]) == nil) }
        #expect(text(rig) == "line 5\n")
        let backups = try FileManager.default.contentsOfDirectory(atPath: rig.folder).filter { $0.hasPrefix("out-") }
        #expect(backups.sorted().map { text(rig, $0) } == ["line 3\n", "line 4\n"])
    }

    @Test func withoutRoomItIsAFailure() throws {
        let rig = try LogFileRig()
        let space = FileSpace(bytesMax: 10, paths: [rig.path("out.jsonl")])
        let writer = ProcessedLogWriter(RotatingFile.Options(path: rig.path("out.jsonl")), space: space) {
            $2.append(contentsOf: $0.body.utf8)
        }
        #expect(writer.append([draft("12345")]) == nil)
        #expect(writer.append([draft("12345")])?.contains("10 bytes") == true)
        #expect(text(rig) == "12345\n")
        #expect(writer.failures == 1 && writer.lines == 1)
    }

    @Test func aFailureIsCountedAndToldOnce() throws {
        let rig = try LogFileRig()
        try rig.makeFolder("out.jsonl")
        let writer = writer(rig)
        #expect(writer.append([draft("1")]) != nil)
        #expect(writer.append([draft("2")]) == nil)
        #expect(writer.failures == 2)
        try rig.remove("out.jsonl")
        #expect(writer.append([draft("3")]) == nil)
        #expect(text(rig) == "3\n")
    }
}
