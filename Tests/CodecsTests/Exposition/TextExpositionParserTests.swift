import PrometheusModel
import Testing

@testable import Codecs

/// Text 0.0.4. Where the format's description is open, the verdicts are those of the lexer of Prometheus 3.5.
@Suite struct TextExpositionParserTests {
    private func samples(_ text: String) throws -> [RecordingExpositionSink.Sample] {
        try RecordingExpositionSink.read(text, .text).samples
    }

    private func labels(_ text: String) throws -> Labels? { try samples(text).first?.labels }

    private func reason(_ text: String) -> String? {
        do throws(ExpositionError) {
            _ = try RecordingExpositionSink.read(text, .text)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func aPageGivesMetadataAndSamples() throws {
        let page = """
            # HELP http_requests_total The total number\\nof \\\\requests "\\"".
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000

            # A comment
            #another
            # TYPE up untyped
            up 1
            """
        let sink = try RecordingExpositionSink.read(page, .text)
        #expect(sink.helps == ["http_requests_total": "The total number\nof \\requests \"\\\"\"."])
        #expect(sink.types == ["http_requests_total": .counter, "up": .unknown])
        #expect(
            sink.samples == [
                .init(
                    labels: ["__name__": "http_requests_total", "method": "post", "code": "200"], value: 1027,
                    time: 1_395_066_363_000),
                .init(
                    labels: ["__name__": "http_requests_total", "method": "post", "code": "400"], value: 3,
                    time: 1_395_066_363_000),
                .init(labels: ["__name__": "up"], value: 1, time: nil),
            ])
        #expect(sink.keys.first == Array(#"http_requests_total{method="post",code="200"}"#.utf8))
    }

    @Test(arguments: [
        (#"a{b="x\\y\"z\nw\q"} 1"#, "x\\y\"z\nw\\q"),
        ("a{b=\"ü€😀\"} 1", "ü€😀"),
        ("a{b=\"two\nlines\"} 1", "two\nlines"),
        ("a { b = \"c\" , } 1", "c"),
        ("a\t{b=\"c\" d=\"e\"}1", "c"),
        ("a{b=\"x\0y\"} 1", "x\0y"),
        (#"{"a",b="c"} 1"#, "c"),
        (#"{b="c","a"} 1"#, "c"),
        (#"a{"b"="c"} 1"#, "c"),
    ])
    func labelValuesAreReadWithTheirEscapes(page: String, value: String) throws {
        let labels = try #require(try labels(page))
        #expect(labels["b"] == value)
        #expect(labels.metricName == "a")
    }

    @Test func namesInQuotesMayBeAnyText() throws {
        let found = try labels(#"{"my.metric \"x\"", "a.b"="c", d="e"} 1"#)
        #expect(found == ["__name__": "my.metric \"x\"", "a.b": "c", "d": "e"])
        let sink = try RecordingExpositionSink.read("# TYPE \"my.metric\" gauge\n# HELP \"my.metric\" x\n", .text)
        #expect(sink.types == ["my.metric": .gauge])
        #expect(sink.helps == ["my.metric": "x"])
    }

    @Test func anEmptyLabelIsNoLabel() throws {
        #expect(try labels(#"a{b="",c="d"} 1"#) == ["__name__": "a", "c": "d"])
        #expect(try labels("a{} 1") == ["__name__": "a"])
    }

    @Test func boundsOfBucketsAndQuantilesHaveOneSpelling() throws {
        #expect(try labels("# TYPE a histogram\na_bucket{le=\"1\"} 1")?["le"] == "1.0")
        #expect(try labels("# TYPE a histogram\na_bucket{le=\"1000000\"} 1")?["le"] == "1e+06")
        #expect(try labels("# TYPE a histogram\na_bucket{le=\"+Inf\"} 1")?["le"] == "+Inf")
        #expect(try labels("# TYPE a histogram\na_bucket{le=\"bla\"} 1")?["le"] == "bla")
        #expect(try labels("# TYPE a summary\na{quantile=\".50\"} 1")?["quantile"] == "0.5")
        #expect(try labels("# TYPE a gauge\na{le=\"1\"} 1")?["le"] == "1")
    }

    @Test(arguments: [
        "a 1", "a 1\n", "a 1 2\n", "a 1 \n", "\ta 1", "a+1", "a{b=\"c\"}1", "a NaN", "a -inf", "# HELP", "# TYPE", "#",
        "# HELP a", "# HELP a \n", "# EOF\na 1", "# UNIT a b", "\n\n", " \t\n", "a 1\n\0 garbage", "#\0garbage",
        "# HELP a one\n# HELP a two", "# TYPE a counter\n# TYPE a gauge", ":a:b 1", "a 1 0000001",
    ])
    func accepts(page: String) { #expect(reason(page) == nil) }

    @Test(arguments: [
        "a", "a \n", "a b", "a 1 -2", "a 1 2 3", "a 1 2.5", "a 1 99999999999999999999", "a 0x1p3", "a 1_000", "a 1e999",
        "1a 1", "{} 1", "{b=\"c\"} 1", "a{b} 1", "{a} 1", "a{b=c} 1", "a{b=\"c} 1", "a{b=\"c\" 1", "a{,b=\"c\"} 1",
        "a{b=\"c\",,d=\"e\"} 1", "a{1b=\"c\"} 1", "a{b:c=\"d\"} 1", "a{b=\"c\",b=\"d\"} 1", "a{__name__=\"b\"} 1",
        #"a{"b"} 1"#, #"{"a","b"} 1"#, #"{""} 1"#, #"a{""="b"} 1"#, "# HELP \n", "# TYPE a", "# TYPE a bla",
        "# TYPE a  counter", "# TYPE a counter ", "# TYPE a-b counter", "# HELP 1a b", "a 1{", "a{b=\"c\\\nd\"} 1",
        "a 1\0", "a{b=\"c\"", "a{", "# TYPE \"a counter",
    ])
    func refuses(page: String) { #expect(reason(page) != nil) }

    @Test func whatIsNotUTF8IsRefused() {
        let pages: [[UInt8]] = [
            Array("a{b=\"".utf8) + [0xFF] + Array("\"} 1".utf8), Array("# HELP a ".utf8) + [0xC3, 0x28],
            Array("{\"".utf8) + [0xFF] + Array("\"} 1".utf8), Array("a{\"".utf8) + [0xFF] + Array("\"=\"b\"} 1".utf8),
        ]
        for page in pages {
            #expect(throws: ExpositionError.self) { _ = try RecordingExpositionSink.read(page, .text) }
        }
    }

    @Test func errorsNameTheLine() {
        #expect(reason("a 1\nb 2\n\nc d\ne 3") == "line 4: value is no number")
        #expect(reason("x") == "line 1: expected value after metric")
        #expect(reason("a 1\na{b=\"c\",b=\"d\"} 1") == "line 2: label stands twice")
    }

    @Test func noOtherNaNGetsIn() throws {
        #expect(try samples("a NaN").first?.value.bitPattern == 0x7FF8_0000_0000_0001)
    }
}
