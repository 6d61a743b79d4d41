import Codecs
import TelemetryModel
import Testing

/// Messages are written by field numbers of zipkin.proto.
@Suite("Zipkin protobuf") struct ZipkinProtobufDecoderTests {
    private func message(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        write(&writer)
        return writer.bytes
    }

    private func list(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] { message { $0.field(1, message(write)) } }

    private func ids(_ writer: inout ProtobufWriter) {
        writer.field(1, [0x5a, 0xf7, 0x18, 0x3f, 0xb1, 0xd4, 0xcf, 0x5f])
        writer.field(3, [0x35, 0x2b, 0xff, 0x9a, 0x74, 0xca, 0x9a, 0xd2])
    }

    @Test("every field means what it means in JSON")
    func everyField() throws {
        let body = list { writer in
            ids(&writer)
            writer.field(2, [0, 0, 0, 0, 0, 0, 0, 9])
            writer.integer(4, 2)
            writer.field(5, "get /api".utf8)
            writer.fixed64(6, 1_556_604_172_355_737)
            writer.integer(7, 1431)
            writer.field(
                8,
                message {
                    $0.field(1, "backend".utf8)
                    $0.field(2, [192, 168, 99, 1])
                    $0.integer(4, 3306)
                })
            writer.field(
                9,
                message {
                    $0.field(1, "db".utf8)
                    $0.field(3, [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 10) + [0xc0, 0x01])
                })
            for value in ["foo", "bar"] {
                writer.field(
                    10,
                    message {
                        $0.fixed64(1, 1_556_604_172_355_800)
                        $0.field(2, value.utf8)
                    })
            }
            for (key, value) in [("a", "1"), ("b", "2"), ("a", "3")] {
                writer.field(
                    11,
                    message {
                        $0.field(1, key.utf8)
                        $0.field(2, value.utf8)
                    })
            }
            writer.integer(12, 1)
            writer.integer(13, 1)
            writer.field(99, "unknown".utf8)
        }
        let json = """
            "parentId":"9","kind":"SERVER","name":"get /api","timestamp":1556604172355737,"duration":1431,
            "localEndpoint":{"serviceName":"backend","ipv4":"192.168.99.1","port":3306},
            "remoteEndpoint":{"serviceName":"db","ipv6":"2001:db8::c001"},
            "annotations":[{"timestamp":1556604172355800,"value":"foo"},{"timestamp":1556604172355800,"value":"bar"}],
            "tags":{"a":"3","b":"2"},"debug":true,"shared":true
            """
        #expect(try ZipkinProtobufDecoder.decode(body) == ZipkinJSONDecoder.decode(zipkinList(json)))
    }

    @Test("ids of 16 bytes are read, and flags of zero are absent")
    func longTraceID() throws {
        let spans = try ZipkinProtobufDecoder.decode(
            list { writer in
                ids(&writer)
                writer.field(1, [UInt8](1...16))
                writer.integer(12, 0)
            })
        #expect(spans.first?.traceID == TraceID(bytes: [UInt8](1...16)))
        #expect(spans.first?.debug == nil)
    }

    @Test("lists in a row are one list")
    func concatenation() throws {
        let one = list { ids(&$0) }
        #expect(try ZipkinProtobufDecoder.decode(one + one + one).count == 3)
    }

    @Test("addresses of another length are left out")
    func oddAddresses() throws {
        let spans = try ZipkinProtobufDecoder.decode(
            list { writer in
                ids(&writer)
                writer.field(
                    8,
                    message {
                        $0.field(2, [1, 2, 3])
                        $0.field(3, [1, 2, 3, 4])
                    })
            })
        #expect(spans.first?.localEndpoint.isEmpty == true)
    }

    @Test("what is missing or malformed is refused by index and field")
    func malformed() {
        let cases: [(path: String, write: (inout ProtobufWriter) -> Void)] = [
            ("spans[1].trace_id", { $0.field(3, [1, 2, 3, 4, 5, 6, 7, 8]) }),
            ("spans[1].id", { $0.field(1, [1, 2, 3, 4, 5, 6, 7, 8]) }),
            ("spans[1].trace_id", { $0.field(1, [1, 2, 3]) }), ("spans[1].id", { $0.field(3, [1]) }),
            (
                "spans[1].parent_id",
                {
                    ids(&$0)
                    $0.field(2, [1])
                }
            ),
            (
                "spans[1].kind",
                {
                    ids(&$0)
                    $0.integer(4, 5)
                }
            ),
            (
                "spans[1].timestamp",
                {
                    ids(&$0)
                    $0.fixed64(6, 1 << 62)
                }
            ),
            (
                "spans[1].local_endpoint.port",
                {
                    ids(&$0)
                    $0.field(8, [0x20, 0x80, 0x80, 0x04])
                }
            ),
            (
                "spans[1].annotations[0].timestamp",
                {
                    ids(&$0)
                    $0.field(10, [0x12, 0x01, 0x61])
                }
            ),
        ]
        for (path, write) in cases {
            let body = list { ids(&$0) } + list(write)
            let error = #expect(throws: DecodeError.self) { try ZipkinProtobufDecoder.decode(body) }
            #expect(error?.path == path)
        }
    }

    @Test("an empty body, one that is cut off and JSON are refused")
    func broken() {
        let body = list { writer in
            ids(&writer)
            writer.field(5, "name".utf8)
        }
        for end in body.indices {
            #expect(throws: DecodeError.self) { try ZipkinProtobufDecoder.decode(Array(body[..<end])) }
        }
        #expect(throws: DecodeError.self) { try ZipkinProtobufDecoder.decode("[]".bytes) }
        for index in body.indices {
            for byte in [0, 0x0B, 0x7F, 0x80, 0xFF] as [UInt8] {
                var changed = body
                changed[index] = byte
                _ = try? ZipkinProtobufDecoder.decode(changed)
            }
        }
    }
}
