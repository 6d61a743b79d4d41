import Codecs
import OTLPMessages
import Testing

@Suite struct LokiJSONDecoderTests {
    @Test func labelsBecomeTheResourceAndMetadataTheAttributes() throws {
        let read = try ReadPush(
            #"{"streams":[{"stream":{"level":"info","app":"api"},"values":[["1700000000000000001","a \"b\" é \ud83d\ude00"],"#
                + #"["2","",{"trace_id":"0af7","k":"v\n"}]]}]}"#)
        #expect(
            read.streams == [
                ReadPush.Stream(
                    labels: ["app": "api", "level": "info", "service.name": "api"],
                    entries: [
                        ReadPush.Entry(time: 1_700_000_000_000_000_001, line: "a \"b\" é 😀"),
                        ReadPush.Entry(time: 2, line: "", metadata: [["trace_id", "0af7"], ["k", "v\n"]]),
                    ])
            ])
        let logs = read.message.resourceLogs[0]
        #expect(logs.schemaURL == "urn:martlet:log-stream:pushed:unnamed")
        #expect(logs.scopeLogs[0].scope.name == "martlet.loki")
        #expect(logs.scopeLogs[0].logRecords[0].observedTimeUnixNano == 1_700_000_000_000_000_000)
        #expect(read.push.entryCount == 2)
        #expect(read.push.rejections.isEmpty)
    }

