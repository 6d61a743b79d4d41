import Foundation
import OTLPMessages
import Testing

@testable import Codecs

@Suite struct OTLPJSONEncoderTests {
    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    private func encode(_ value: OTLPAnyValue) -> String {
        var encoder = OTLPJSONEncoder(writer: JSONWriter())
        encoder.write(value)
        return text(encoder.writer.bytes)
    }

    @Test func spanHasCanonicalKeysInOrder() {
        var span = OTLPSpan()
        span.traceID = Data([0xAB] + [UInt8](repeating: 1, count: 15))
        span.spanID = Data([0xCD, 0, 0, 0, 0, 0, 0, 0xEF])
        span.traceState = "a=b"
        span.parentSpanID = Data([0, 0, 0, 0, 0, 0, 0, 1])
        span.flags = 1
        span.name = "op"
        span.kind = .client
        span.startTimeUnixNano = 1_544_712_660_000_000_001
        span.endTimeUnixNano = .max
        span.attributes = [OTLPKeyValue()]
        span.attributes[0].key = "k"
        span.attributes[0].value.intValue = 1
        span.droppedAttributesCount = 1
        span.events = [OTLPSpan.Event()]
        span.droppedEventsCount = 2
        span.links = [OTLPSpan.Link()]
        span.droppedLinksCount = 3
        span.status.code = .error
        span.status.message = "boom"
        var request = OTLPTraceRequest()
        request.resourceSpans = [OTLPResourceSpans()]
        request.resourceSpans[0].scopeSpans = [OTLPScopeSpans()]
        request.resourceSpans[0].scopeSpans[0].spans = [span]
        let expected =
            #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"ab010101010101010101010101010101","#
            + #""spanId":"cd000000000000ef","traceState":"a=b","parentSpanId":"0000000000000001","flags":1,"#
            + #""name":"op","kind":3,"startTimeUnixNano":"1544712660000000001","#
            + #""endTimeUnixNano":"18446744073709551615","#
            + #""attributes":[{"key":"k","value":{"intValue":"1"}}],"droppedAttributesCount":1,"events":[{}],"#
            + #""droppedEventsCount":2,"links":[{}],"droppedLinksCount":3,"status":{"message":"boom","code":2}}]}]}]}"#
        #expect(text(OTLPJSONEncoder.encode(request)) == expected)
    }

    @Test func emptyMessages() {
        #expect(text(OTLPJSONEncoder.encode(OTLPTraceRequest())) == "{}")
        #expect(text(OTLPJSONEncoder.encode(OTLPMetricsRequest())) == "{}")
        #expect(text(OTLPJSONEncoder.encode(OTLPLogsRequest())) == "{}")
        var request = OTLPTraceRequest()
        request.resourceSpans = [OTLPResourceSpans()]
        request.resourceSpans[0].resource = OTLPResource()
        request.resourceSpans[0].scopeSpans = [OTLPScopeSpans()]
        request.resourceSpans[0].scopeSpans[0].spans = [OTLPSpan(), OTLPSpan()]
        #expect(
            text(OTLPJSONEncoder.encode(request))
                == #"{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"status":{}},{"status":{}}]}]}]}"#)
    }

    @Test func listGoesUnderAnotherKey() {
        var resourceSpans = OTLPResourceSpans()
        resourceSpans.schemaURL = "s"
        var bytes = Array(#"{"batches":"#.utf8)
        OTLPJSONEncoder.encode(resourceSpans: [resourceSpans, resourceSpans], into: &bytes)
        #expect(text(bytes) == #"{"batches":[{"schemaUrl":"s"},{"schemaUrl":"s"}]"#)
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0"), (19, "19"), (0.25, "0.25"), (1e300, "1e+300"), (1e15, "1000000000000000"),
            (-1.5, "-1.5"),
            (0.1, "0.1"), (.nan, #""NaN""#), (.infinity, #""Infinity""#), (-.infinity, #""-Infinity""#),
        ] as [(Double, String)])
    func doubles(value: Double, expected: String) {
        var any = OTLPAnyValue()
        any.doubleValue = value
        #expect(encode(any) == #"{"doubleValue":\#(expected)}"#)
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("", #""""#), ("a\"b\\c/", #""a\"b\\c/""#), ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
        ("\0\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("naïve ☃ 😀", "\"naïve ☃ 😀\""),
    ])
    func strings(value: String, expected: String) {
        var any = OTLPAnyValue()
        any.stringValue = value
        #expect(encode(any) == #"{"stringValue":\#(expected)}"#)
    }

    @Test(
        arguments: [([], ""), ([0x68], "aA=="), ([0x68, 0x65], "aGU="), ([0xFB, 0xFF, 0xBF], "+/+/")]
            as [([UInt8], String)])
    func bytesAreBase64(value: [UInt8], expected: String) {
        var any = OTLPAnyValue()
        any.bytesValue = Data(value)
        #expect(encode(any) == #"{"bytesValue":"\#(expected)"}"#)
    }

    @Test func valuesWithPresenceAreWrittenAtTheirDefault() {
        #expect(encode(OTLPAnyValue()) == "{}")
        var any = OTLPAnyValue()
        any.boolValue = false
        #expect(encode(any) == #"{"boolValue":false}"#)
        any.intValue = .min
        #expect(encode(any) == #"{"intValue":"-9223372036854775808"}"#)
        any.arrayValue = OTLPArrayValue()
        #expect(encode(any) == #"{"arrayValue":{}}"#)
        any.kvlistValue.values = [OTLPKeyValue()]
        #expect(encode(any) == #"{"kvlistValue":{"values":[{}]}}"#)

        var point = OTLPHistogramDataPoint()
        point.sum = 0
        point.bucketCounts = [0, 1]
        var request = OTLPMetricsRequest()
        request.resourceMetrics = [OTLPResourceMetrics()]
        request.resourceMetrics[0].scopeMetrics = [OTLPScopeMetrics()]
        request.resourceMetrics[0].scopeMetrics[0].metrics = [OTLPMetric(), OTLPMetric()]
        request.resourceMetrics[0].scopeMetrics[0].metrics[0].histogram.dataPoints = [point]
        request.resourceMetrics[0].scopeMetrics[0].metrics[1].gauge.dataPoints = [OTLPNumberDataPoint()]
        request.resourceMetrics[0].scopeMetrics[0].metrics[1].gauge.dataPoints[0].asInt = 0
        #expect(
            text(OTLPJSONEncoder.encode(request))
                == #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":["#
                + #"{"histogram":{"dataPoints":[{"sum":0,"bucketCounts":["0","1"]}]}},"#
                + #"{"gauge":{"dataPoints":[{"asInt":"0"}]}}]}]}]}"#)
    }
}
