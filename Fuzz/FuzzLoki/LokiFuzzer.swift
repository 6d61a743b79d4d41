import Codecs
import FuzzSupport
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// Reads a body as each of Loki's formats: what is kept is OTLP that the generated messages read, with as many records
/// as were counted, of streams that have a service, and no larger than its body allows. What stands behind deflate is
/// unpacked within its bound.
struct LokiFuzzer {
    private static let outputMax = 1 << 20

    func seeds() -> [[UInt8]] {
        var entry = ProtobufWriter()
        entry.field(1, [8, 1, 16, 2] as [UInt8])
        entry.field(2, "line".utf8)
        entry.field(3, [10, 1, 97, 18, 1, 98] as [UInt8])
        var stream = ProtobufWriter()
        stream.field(1, #"{a="b", c='\x41\u00e9', d=`e`,}"#.utf8)
        stream.field(2, entry.bytes)
        stream.integer(3, 7)
        var request = ProtobufWriter()
        request.field(1, stream.bytes)
        request.field(2, "loki".utf8)
        let json = [
            "{}", #"{"streams":[]}"#,
            #"{"streams":[{"stream":{"app":"a","service_name":"b"},"values":[["1","x"],["-2","\u00e9\n",{"k":"v"}]]}]}"#,
            #"{"streams":[{"values":[["1","x"]],"stream":{"my-label":""}},{"stream":null,"values":null}]}"#,
            #"{"streams":[{"labels":"{a=\"b\"}","entries":[{"ts":"2018-12-18T08:28:06.8-04:00","line":"x"}]}]}"#,
        ]
        return json.map { Array($0.utf8) } + [request.bytes]
    }

    func test(_ input: UnsafeBufferPointer<UInt8>) {
        for format in [LokiPush.Format.json, .legacyJSON, .protobuf] {
            let time = Timestamp(nanoseconds: 1)
            guard let push = try? LokiPush.decode(input, format, receivedTime: time) else { continue }
            check(push, bodyBytes: input.count)
        }
        var reserved = 0
        if let output = try? Inflate.decompress(Array(input), bytesMax: Self.outputMax, reserved: &reserved) {
            if output.count > Self.outputMax { LibFuzzer.fail("more was unpacked than allowed") }
        }
        if reserved > Self.outputMax { LibFuzzer.fail("more was reserved than allowed") }
    }

    private func check(_ push: LokiPush, bodyBytes: Int) {
        guard let request = try? OTLPLogsRequest(serializedBytes: push.request) else {
            LibFuzzer.fail("what was kept is not OTLP")
        }
        // A record without anything takes 26 bytes, and two in protobuf; a mended byte three.
        if push.request.count > 200 * (bodyBytes + 1) { LibFuzzer.fail("a body grows without measure") }
        var records = 0
        for logs in request.resourceLogs {
            records += logs.scopeLogs.reduce(0) { $0 + $1.logRecords.count }
            let names = logs.resource.attributes.map(\.key)
            if Set(names).count != names.count { LibFuzzer.fail("a label stands there twice") }
            if names.first != "service.name" { LibFuzzer.fail("a stream has no service") }
            if logs.resource.attributes.contains(where: \.value.stringValue.isEmpty) {
                LibFuzzer.fail("a label is empty")
            }
            for record in logs.scopeLogs.flatMap(\.logRecords) where record.timeUnixNano == 0 {
                LibFuzzer.fail("a record has no time")
            }
        }
        if records != push.entryCount { LibFuzzer.fail("\(push.entryCount) entries become \(records)") }
        if !push.rejections.isEmpty, push.rejections.message.isEmpty { LibFuzzer.fail("a rejection says nothing") }
    }
}
