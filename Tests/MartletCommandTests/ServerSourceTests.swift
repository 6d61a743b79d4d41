import TelemetryModel
import Testing
import Verification

@testable import martlet

@Suite struct ServerSourceTests {
    @Test(arguments: [1, 2, 3, 5, 100])
    func messagesAreCutWhateverThePieces(_ size: Int) throws {
        let stream: [UInt8] = [0, 0, 0, 2, 7, 8, 0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]
        var frames = ExportFrames()
        var messages: [[UInt8]] = []
        for start in stride(from: 0, to: stream.count, by: size) {
            frames.feed(stream[start..<min(start + size, stream.count)])
            while let message = try frames.next() { messages.append(Array(message)) }
        }
        #expect(messages == [[7, 8], [], [1, 2, 3]])
        #expect(frames.bytesWaiting == 0)
    }

    @Test func aMessageBeyondTheLimitIsRefusedBeforeItCame() {
        var frames = ExportFrames()
        frames.feed([0xFF, 0, 0, 0])
        #expect(throws: VerificationError.self) { try frames.next() }
    }

    @Test func aCutMessageIsNoticed() throws {
        var frames = ExportFrames()
        frames.feed([0, 0, 0, 5, 1])
        #expect(try frames.next() == nil)
        #expect(frames.bytesWaiting == 5)
    }

    @Test func sendersOfASignalAreAddedUp() throws {
        let text = """
            {"entries":[
            {"signal":"logs","sender":"x","received":5,"stored":4,"waiting":0,"rejected":{"no_time":1},"dropped":{}},
            {"signal":"traces","sender":"a","received":2,"stored":2,"rejected":{},"dropped":{"full":3}},
            {"signal":"profiles","sender":"a","received":9},
            {"signal":"traces","sender":"b","received":3,"stored":1,"rejected":{"no_id":2},"dropped":{"full":1}}]}
            """
        let figures = try LedgerAnswer(Array(text.utf8)).figures
        #expect(
            figures == [
                LedgerFigures(signal: .traces, received: 5, stored: 3, rejected: ["no_id": 2], dropped: ["full": 4]),
                LedgerFigures(signal: .logs, received: 5, stored: 4, rejected: ["no_time": 1], dropped: [:]),
            ])
    }

    @Test func theAddressOfAnExportSaysTheWindow() throws {
        var window = RecordingWindow(start: 1, end: 2)
        window.services = ["a b", "c"]
        window.traces = [try #require(TraceID(hex: "1f"))]
        let call = ExportCall(url: "http://h:1", signal: .traces, form: .messages, window: window)
        #expect(
            call.address == "http://h:1/api/ui/export/traces?form=otlp-proto&start=1&end=2&service=a%20b&service=c"
                + "&trace=0000000000000000000000000000001f")
    }

    @Test func aRunIsNamedByItsCommandAndTime() {
        let time = Timestamp(nanoseconds: 1_767_323_045_000_000_000)
        #expect(RunSaving.name(of: ["/usr/bin/npm", "test"], at: time) == "npm-20260102-030405")
        #expect(RunSaving.name(of: ["./-ü x.sh"], at: time) == "x.sh-20260102-030405")
        #expect(RunSaving.name(of: ["日本"], at: time) == "run-20260102-030405")
    }
}
