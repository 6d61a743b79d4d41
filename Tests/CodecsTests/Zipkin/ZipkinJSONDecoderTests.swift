import Codecs
import TelemetryModel
import Testing

@Suite("Zipkin v2 JSON") struct ZipkinJSONDecoderTests {
    private func one(_ members: String) throws -> ZipkinSpan {
        try #require(try ZipkinJSONDecoder.decode(zipkinList(members)).first)
    }

    @Test("every field is read")
    func everyField() throws {
        let span = try one(
            """
            "parentId":"6b221d5bc9e6496c","kind":"SERVER","name":"get /API","timestamp":1556604172355737,
            "duration":1431,"localEndpoint":{"serviceName":"Backend","ipv4":"192.168.99.1","ipv6":"::1","port":3306},
            "remoteEndpoint":{"serviceName":"db","ipv6":"2001:db8::c001","port":58648},
            "annotations":[{"timestamp":1556604172355800,"value":"Foo"},{"value":"","timestamp":1}],
            "tags":{"http.method":"GET","":"empty"},"debug":true,"shared":false
            """)
        var expected = ZipkinSpan(
            traceID: TraceID(high: 0, low: 0x5af7_183f_b1d4_cf5f), id: SpanID(value: 0x352b_ff9a_74ca_9ad2))
        expected.parentID = SpanID(value: 0x6b22_1d5b_c9e6_496c)
        expected.kind = .server
        expected.name = "get /API"
        expected.timestamp = 1_556_604_172_355_737
        expected.duration = 1431
        expected.localEndpoint = .init(serviceName: "Backend", ipv4: "192.168.99.1", ipv6: "::1", port: 3306)
        expected.remoteEndpoint = .init(serviceName: "db", ipv6: "2001:db8::c001", port: 58648)
        expected.annotations = [
            .init(timestamp: 1_556_604_172_355_800, value: "Foo"), .init(timestamp: 1, value: ""),
        ]
        expected.tags = [.init(key: "http.method", value: "GET"), .init(key: "", value: "empty")]
        expected.debug = true
        expected.shared = false
        #expect(span == expected)
    }

    @Test("ids alone are a span")
    func minimal() throws {
        let span = try one("")
        #expect(span == ZipkinSpan(traceID: span.traceID, id: span.id))
        #expect(try ZipkinJSONDecoder.decode("[]".bytes).isEmpty)
        #expect(try ZipkinJSONDecoder.decode(" [ ] ".bytes).isEmpty)
    }

    @Test(
        "a trace id has up to 32 digits, and one of 128 bits whose first half is zero is one of 64",
        arguments: [
            ("1", 0, 1), ("00000000000000000000000000000001", 0, 1), ("ffffffffffffffff", 0, UInt64.max),
            ("1ffffffffffffffff", 1, UInt64.max),
            ("4e441824ec2b6a44ffdc9bb9a6453df3", 0x4e44_1824_ec2b_6a44, 0xffdc_9bb9_a645_3df3),
        ] as [(String, UInt64, UInt64)])
    func traceIDs(text: String, high: UInt64, low: UInt64) throws {
        let spans = try ZipkinJSONDecoder.decode("[{\"traceId\":\"\(text)\",\"id\":\"a\"}]".bytes)
        #expect(spans.first?.traceID == TraceID(high: high, low: low))
        #expect(spans.first?.id == SpanID(value: 10))
    }

    @Test(
        "a parent of zeros, or the span itself, is none", arguments: ["0000000000000000", "0", "352bff9a74ca9ad2"])
    func noParent(parent: String) throws {
        #expect(try one("\"parentId\":\"\(parent)\"").parentID.isZero)
    }

    @Test("null stands for an absent optional field")
    func null() throws {
        let span = try one(
            """
            "parentId":null,"kind":null,"name":null,"timestamp":null,"duration":null,"localEndpoint":null,
            "remoteEndpoint":{"serviceName":null,"ipv4":null,"ipv6":null,"port":null},"annotations":null,"tags":null,
            "debug":null,"shared":null
            """)
        #expect(span == ZipkinSpan(traceID: span.traceID, id: span.id))
    }

