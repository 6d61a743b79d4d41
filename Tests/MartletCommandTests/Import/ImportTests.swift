import Foundation
import Synchronization
import TelemetryFiles
import TelemetryModel
import Testing

@testable import martlet

@Suite struct ImportTests {
    /// Answers as it is told, and remembers what it got.
    private final class ScriptedChannel: ExportChannel {
        private let answers: Mutex<[ExportAnswer]>
        let sizes = Mutex<[Int]>([])

        init(_ answers: [ExportAnswer]) { self.answers = Mutex(answers) }

        func export(_ signal: Signal, _ body: EncodedRequest) async -> ExportAnswer {
            sizes.withLock { $0.append(body.bytes.count) }
            return answers.withLock { $0.isEmpty ? .accepted(PartialSuccess()) : $0.removeFirst() }
        }
    }

    private static let line =
        #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"5"},{"timeUnixNano":"6"}]}]}]}"#

    private func run(_ lines: [String], _ answers: [ExportAnswer], strict: Bool = false) async throws -> ImportTally {
        let directory = TemporaryFiles()
        let files = try ImportFiles([directory.write("logs.jsonl", lines)])
        let progress = ImportProgress()
        let feed = ImportFeed(files, shift: nil, identifiers: nil, isStrict: strict, progress: progress)
        let sender = ImportSender(
            feed: feed, target: ExportTarget(.httpProtobuf, url: "http://x", isOwnServer: false), progress: progress)
        try await sender.run(ScriptedChannel(answers))
        return progress.tally
    }

    @Test func whatIsReadIsSentAndAccepted() async throws {
        let tally = try await run([Self.line, Self.line, Self.line], [])
        #expect(tally.counts[.logs] == .init(read: 6, sent: 6, accepted: 6))
        #expect(tally.requests == 1)
    }

    @Test func badLinesAreCountedAndPassedOver() async throws {
        let tally = try await run([Self.line, "no", Self.line], [])
        #expect(tally.counts[.logs]?.accepted == 4)
        #expect(tally.bad == [.logs: 1])
    }

    @Test func strictStopsAtTheFirstBadLine() async throws {
        let tally = try await run([Self.line, "no", Self.line], [], strict: true)
        #expect(tally.counts[.logs]?.read == 2)
        #expect(tally.bad == [.logs: 1])
    }

    @Test func rejectedItemsAreThoseThatTheReceiverSays() async throws {
        let tally = try await run([Self.line, Self.line], [.accepted(PartialSuccess(rejected: 3, message: "too old"))])
        #expect(tally.counts[.logs] == .init(read: 4, sent: 4, accepted: 1, rejected: 3))
        #expect(tally.rejections[.logs] == "too old")
    }

    @Test func aRequestIsRepeatedWhenTheReceiverAsks() async throws {
        let busy = ExportAnswer.later(ExportFailure(kind: "503", message: ""), after: .milliseconds(1))
        let tally = try await run([Self.line], [busy, busy])
        #expect(tally.counts[.logs]?.accepted == 2)
        #expect(tally.retries == 2)
        #expect(tally.requests == 3)
    }

    @Test func aRequestThatIsRefusedIsDividedUntilOnlyWhatIsWrongIsLeftOut() async throws {
        let refused = ExportAnswer.refused(ExportFailure(kind: "400", message: "bad"))
        let fine = ExportAnswer.accepted(PartialSuccess())
        // Four records: all refused, the first half taken, the second refused, its halves taken and refused.
        let tally = try await run([Self.line, Self.line], [refused, fine, refused, fine, refused])
        #expect(tally.counts[.logs] == .init(read: 4, sent: 4, accepted: 3, failed: 1))
        #expect(tally.failures["400"]?.count == 1)
    }

    @Test func aRefusalOfTheSenderIsNotDivided() async throws {
        let tally = try await run([Self.line], [.refused(ExportFailure(kind: "401", message: "no"))])
        #expect(tally.counts[.logs]?.failed == 2)
        #expect(tally.requests == 1)
    }

    @Test func withoutAnAnswerItemsAreNotKnown() async throws {
        let tally = try await run([Self.line], [.unknown(ExportFailure(kind: "connection broken", message: ""))])
        #expect(tally.counts[.logs] == .init(read: 2, sent: 2, unknown: 2))
    }

    @Test func filesOfADirectoryThatAreNoTelemetryArePassedOverAndNamedOnesAreNot() throws {
        let directory = TemporaryFiles()
        directory.write("logs/logs.jsonl", [Self.line])
        let other = directory.write("logs/app.jsonl", [#"{"level":"info"}"#])
        let files = try ImportFiles([directory.path])
        #expect(files.files.count == 1)
        #expect(files.skipped.map(\.path) == [other])
        let error = #expect(throws: CommandFailure.self) { try ImportFiles([other]) }
        #expect(error?.exitCode == .usage)
        #expect(throws: CommandFailure.self) { try ImportFiles([directory.path + "/absent"]) }
    }

    @Test func theReportSaysWhatIsMissing() throws {
        let directory = TemporaryFiles()
        let files = try ImportFiles([directory.write("logs.jsonl", [Self.line])])
        var tally = ImportTally()
        tally.counts[.logs] = .init(read: 1_500, sent: 1_500, accepted: 1_490, rejected: 10)
        let position = TelemetryFilePosition(path: "logs.jsonl", unit: .line, number: 7)
        tally.add(TelemetryFileProblem(position: position, signal: nil, reason: "not json"))
        let report = ImportReport(
            url: "http://x", transport: .httpProtobuf, files: files, tally: tally, seconds: 2,
            shift: TimeShift(nanoseconds: -60_000_000_000), flush: nil)
        #expect(report.problem == "1 lines or messages could not be read, 10 items were left out")
        let text = report.text(width: nil)
        #expect(text.contains("logs       1,500  1,500     1,490        10"))
        #expect(text.contains("bad: logs.jsonl:7: not json"))
        #expect(text.contains("times moved by -1 min 00 s"))
        let object = try JSONSerialization.jsonObject(with: Data(report.json)) as? [String: Any]
        let signals = object?["signals"] as? [String: [String: Int]]
        #expect(signals?["logs"]?["rejected"] == 10)
        #expect(object?["badOfUnknownSignal"] as? Int == 1)
        #expect(object?["ok"] as? Bool == false)
    }
}
