import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

@testable import martlet

/// Answers of servers, read from bytes.
@Suite struct ClientAnswerTests {
    @Test func `a flush is what the server says`() throws {
        let body = """
            {"status":"stored","signals":{"traces":{"stored":123,"more":[1]},"metrics":{"stored":4},\
            "logs":{"stored":0}},"milliseconds":12}
            """
        let answer = try FlushAnswer(status: 200, body: Array(body.utf8))
        #expect(answer == FlushAnswer(stored: [("traces", 123), ("metrics", 4), ("logs", 0)], milliseconds: 12))
        #expect(
            String(decoding: FlushCommand.sentence(answer), as: UTF8.self)
                == "everything accepted is stored: 123 of traces, 4 of metrics, 0 of logs (12.0 ms)\n")
        #expect(
            String(decoding: FlushCommand.jsonText(answer), as: UTF8.self) == """
                {"status":"stored","signals":{"traces":{"stored":123},"metrics":{"stored":4},"logs":{"stored":0}},\
                "milliseconds":12}

                """)
    }

    @Test(
        arguments: [
            (504, #"{"message":"out of time"}"#, "out of time"), (503, #"{"message":"disk is full"}"#, "disk is full"),
            (404, "not found", "the server answers the flush with 404"),
            (500, "{}", "the server answers the flush with 500"),
        ])
    func `a flush that did not happen is exit code 1 with the server's sentence`(
        status: Int, body: String, message: String
    ) throws {
        let failure = try #require(throws: CommandFailure.self) {
            try FlushAnswer(status: status, body: Array(body.utf8))
        }
        #expect(failure.exitCode == .no && failure.message == message)
    }

    @Test func `a flush whose answer is no JSON is exit code 1`() throws {
        let failure = try #require(throws: CommandFailure.self) {
            try FlushAnswer(status: 200, body: Array("stored".utf8))
        }
        #expect(failure.exitCode == .no)
    }

    @Test(
        arguments: [
            ("", 0, ""), ("{}", 0, ""),
            (#"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"no name"}}"#, 3, "no name"),
            (#"{"partialSuccess":{"rejectedLogRecords":2}}"#, 2, ""), (#"{"partialSuccess":{}}"#, 0, ""),
        ] as [(String, Int64, String)])
    func `partial success is read from JSON`(body: String, rejected: Int64, message: String) throws {
        #expect(try PartialSuccess(json: Array(body.utf8)) == PartialSuccess(rejected: rejected, message: message))
    }

    @Test func `partial success is read from protobuf`() throws {
        let traces = OTLPTraceResponse.with {
            $0.partialSuccess.rejectedSpans = 4
            $0.partialSuccess.errorMessage = "why"
        }
        #expect(
            try PartialSuccess(.traces, protobuf: traces.serializedBytes())
                == PartialSuccess(rejected: 4, message: "why"))
        #expect(try PartialSuccess(.logs, protobuf: []) == PartialSuccess())
        #expect(throws: (any Error).self) { try PartialSuccess(.metrics, protobuf: [0x0A, 0x7F]) }
    }

    private func status(_ type: String, seconds: UInt64, nanos: UInt64) -> [UInt8] {
        var duration = ProtobufWriter()
        duration.integer(1, seconds)
        if nanos > 0 { duration.integer(2, nanos) }
        var info = ProtobufWriter()
        info.field(1, duration.bytes)
        var any = ProtobufWriter()
        any.field(1, type.utf8)
        any.field(2, info.bytes)
        var status = ProtobufWriter()
        status.integer(1, 14)
        status.field(2, "busy".utf8)
        status.field(3, any.bytes)
        return status.bytes
    }

    @Test func `RetryInfo is found in the status, and bounded`() {
        let type = "type.googleapis.com/google.rpc.RetryInfo"
        #expect(RetryInfo.delay(status: status(type, seconds: 1, nanos: 0)) == .seconds(1))
        #expect(RetryInfo.delay(status: status(type, seconds: 2, nanos: 500_000_000)) == .milliseconds(2_500))
        #expect(RetryInfo.delay(status: status(type, seconds: .max, nanos: .max)) == RetryInfo.delayMax)
        #expect(RetryInfo.delay(status: status("google.rpc.Help", seconds: 1, nanos: 0)) == nil)
        let whole = status(type, seconds: 1, nanos: 5)
        for count in 0..<whole.count { _ = RetryInfo.delay(status: Array(whole.prefix(count))) }
        #expect(RetryInfo.delay(status: []) == nil)
    }

    @Test func `a figure of the server's metrics is the one of that name`() {
        let text = """
            # TYPE process_cpu_seconds_total counter
            process_cpu_seconds_total_other 5
            process_cpu_seconds_total 1.25

            """
        #expect(ServerFigures.value("process_cpu_seconds_total", in: text) == 1.25)
        #expect(ServerFigures.value("process_cpu", in: text) == nil)
    }
}
