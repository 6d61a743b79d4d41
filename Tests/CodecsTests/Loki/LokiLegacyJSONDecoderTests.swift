import Codecs
import Testing

@Suite struct LokiLegacyJSONDecoderTests {
    @Test func labelsAreTextAndTimesAreRFC3339() throws {
        let read = try ReadPush(
            #"{"streams":[{"labels":"{app=\"a\", b='c'}","entries":[{"ts":"2018-12-18T08:28:06.801064-04:00","line":"baz"},"#
                + #"{"line":"x","ts":"1970-01-01T00:00:01Z","structuredMetadata":{"k":"v"}}]}]}"#, .legacyJSON)
        #expect(
            read.streams == [
                ReadPush.Stream(
                    labels: ["app": "a", "b": "c", "service.name": "a"],
                    entries: [
                        ReadPush.Entry(time: 1_545_136_086_801_064_000, line: "baz"),
                        ReadPush.Entry(time: 1_000_000_000, line: "x", metadata: [["k", "v"]]),
                    ])
            ])
    }

    @Test(arguments: [
        #"{"streams":[{"labels":"{app=}","entries":[]}]}"#,
        #"{"streams":[{"labels":"{a=\"b\"}","entries":[{"ts":"1","line":"x"}]}]}"#,
        #"{"streams":[{"labels":"{a=\"b\"}","entries":[{"ts":"2018-12-18T08:28:06Z"}]}]}"#,
        #"{"streams":[{"labels":{},"entries":[]}]}"#,
    ])
    func whatIsMalformedIsRefused(body: String) {
        #expect(!refusal(body, .legacyJSON).isEmpty)
    }
}