    @Test("unknown fields are skipped, the last of a repeated one counts, and so does the last tag of a name")
    func unknownAndRepeated() throws {
        let span = try one(
            """
            "what":{"a":[1,{"b":null}]},"name":"a","name":"b","tags":{"x":"1","y":"2","x":"3"},
            "localEndpoint":{"zone":1}
            """)
        #expect(span.name == "b")
        #expect(span.tags == [.init(key: "x", value: "3"), .init(key: "y", value: "2")])
        #expect(span.localEndpoint.isEmpty)
    }

    @Test("numbers may be strings, strings may be numbers, and what is negative or zero is absent")
    func numbers() throws {
        let span = try one(
            """
            "timestamp":"1556604172355737","duration":-5,"name":7,"tags":{"a":1.50,"b":-0},
            "remoteEndpoint":{"port":-1}
            """)
        #expect(span.timestamp == 1_556_604_172_355_737)
        #expect(span.duration == 0)
        #expect(span.name == "7")
        #expect(span.tags.map(\.value) == ["1.50", "-0"])
        #expect(span.remoteEndpoint.isEmpty)
        #expect(try one("\"timestamp\":1e3,\"duration\":5.0").duration == 5)
        #expect(try one("\"timestamp\":0").timestamp == 0)
    }

    @Test("an address is of the family that its text is of")
    func addresses() throws {
        let span = try one("\"localEndpoint\":{\"ipv4\":\"::1\"},\"remoteEndpoint\":{\"ipv6\":\"1.2.3.4\"}")
        #expect(span.localEndpoint == .init(ipv6: "::1"))
        #expect(span.remoteEndpoint == .init(ipv4: "1.2.3.4"))
    }

