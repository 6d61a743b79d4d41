import Codecs
import FuzzSupport
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// Reads a stream of syslog whole and split at a place that its first byte chooses, which must give the same messages,
/// none longer than the limit; reads each message, and the whole input as a datagram; writes the records as OTLP, which
/// the generated messages read.
struct SyslogFuzzer {
    private static let messageBytesMax = 64

    func seeds() -> [[UInt8]] {
        [
            #"<165>1 2003-10-11T22:14:15.003Z h app 7 id [a@1 b="\"c\]" b="d"][e] text"#,
            "<34>Oct 11 22:14:15 mymachine su[231]: 'su root' failed", "<14>myapp: hello\0",
            "<187>29: h: *Mar  1 18:48:50.483 UTC: %SYS-5-CONFIG_I: Configured",
            "<189>: 2024 Mar  1 18:48:50 EST: %ETHPORT-5-IF_UP: up", "Feb 29 10:00:00 2024 h a: x",
            "9 <13>hello<14>a line\n12 <13>two\nline\n<15>nul\u{0}12 monkeys\r\n", "99999999999 <1>",
        ].map { Array($0.utf8) }
    }

    func test(_ input: UnsafeBufferPointer<UInt8>) {
        let split = input.isEmpty ? 0 : Int(input[0]) * 7 % (input.count + 1)
        let whole = messages([input])
        let parts = messages([
            UnsafeBufferPointer(rebasing: input[..<split]), UnsafeBufferPointer(rebasing: input[split...]),
        ])
        if whole != parts { LibFuzzer.fail("\(whole.count) messages, and \(parts.count) when split at \(split)") }
        if whole.contains(where: { $0.count > Self.messageBytesMax }) { LibFuzzer.fail("a message is too long") }
        let records = (whole + [Array(input)]).map { message in
            message.withUnsafeBufferPointer {
                SyslogParser().parse($0, receivedTime: Timestamp(nanoseconds: 1_710_072_000_000_000_000)).record
            }
        }
        for record in records {
            if record.resource.first?.name != "service.name" { LibFuzzer.fail("a record has no service") }
            if !(0...24).contains(record.severityNumber) { LibFuzzer.fail("a severity does not exist") }
        }
        guard let request = try? OTLPLogsRequest(serializedBytes: OTLPLogsWriter.encode(records, scopeName: "fuzz"))
        else { LibFuzzer.fail("the records are not OTLP") }
        let written = request.resourceLogs.flatMap(\.scopeLogs).reduce(0) { $0 + $1.logRecords.count }
        if written != records.count { LibFuzzer.fail("\(records.count) records become \(written)") }
    }

    private func messages(_ parts: [UnsafeBufferPointer<UInt8>]) -> [[UInt8]] {
        var framer = SyslogFramer(messageBytesMax: Self.messageBytesMax)
        var messages: [[UInt8]] = []
        for part in parts { framer.take(part) { message, _ in messages.append(Array(message)) } }
        framer.finish { message, _ in messages.append(Array(message)) }
        return messages
    }
}