    @Test(
        arguments: [
            (["service_name": "a", "app": "b"], ["service.name": "a", "app": "b"]),
            (["job": "j"], ["service.name": "j", "job": "j"]),
            (["job": "j", "container": "c"], ["service.name": "c", "job": "j", "container": "c"]),
            (["x": "y", "app": ""], ["service.name": "unknown_service", "x": "y"]),
        ] as [([String: String], [String: String])])
    func theServiceIsNamedByLokisRule(labels: [String: String], attributes: [String: String]) throws {
        let text = labels.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        #expect(
            try ReadPush("{\"streams\":[{\"stream\":{\(text)},\"values\":[[\"1\",\"x\"]]}]}").streams[0].labels
                == attributes)
    }

    @Test func valuesMayStandBeforeTheLabelsAndUnknownMembersAreSkipped() throws {
        let read = try ReadPush(
            #" {"x":[1],"streams":[{"values":[["-5","x",{},7]],"y":null,"stream":{"a":"b"}},{"stream":{"a":"c"},"values":[]}]} "#
        )
        #expect(read.streams.map(\.entries) == [[ReadPush.Entry(time: 1, line: "x")]])
        #expect(read.push.streamCount == 2)
    }

    @Test(arguments: ["{}", #"{"streams":[]}"#, #"{"streams":null}"#])
    func aRequestWithoutStreamsHasNone(body: String) throws {
        #expect(try ReadPush(body).push.streamCount == 0)
    }

    @Test func aNameTwiceHasItsLastValue() throws {
        let read = try ReadPush(#"{"streams":[{"stream":{"app":"a","app":"b"},"values":[["1","x"]]}]}"#)
        #expect(read.streams[0].labels["app"] == "b")
    }

    @Test func bytesThatAreNotUTF8AreMended() throws {
        let body =
            Array(#"{"streams":[{"stream":{"a":"b"},"values":[["1","x"#.utf8) + [0xFF, 0xC3] + Array(#"y"]]}]}"#.utf8)
        #expect(try ReadPush(body, .json).streams[0].entries[0].line == "x\u{FFFD}\u{FFFD}y")
    }

    @Test(
        arguments: [
            (#"[["1","x"]"#, "expected ',' or ']'"),
            (#"[[1700000000000000000,"x"]]"#, "Value is string, but can't find closing '\"' symbol"),
            (#"[[1.5,"x"]]"#, "Value is string, but can't find closing '\"' symbol"),
            (#"[["1.5","x"]]"#, "Value looks like Number/Boolean/None"),
            (#"[["","x"]]"#, "Value looks like Number/Boolean/None"),
            (#"[["9223372036854775808","x"]]"#, "Value looks like Number/Boolean/None"),
            (#"[["1",2]]"#, "Value is string, but can't find closing '\"' symbol"),
            (#"[["1"]]"#, "an entry is a list of time and line"),
            (#"[[]]"#, "an entry is a list of time and line"),
            (#"[["1","x","y"]]"#, "Value looks like object"),
            (#"[["1","x",{"a":1}]]"#, "Value is string"),
            (#"{}"#, "expected a list"),
            (#"[{"ts":"1"}]"#, "expected a list"),
        ])
    func aMalformedEntryRefusesTheRequest(values: String, reason: String) {
        let text = refusal(
            #"{"streams":[{"stream":{"a":"b"},"values":[["1","x"]]},{"stream":{"a":"b"},"values":"# + values + "}]}")
        #expect(text.contains(reason))
        #expect(text.contains("streams[1]"))
    }

    @Test(
        arguments: [
            (#"{"my-label":"x"}"#, "1:4: parse error: unexpected character inside braces: '-'"),
            (#"{"1a":"x"}"#, "1:2: parse error: unexpected character inside braces: '1'"),
            (#"{"a.b":"x"}"#, "1:3: parse error: unexpected character inside braces: '.'"),
            (#"{"é":"x"}"#, "1:2: parse error: unexpected character inside braces: 'é'"),
            (#"{"":"x"}"#, "1:2: parse error: unexpected \"=\" in label set"),
            (#"{"a=\"b\",c":"x"}"#, "invalid label name"),
        ])
    func aNameThatIsNoneRefusesTheRequest(labels: String, reason: String) {
        let text = refusal(#"{"streams":[{"stream":"# + labels + #","values":[["1","x"]]}]}"#)
        #expect(text.hasPrefix("couldn't parse labels: "))
        #expect(text.contains(reason))
    }

    @Test func streamsThatAreNotValidAreLeftOutAndTold() throws {
        let many = (0...100).map { "\"l\($0)\":\"x\"" }.joined(separator: ",")
        let read = try ReadPush(
            "{\"streams\":[{\"stream\":{},\"values\":[[\"1\",\"x\"]]},{\"stream\":{\"a\":\"\"},\"values\":[[\"1\",\"x\"]]},"
                + "{\"stream\":{\"a\":\"b\"},\"values\":[[\"1\",\"kept\"]]},{\"stream\":{\(many)},\"values\":[[\"1\",\"x\"]]}]}"
        )
        #expect(read.streams.map(\.labels) == [["a": "b", "service.name": "unknown_service"]])
        let message = read.push.rejections.message
        #expect(
            message.hasPrefix(
                "2 errors like: error at least one label pair is required per stream; 1 errors like: entry"))
        #expect(message.hasSuffix("has 101 label names; limit 100"))
        #expect(read.push.streamCount == 4)
        #expect(read.push.entryCount == 1)
    }

    @Test func aLineOverTheLimitIsRefusedAlone() throws {
        let line = String(repeating: "x", count: LokiLimits.lineBytes + 1)
        let read = try ReadPush(
            "{\"streams\":[{\"stream\":{\"a\":\"b\\\"\"},\"values\":[[\"1\",\"\(line)\",{\"k\":\"v\"}],[\"2\",\"kept\"]]}]}"
        )
        #expect(read.streams[0].entries == [ReadPush.Entry(time: 2, line: "kept")])
        #expect(
            read.push.rejections.message
                == #"Max entry size '16777216' bytes exceeded for stream '{a="b\""}' while adding an entry with length "#
                + "'16777217' bytes")
    }

    /// Method: every body that is cut off is refused, and none traps.
    @Test func aCutBodyIsRefused() {
        let body = Array(#"{"streams":[{"stream":{"a":"b"},"values":[["1","x",{"k":"\u00e9"}]]}]}"#.utf8)
        for count in 0..<body.count {
            #expect(!refusal(Array(body[..<count]), .json).isEmpty)
        }
    }
}