    @Test(
        "a malformed span is refused by its index and field",
        arguments: [
            ("\"traceId\":\"xyz\"", "spans[0].traceId"), ("\"traceId\":\"\"", "spans[0].traceId"),
            ("\"traceId\":\"0000000000000000\"", "spans[0].traceId"),
            ("\"traceId\":\"000000000000000000000000000000000\"", "spans[0].traceId"),
            ("\"traceId\":\"5AF7183FB1D4CF5F\"", "spans[0].traceId"), ("\"traceId\":null", "spans[0].traceId"),
            ("\"traceId\":5", "spans[0].traceId"), ("\"id\":\"0x1\"", "spans[0].id"), ("\"id\":\"\"", "spans[0].id"),
            ("\"id\":\"00000000000000001\"", "spans[0].id"), ("\"id\":\"0000000000000000\"", "spans[0].id"),
            ("\"id\":null", "spans[0].id"), ("\"id\":{}", "spans[0].id"), ("\"parentId\":\"\"", "spans[0].parentId"),
            ("\"parentId\":\"g\"", "spans[0].parentId"), ("\"parentId\":1", "spans[0].parentId"),
            ("\"kind\":\"server\"", "spans[0].kind"), ("\"kind\":\"INTERNAL\"", "spans[0].kind"),
            ("\"kind\":1", "spans[0].kind"), ("\"name\":{}", "spans[0].name"), ("\"name\":true", "spans[0].name"),
            ("\"timestamp\":1.5", "spans[0].timestamp"), ("\"timestamp\":\"soon\"", "spans[0].timestamp"),
            ("\"timestamp\":9223372036854776", "spans[0].timestamp"),
            ("\"timestamp\":99999999999999999999", "spans[0].timestamp"),
            ("\"timestamp\":9223372036854775,\"duration\":1", "spans[0].timestamp"),
            ("\"timestamp\":[]", "spans[0].timestamp"), ("\"duration\":true", "spans[0].duration"),
            ("\"duration\":0.5", "spans[0].duration"), ("\"duration\":1e300", "spans[0].duration"),
            ("\"localEndpoint\":\"a\"", "spans[0].localEndpoint"),
            ("\"localEndpoint\":{\"serviceName\":[]}", "spans[0].localEndpoint.serviceName"),
            ("\"localEndpoint\":{\"port\":65536}", "spans[0].localEndpoint.port"),
            ("\"remoteEndpoint\":{\"port\":\"x\"}", "spans[0].remoteEndpoint.port"),
            ("\"remoteEndpoint\":{\"ipv4\":{}}", "spans[0].remoteEndpoint.ipv4"),
            ("\"annotations\":{}", "spans[0].annotations"), ("\"annotations\":[1]", "spans[0].annotations[0]"),
            ("\"annotations\":[{\"timestamp\":1,\"value\":\"a\"},{\"timestamp\":1}]", "spans[0].annotations[1].value"),
            ("\"annotations\":[{\"value\":\"a\"}]", "spans[0].annotations[0].timestamp"),
            ("\"annotations\":[{\"value\":\"a\",\"timestamp\":0}]", "spans[0].annotations[0].timestamp"),
            ("\"annotations\":[{\"timestamp\":1,\"value\":null}]", "spans[0].annotations[0].value"),
            ("\"annotations\":[{\"timestamp\":1,\"value\":\"a\",\"endpoint\":{}}]", "spans[0].annotations[0].endpoint"),
            ("\"tags\":[]", "spans[0].tags"), ("\"tags\":{\"a\":null}", "spans[0].tags.a"),
            ("\"tags\":{\"a\":true}", "spans[0].tags.a"), ("\"tags\":{\"a\":{}}", "spans[0].tags.a"),
            ("\"debug\":1", "spans[0].debug"), ("\"shared\":\"true\"", "spans[0].shared"),
            ("\"binaryAnnotations\":[]", "spans[0].binaryAnnotations"),
        ])
    func malformed(members: String, path: String) {
        let error = #expect(throws: DecodeError.self) { try ZipkinJSONDecoder.decode(zipkinList(members)) }
        #expect(error?.path == path)
        #expect(error?.code == .malformed)
    }

    @Test("the index is that of the broken span")
    func index() {
        let body = "[\(zipkinSpan()),\(zipkinSpan()),{\"traceId\":\"1\"}]"
        let error = #expect(throws: DecodeError.self) { try ZipkinJSONDecoder.decode(body.bytes) }
        #expect(error?.message == "a required field is absent or zero at spans[2].id, byte 111")
    }

    @Test(
        "what is no list of objects is refused",
        arguments: [
            "", " ", "{}", "null", "1", "\"a\"", "{not json", "[", "[1]", "[null]", "[[]]", "[{}", "[{}]", "[{},]",
            "[]x", "\u{FEFF}[]",
        ])
    func notAList(text: String) {
        #expect(throws: DecodeError.self) { try ZipkinJSONDecoder.decode(text.bytes) }
    }

    @Test("what is nested too deep is refused")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        let error = #expect(throws: DecodeError.self) { try ZipkinJSONDecoder.decode(zipkinList("\"x\":\(deep)")) }
        #expect(error?.code == .tooDeep)
    }

    @Test("any part of a body, and any changed byte, is read or refused")
    func mutations() throws {
        let body = zipkinList(
            "\"kind\":\"CLIENT\",\"tags\":{\"a\":\"b\"},\"annotations\":[{\"timestamp\":1,\"value\":\"\\u00e4\"}]")
        for end in body.indices {
            #expect(throws: DecodeError.self) { try ZipkinJSONDecoder.decode(Array(body[..<end])) }
        }
        for index in body.indices {
            for byte: UInt8 in [0, 0x22, 0x2C, 0x5B, 0x5C, 0x7B, 0x7D, 0xFF] {
                var changed = body
                changed[index] = byte
                _ = try? ZipkinJSONDecoder.decode(changed)
            }
        }
    }
}
