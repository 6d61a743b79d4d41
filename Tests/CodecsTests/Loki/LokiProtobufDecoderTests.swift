import Codecs
import Testing

@Suite struct LokiProtobufDecoderTests {
    private static func stream(_ labels: String, _ entries: [[UInt8]]) -> [UInt8] {
        var stream = ProtobufWriter()
        stream.field(1, labels.utf8)
        for entry in entries { stream.field(2, entry) }
        stream.integer(3, 77)
        var request = ProtobufWriter()
        request.field(1, stream.bytes)
        return request.bytes
    }

    private static func entry(
        _ seconds: Int64, _ nanoseconds: Int64, _ line: [UInt8], _ metadata: [(String, String)] = []
    ) -> [UInt8] {
        var time = ProtobufWriter()
        if seconds != 0 { time.integer(1, UInt64(bitPattern: seconds)) }
        if nanoseconds != 0 { time.integer(2, UInt64(bitPattern: nanoseconds)) }
        var entry = ProtobufWriter()
        entry.field(1, time.bytes)
        entry.field(2, line)
        for (name, value) in metadata {
            var pair = ProtobufWriter()
            pair.field(1, name.utf8)
            pair.field(2, value.utf8)
            entry.field(3, pair.bytes)
        }
        return entry.bytes
    }

    @Test func aRequestIsReadInPlace() throws {
        let body =
            Self.stream(
                #"{foo="bar", service_name="s"}"#,
                [
                    Self.entry(1_700_000_000, 5, Array("line".utf8), [("a", "b"), ("", "")]),
                    Self.entry(-1, 999_999_999, [0x61, 0xFF]), Self.entry(250_000_000_000, 0, []),
                ]) + Self.stream("{x='y',}", [Self.entry(1, 0, [])])
        let read = try ReadPush(body, .protobuf)
        #expect(
            read.streams == [
                ReadPush.Stream(
                    labels: ["foo": "bar", "service.name": "s"],
                    entries: [
                        ReadPush.Entry(
                            time: 1_700_000_000_000_000_005, line: "line", metadata: [["a", "b"], ["", ""]]),
                        ReadPush.Entry(time: 1, line: "a\u{FFFD}"),
                        ReadPush.Entry(time: UInt64(Int64.max), line: ""),
                    ]),
                ReadPush.Stream(
                    labels: ["x": "y", "service.name": "unknown_service"],
                    entries: [ReadPush.Entry(time: 1_000_000_000, line: "")]),
            ])
    }

    @Test(arguments: [
        "", "{", "{a}", "{a=b}", "{a=\"b\"", "{a=\"b\"}x", "{a!=\"b\"}", "{a=\"\\q\"}", "{a=\"b\" c=\"d\"}",
    ])
    func labelsThatCannotBeReadRefuseTheRequest(labels: String) {
        let good = Self.stream("{a=\"b\"}", [Self.entry(1, 0, [])])
        #expect(
            refusal(good + Self.stream(labels, [Self.entry(1, 0, [])]), .protobuf).hasPrefix(
                "couldn't parse labels: 1:"))
    }

    @Test func aNameTwiceLeavesTheStreamOut() throws {
        let body =
            Self.stream("{a=\"b\", a=\"c\"}", [Self.entry(1, 0, [])]) + Self.stream("{}", [Self.entry(1, 0, [])])
            + Self.stream("{a=\"b\"}", [Self.entry(1, 0, [])])
        let read = try ReadPush(body, .protobuf)
        #expect(read.push.entryCount == 1)
        #expect(
            read.push.rejections.message
                == #"1 errors like: stream '{a="b", a="c"}' has duplicate label name: 'a'; "#
                + "1 errors like: error at least one label pair is required per stream")
    }

    @Test func timesOutsideTheirRangeAreRefused() {
        #expect(!refusal(Self.stream("{a=\"b\"}", [Self.entry(.max, 0, [])]), .protobuf).isEmpty)
        #expect(!refusal(Self.stream("{a=\"b\"}", [Self.entry(0, -1, [])]), .protobuf).isEmpty)
        #expect(!refusal(Self.stream("{a=\"b\"}", [Self.entry(0, 1_000_000_000, [])]), .protobuf).isEmpty)
    }

    /// Method: bytes of a request are changed and cut at every place; nothing traps, and what is taken is valid OTLP.
    @Test func damagedBodiesNeverTrap() {
        let body = Self.stream("{a=\"b\"}", [Self.entry(1, 2, Array("x".utf8), [("k", "v")])])
        for index in body.indices {
            _ = refusal(Array(body[..<index]), .protobuf)
            for bit in 0..<8 {
                var damaged = body
                damaged[index] ^= 1 << bit
                let text = refusal(damaged, .protobuf)
                #expect(!text.contains("BinaryDecodingError"))
            }
        }
    }
}
