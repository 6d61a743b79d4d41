import Foundation
import OTLPMessages
import Testing

@testable import Codecs

@Suite struct OTLPJSONDecoderTests {
    // MARK: Helpers

    static let traceID = "5b8efff798038103d269b633813fc60c"

    /// A request with one span that has the members given.
    private func span(_ members: String) throws(DecodeError) -> (span: OTLPSpan, repairs: RepairCounts) {
        var repairs = RepairCounts()
        let text = #"{"resourceSpans":[{"scopeSpans":[{"spans":[{\#(members)}]}]}]}"#
        let request = try OTLPJSONDecoder.decodeTraces(Array(text.utf8), repairs: &repairs)
        return (request.resourceSpans[0].scopeSpans[0].spans[0], repairs)
    }

    /// The value of an attribute given as JSON.
    private func value(_ json: String) throws(DecodeError) -> OTLPAnyValue {
        try span(#""attributes":[{"key":"k","value":\#(json)}]"#).span.attributes[0].value
    }

    /// A request with one metric that has the members given.
    private func metric(_ members: String) throws(DecodeError) -> (metric: OTLPMetric, repairs: RepairCounts) {
        var repairs = RepairCounts()
        let text = #"{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{\#(members)}]}]}]}"#
        let request = try OTLPJSONDecoder.decodeMetrics(Array(text.utf8), repairs: &repairs)
        return (request.resourceMetrics[0].scopeMetrics[0].metrics[0], repairs)
    }

    /// A request with one log record that has the members given.
    private func record(_ members: String) throws(DecodeError) -> (record: OTLPLogRecord, repairs: RepairCounts) {
        var repairs = RepairCounts()
        let text = #"{"resourceLogs":[{"scopeLogs":[{"logRecords":[{\#(members)}]}]}]}"#
        let request = try OTLPJSONDecoder.decodeLogs(Array(text.utf8), repairs: &repairs)
        return (request.resourceLogs[0].scopeLogs[0].logRecords[0], repairs)
    }

    private func counts(_ kinds: RepairKind...) -> RepairCounts {
        var counts = RepairCounts()
        for kind in kinds { counts.add(kind) }
        return counts
    }

    private func hex(_ data: Data) -> String {
        data.map { String(format: "%02x", $0) }.joined()
    }

    // MARK: Documents

    @Test(arguments: ["", "  ", "[]", "null", "1", "\"{}\"", "{}{}", "{} 1", "{\"resourceSpans\":{}}"])
    func refusesOtherDocumentsThanOneObject(text: String) {
        for signal in ["traces", "metrics", "logs"] where !text.contains("resourceSpans") || signal == "traces" {
            var repairs = RepairCounts()
            #expect(throws: DecodeError.self) {
                switch signal {
                case "traces": _ = try OTLPJSONDecoder.decodeTraces(Array(text.utf8), repairs: &repairs)
                case "metrics": _ = try OTLPJSONDecoder.decodeMetrics(Array(text.utf8), repairs: &repairs)
                default: _ = try OTLPJSONDecoder.decodeLogs(Array(text.utf8), repairs: &repairs)
                }
            }
        }
    }

    @Test func decodesAllFieldsOfASpan() throws {
        let (span, repairs) = try span(
            """
            "traceId":"\(Self.traceID)","spanId":"eee19b7ec3c1b174","traceState":"a=b",
            "parentSpanId":"eee19b7ec3c1b173",
            "flags":257,"name":"op","kind":2,"startTimeUnixNano":"1544712660000000000",
            "endTimeUnixNano":1544712661000000001,
            "attributes":[{"key":"k","value":{"stringValue":"v"}}],"droppedAttributesCount":1,
            "events":[{"timeUnixNano":"5","name":"e","attributes":[{"key":"a"}],"droppedAttributesCount":2}],
            "droppedEventsCount":3,"links":[{"traceId":"\(Self.traceID)","spanId":"eee19b7ec3c1b174","traceState":"c=d",
            "attributes":[{}],"droppedAttributesCount":4,"flags":1}],"droppedLinksCount":5,
            "status":{"message":"boom","code":2}
            """)
        #expect(repairs.isEmpty)
        #expect(hex(span.traceID) == Self.traceID)
        #expect(hex(span.spanID) == "eee19b7ec3c1b174")
        #expect(hex(span.parentSpanID) == "eee19b7ec3c1b173")
        #expect(span.traceState == "a=b")
        #expect(span.flags == 257)
        #expect(span.name == "op")
        #expect(span.kind == .server)
        #expect(span.startTimeUnixNano == 1_544_712_660_000_000_000)
        #expect(span.endTimeUnixNano == 1_544_712_661_000_000_001)
        #expect(span.attributes[0].value.stringValue == "v")
        #expect(span.events[0].timeUnixNano == 5)
        #expect(!span.events[0].attributes[0].hasValue)
        #expect(span.links[0].traceState == "c=d")
        #expect([span.droppedAttributesCount, span.droppedEventsCount, span.droppedLinksCount] == [1, 3, 5])
        #expect(span.status.code == .error)
        #expect(span.status.message == "boom")
    }

    @Test func decodesResourceAndScope() throws {
        var repairs = RepairCounts()
        let text = """
            {"resourceLogs":[{"resource":{"attributes":[{"key":"a","value":{"intValue":7}}],
            "droppedAttributesCount":"3","entityRefs":[{"schemaUrl":"s","type":"t","idKeys":["i"],
            "descriptionKeys":["d","e"]}]},"schemaUrl":"u",
            "scopeLogs":[{"scope":{"name":"n","version":"v","attributes":[],"droppedAttributesCount":1},"schemaUrl":"w",
            "logRecords":[]}]}]}
            """
        let logs = try OTLPJSONDecoder.decodeLogs(Array(text.utf8), repairs: &repairs).resourceLogs[0]
        #expect(logs.resource.attributes[0].value.intValue == 7)
        #expect(logs.resource.droppedAttributesCount == 3)
        #expect(logs.resource.entityRefs[0].idKeys == ["i"])
        #expect(logs.resource.entityRefs[0].descriptionKeys == ["d", "e"])
        #expect(logs.schemaURL == "u")
        #expect(logs.scopeLogs[0].scope.name == "n")
        #expect(logs.scopeLogs[0].schemaURL == "w")
    }

    @Test func decodesLogRecord() throws {
        let (record, repairs) = try record(
            """
            "timeUnixNano":"1","observedTimeUnixNano":"2","severityNumber":9,"severityText":"INFO","eventName":"e",
            "body":{"kvlistValue":{"values":[{"key":"x","value":{"arrayValue":{"values":[{"boolValue":false}]}}}]}},
            "attributes":[],"droppedAttributesCount":1,"flags":1,"traceId":"\(Self.traceID)","spanId":"eee19b7ec3c1b174"
            """)
        #expect(repairs.isEmpty)
        #expect(record.severityNumber == .info)
        #expect(record.observedTimeUnixNano == 2)
        #expect(record.eventName == "e")
        #expect(record.body.kvlistValue.values[0].value.arrayValue.values[0].value == .boolValue(false))
    }

    @Test func decodesExponentialHistogramAndSummary() throws {
        let point = try metric(
            """
            "exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[{"count":6,"sum":9,"scale":-1,
            "zeroCount":"1","zeroThreshold":0.001,"positive":{"offset":-2,"bucketCounts":["2",3]},"negative":{},"min":0,
            "max":"Infinity","exemplars":[{"asInt":"-5","traceId":"\(Self.traceID)",
            "filteredAttributes":[{"key":"f"}]}]}]}
            """
        ).metric.exponentialHistogram.dataPoints[0]
        #expect(point.count == 6)
        #expect(point.scale == -1)
        #expect(point.positive.offset == -2)
        #expect(point.positive.bucketCounts == [2, 3])
        #expect(point.hasNegative)
        #expect(point.zeroThreshold == 0.001)
        #expect(point.hasMin && point.max == .infinity)
        #expect(point.exemplars[0].asInt == -5)

        let summary = try metric(
            #""summary":{"dataPoints":[{"count":"3","sum":1.5,"quantileValues":[{"quantile":1,"value":0.9}]}]}"#
        ).metric.summary.dataPoints[0]
        #expect(summary.quantileValues[0].value == 0.9)
    }

    @Test func histogramMayLackBuckets() throws {
        let (metric, repairs) = try metric(
            #""histogram":{"aggregationTemporality":2,"dataPoints":[{"count":1,"sum":10.5}]}"#)
        #expect(repairs.isEmpty)
        #expect(metric.histogram.dataPoints[0].count == 1)
        #expect(metric.histogram.dataPoints[0].bucketCounts.isEmpty)
        #expect(metric.histogram.aggregationTemporality == .cumulative)
    }

    // MARK: Keys

    @Test(arguments: [
        (#""start_time_unix_nano":"5""#, 5, 1),
        (#""start_time_unix_nano":"5","startTimeUnixNano":"7""#, 7, 0),
        (#""startTimeUnixNano":"7","start_time_unix_nano":"5""#, 7, 0),
        // A value that nobody needs is not looked at.
        (#""start_time_unix_nano":{"x":[1]},"startTimeUnixNano":"7""#, 7, 0),
        // A key with null counts as absent.
        (#""start_time_unix_nano":"5","startTimeUnixNano":null"#, 5, 1),
        (#""start_time_unix_nano":null"#, 0, 0),
    ])
    func snakeCaseKeyCountsWhenTheOtherIsAbsent(members: String, expected: UInt64, repairCount: Int) throws {
        let (span, repairs) = try span(members)
        #expect(span.startTimeUnixNano == expected)
        #expect(repairs[.snakeCaseKey] == repairCount)
    }

    @Test func wholeDocumentMayBeSnakeCase() throws {
        var repairs = RepairCounts()
        let text = """
            {"resource_spans":[{"scope_spans":[{"spans":[{"trace_id":"\(Self.traceID)","name":"op",
            "attributes":[{"key":"k","value":{"array_value":{"values":[{"string_value":"v"}]}}}]}],"schema_url":"s"}]}]}
            """
        let request = try OTLPJSONDecoder.decodeTraces(Array(text.utf8), repairs: &repairs)
        let scope = request.resourceSpans[0].scopeSpans[0]
        #expect(scope.schemaURL == "s")
        #expect(scope.spans[0].name == "op")
        #expect(hex(scope.spans[0].traceID) == Self.traceID)
        #expect(scope.spans[0].attributes[0].value.arrayValue.values[0].stringValue == "v")
        #expect(repairs[.snakeCaseKey] == 6)
    }

    @Test func unknownKeysAreSkippedAndNullIsTheDefault() throws {
        let (span, repairs) = try span(
            #""future":{"a":[1,{"b":"\ud800"}]},"name":null,"kind":null,"status":null,"attributes":null,"traceId":null"#
        )
        #expect(repairs.isEmpty)
        #expect(span == OTLPSpan())
    }

    @Test func lastDuplicateWins() throws {
        let (span, _) = try span(
            #""name":"a","attributes":[{"key":"x"},{"key":"y"}],"name":"b","attributes":[{"key":"z"}]"#)
        #expect(span.name == "b")
        #expect(span.attributes.map(\.key) == ["z"])
    }

    @Test func escapedKeysAreKeys() throws {
        #expect(try span(#""n\u0061me":"a""#).span.name == "a")
    }

    // MARK: Identifiers

    @Test(
        arguments: [
            ("5b8efff798038103d269b633813fc60c", "5b8efff798038103d269b633813fc60c", nil),
            ("5B8EFFF798038103D269b633813fc60C", "5b8efff798038103d269b633813fc60c", nil),
            ("", "", nil), ("ab", "ab", nil), ("000102030405060708", "000102030405060708", nil),
            ("5b8efff7-9803-8103-d269-B633813FC60C", "5b8efff798038103d269b633813fc60c", .traceIDUUID),
        ] as [(String, String, RepairKind?)])
    func readsTraceIDs(text: String, expected: String, repair: RepairKind?) throws {
        let (span, repairs) = try span(#""traceId":"\#(text)""#)
        #expect(hex(span.traceID) == expected)
        #expect(repairs == (repair.map { counts($0) } ?? RepairCounts()))
        #expect(span.attributes.isEmpty)
    }

    @Test func longTraceIDIsCutAndKept() throws {
        let long = Self.traceID + "FF" + String(repeating: "0", count: 30)
        // The attributes come after the id, so that a list that replaces the attributes would lose the original.
        let (span, repairs) = try span(
            #""traceId":"\#(long)","attributes":[{"key":"k"}],"links":[{"traceId":"\#(long)"}]"#)
        #expect(hex(span.traceID) == Self.traceID)
        #expect(span.attributes.map(\.key) == ["k", "martlet.original_trace_id"])
        #expect(span.attributes[1].value.stringValue == long)
        #expect(span.links[0].attributes[0].value.stringValue == long)
        #expect(repairs[.traceID64Hex] == 2)

        let record = try record(#""traceId":"\#(long)""#)
        #expect(record.record.attributes[0].value.stringValue == long)
        #expect(record.repairs == counts(.traceID64Hex))

        let gauge = try metric(#""gauge":{"dataPoints":[{"exemplars":[{"traceId":"\#(long)"}]}]}"#)
        #expect(gauge.metric.gauge.dataPoints[0].exemplars[0].filteredAttributes[0].value.stringValue == long)
    }

    @Test(arguments: [
        (#""traceId":"W47/95gDgQPSabYzgT/GDA==""#, "trace ids are hex in OTLP JSON, this looks like base64"),
        (#""traceId":"W47/95gDgQPSabYzgT/GDA""#, "trace ids are hex in OTLP JSON, this looks like base64"),
        (#""spanId":"7uGbfsPBsXQ=""#, "span ids are hex in OTLP JSON, this looks like base64"),
        (#""spanId":"eee19b7ec3c1b17""#, "span id has an odd number of hex digits"),
        (#""parentSpanId":"xyz1""#, "span id is not hex"),
        (#""traceId":"5b8efff798038103d269b633813fc60g""#, "trace id is not hex"),
        (#""traceId":"5b8efff7-98038103-d269-b633-813fc60c""#, "trace id is not hex"),
        (#""traceId":"ééé""#, "trace id is not hex"),
        (#""traceId":5"#, "expected a string, found a number"),
    ])
    func refusesOtherIdentifiers(members: String, reason: String) {
        let error = #expect(throws: DecodeError.self) { try span(members) }
        #expect(error?.reason == reason)
    }

    // MARK: Enums

    @Test(
        arguments: [
            ("1", 1, nil), ("99", 99, nil), ("-1", -1, nil), ("2.0", 2, nil), (#""3""#, 3, .enumStringNumber),
            (#""SPAN_KIND_INTERNAL""#, 1, .enumName), (#""CONSUMER""#, 5, .enumName),
            (#""SPAN_KIND_UNSPECIFIED""#, 0, .enumName),
        ] as [(String, Int, RepairKind?)])
    func readsEnums(json: String, expected: Int, repair: RepairKind?) throws {
        let (span, repairs) = try span(#""kind":\#(json)"#)
        #expect(span.kind.rawValue == expected)
        #expect(repairs == (repair.map { counts($0) } ?? RepairCounts()))
    }

    @Test func readsTheNamesOfEveryEnum() throws {
        #expect(try span(#""status":{"code":"STATUS_CODE_ERROR"}"#).span.status.code == .error)
        #expect(try span(#""status":{"code":"ERROR"}"#).span.status.code == .error)
        #expect(try span(#""status":{"code":"2"}"#).span.status.code == .error)
        let sum = try metric(
            #""sum":{"aggregationTemporality":"AGGREGATION_TEMPORALITY_CUMULATIVE","isMonotonic":true}"#)
        #expect(sum.metric.sum.aggregationTemporality == .cumulative)
        #expect(sum.metric.sum.isMonotonic)
        #expect(sum.repairs == counts(.enumName))
        for severity in OTLPSeverityNumber.allCases {
            let name = severity == .unspecified ? "UNSPECIFIED" : "\(severity)".uppercased()
            #expect(try record(#""severityNumber":"SEVERITY_NUMBER_\#(name)""#).record.severityNumber == severity)
        }
    }

    @Test(arguments: [
        #""SPAN_KIND_X""#, #""internal""#, #""""#, #""STATUS_CODE_OK""#, "1.5", "2147483648", #""99999999999""#, "true",
        "{}",
    ])
    func refusesOtherEnums(json: String) {
        #expect(throws: DecodeError.self) { try span(#""kind":\#(json)"#) }
    }

    // MARK: Numbers

    @Test(
        arguments: [
            ("9223372036854775807", Int64.max), (#""9223372036854775807""#, .max), (#""-9223372036854775808""#, .min),
            ("-9223372036854775808", .min), ("1e3", 1000), ("5.0", 5), (#""5.0""#, 5), ("-7", -7), ("-0", 0),
            (#""\u0031\u0032""#, 12), ("1544712660000000001", 1_544_712_660_000_000_001),
        ] as [(String, Int64)])
    func readsSignedIntegers(json: String, expected: Int64) throws {
        let (span, repairs) = try span(#""attributes":[{"value":{"intValue":\#(json)}}]"#)
        #expect(span.attributes[0].value.value == .intValue(expected))
        #expect(repairs.isEmpty)
    }

    @Test(arguments: [
        "1.5", #""1.5""#, #""12a""#, #"" 12""#, #""""#, #""+1""#, #""0x1""#, "9223372036854775808",
        "-9223372036854775809",
        #""99999999999999999999""#, "true", "[1]", "{}", #"{"low":1}"#, #"{"low":"x","high":0}"#,
        #"{"low":-1,"high":-1,"unsigned":true}"#, #"{"low":{"low":1,"high":1},"high":0}"#,
    ])
    func refusesOtherSignedIntegers(json: String) {
        #expect(throws: DecodeError.self) { try value(#"{"intValue":\#(json)}"#) }
    }

    @Test(
        arguments: [
            (#"{"low":5,"high":0,"unsigned":true}"#, 5), (#"{"low":-1,"high":0,"unsigned":false}"#, 4_294_967_295),
            (#"{"low":-1,"high":-1,"unsigned":true}"#, UInt64.max), (#"{"low":4294967295,"high":1}"#, 8_589_934_591),
            (#"{"low":297254912,"high":359654985,"unsigned":true}"#, 359_654_985 << 32 | 297_254_912),
        ] as [(String, UInt64)])
    func readsJavaScriptLongs(json: String, expected: UInt64) throws {
        let (span, repairs) = try span(#""startTimeUnixNano":\#(json)"#)
        #expect(span.startTimeUnixNano == expected)
        #expect(repairs == counts(.jsLong))
    }

    @Test func signedJavaScriptLongMayBeNegative() throws {
        #expect(try value(#"{"intValue":{"low":-2,"high":-1,"unsigned":false}}"#).intValue == -2)
    }

    @Test(arguments: [
        #""startTimeUnixNano":-1"#, #""startTimeUnixNano":18446744073709551616"#, #""flags":4294967296"#,
        #""flags":-1"#,
        #""flags":{"low":1,"high":0}"#, #""droppedLinksCount":1.5"#,
        #""startTimeUnixNano":{"low":-1,"high":-1,"unsigned":false}"#,
    ])
    func refusesUnsignedIntegersOutOfRange(members: String) {
        #expect(throws: DecodeError.self) { try span(members) }
    }

    @Test(
        arguments: [
            ("1.5", 1.5), ("19", 19), ("-0", -0.0), (#""NaN""#, Double.nan), (#""Infinity""#, .infinity),
            (#""-Infinity""#, -.infinity), (#""2.5e3""#, 2500), ("1e+300", 1e300), ("0.1", 0.1),
        ] as [(String, Double)])
    func readsDoubles(json: String, expected: Double) throws {
        guard case .doubleValue(let double) = try value(#"{"doubleValue":\#(json)}"#).value else {
            Issue.record("no double")
            return
        }
        #expect(double.bitPattern == expected.bitPattern)
    }

    @Test(arguments: [#""nan""#, #""inf""#, #""+Infinity""#, #""""#, "1e400", #""1e400""#, "NaN", "true", "{}", "[]"])
    func refusesOtherDoubles(json: String) {
        #expect(throws: DecodeError.self) { try value(#"{"doubleValue":\#(json)}"#) }
    }

    // MARK: Attribute values

    @Test(arguments: [
        ("aGVsbG8=", "hello"), ("aGVsbG8", "hello"), ("", ""), ("aA==", "h"), ("-_-_", "\u{fb}"), ("+/+/", "\u{fb}"),
    ])
    func readsBase64(text: String, expected: String) throws {
        let data = try value(#"{"bytesValue":"\#(text)"}"#).bytesValue
        let expectedData = expected == "\u{fb}" ? Data([0xFB, 0xFF, 0xBF]) : Data(expected.utf8)
        #expect(data == expectedData)
    }

    @Test(arguments: ["***", "a", "aGVsbG8==", "aGVsbG8=x", "aGV sbG8=", "=", "====", "aaaaa"])
    func refusesOtherBytes(text: String) {
        #expect(throws: DecodeError.self) { try value(#"{"bytesValue":"\#(text)"}"#) }
    }

    @Test func valueWithoutKnownMemberIsEmpty() throws {
        #expect(try value("{}").value == nil)
        #expect(try value(#"{"futureValue":3}"#).value == nil)
        #expect(try value(#"{"stringValue":null}"#).value == nil)
        #expect(
            try value(#"{"arrayValue":{"values":[null,{}]}}"#).arrayValue.values == [OTLPAnyValue(), OTLPAnyValue()])
        #expect(try span(#""attributes":[{"key":"k","value":{}}]"#).span.attributes[0].hasValue)
    }

    @Test func lastOfSeveralMembersWins() throws {
        #expect(try value(#"{"stringValue":"a","intValue":"1"}"#).value == .intValue(1))
        #expect(try value(#"{"intValue":"1","stringValue":"a"}"#).value == .stringValue("a"))
    }

    @Test(arguments: [
        #""name":7"#, #""name":{}"#, #""name":true"#, #""status":"error""#, #""status":[]"#, #""attributes":{}"#,
        #""attributes":[1]"#, #""attributes":[null]"#, #""attributes":[{"key":1}]"#, #""attributes":[{"value":"v"}]"#,
        #""attributes":[{"value":{"stringValue":5}}]"#, #""attributes":[{"value":{"boolValue":"true"}}]"#,
        #""attributes":[{"value":{"boolValue":1}}]"#, #""attributes":[{"value":{"arrayValue":[]}}]"#, #""events":"x""#,
    ])
    func refusesWrongTypes(members: String) {
        let error = #expect(throws: DecodeError.self) { try span(members) }
        #expect(error?.code == .malformed)
    }

    @Test func mendedStringsAreCounted() throws {
        let (span, repairs) = try span(#""name":"\ud800","traceState":"ok""#)
        #expect(span.name == "\u{FFFD}")
        #expect(repairs == counts(.loneSurrogate))

        var invalid = Array(#"{"resourceSpans":[{"schemaUrl":"\#u{1}"}]}"#.utf8)
        invalid = invalid.map { $0 == 1 ? 0xFF : $0 }
        var counted = RepairCounts()
        let request = try OTLPJSONDecoder.decodeTraces(invalid, repairs: &counted)
        #expect(request.resourceSpans[0].schemaURL == "\u{FFFD}")
        #expect(counted == counts(.invalidUTF8))
    }

    // MARK: Errors and bounds

    @Test func errorNamesPathAndOffset() {
        var repairs = RepairCounts()
        let text = #"{"resourceSpans":[{},{"scopeSpans":[{"spans":[{},{},{},{"traceId":"zz"}]}]}]}"#
        let error = #expect(throws: DecodeError.self) {
            try OTLPJSONDecoder.decodeTraces(Array(text.utf8), repairs: &repairs)
        }
        #expect(error?.path == "resourceSpans[1].scopeSpans[0].spans[3].traceId")
        #expect(error?.offset == 66)
        #expect(
            error?.message == "trace id is not hex at resourceSpans[1].scopeSpans[0].spans[3].traceId, byte 66")
    }

    @Test func messagesHoldNoValues() {
        for members in [#""name":"secret","kind":"SECRET""#, #""traceId":"secret""#, #""flags":"secret""#] {
            let error = #expect(throws: DecodeError.self) { try span(members) }
            #expect(error?.message.lowercased().contains("secret") == false)
        }
    }

    @Test func repairsOfARefusedRequestAreNotCounted() {
        var repairs = RepairCounts()
        let text = #"{"resource_spans":[{"scopeSpans":[{"spans":[{"kind":"CLIENT"},{"kind":"?"}]}]}]}"#
        #expect(throws: DecodeError.self) { try OTLPJSONDecoder.decodeTraces(Array(text.utf8), repairs: &repairs) }
        #expect(repairs.isEmpty)
    }

    @Test(arguments: [10_000, 200_000])
    func nestedAttributeBeyondTheLimitIsRefused(levels: Int) {
        let opening = String(repeating: #"{"arrayValue":{"values":["#, count: levels)
        let closing = String(repeating: "]}}", count: levels)
        let error = #expect(throws: DecodeError.self) { try value(opening + "{}" + closing) }
        #expect(error?.code == .tooDeep)
        #expect(error?.message.contains("json is nested deeper than \(Limits.jsonDepth) levels") == true)
        #expect((error?.message.utf8.count ?? .max) < 500)
    }

    @Test(arguments: [#"{"arrayValue":{"values":["#, #"{"array_value":{"values":["#])
    func nestedAttributeWithinTheLimitIsDecoded(opening: String) throws {
        let levels = 39
        let json = String(repeating: opening, count: levels) + "{}" + String(repeating: "]}}", count: levels)
        var value = try value(json)
        var depth = 0
        while case .arrayValue(let array) = value.value, let first = array.values.first {
            value = first
            depth += 1
        }
        #expect(depth == levels)
    }

    /// The count starts two below the limit, as the limit itself would take a body of many megabytes.
    @Test(arguments: [(2, true), (3, false)])
    func messagesInListsAreBounded(messages: Int, fits: Bool) {
        let text = #"{"resourceLogs":["# + Array(repeating: "{}", count: messages).joined(separator: ",") + "]}"
        let result = Result { () throws(DecodeError) in
            try Array(text.utf8).withUnsafeBufferPointer { (buffer) throws(DecodeError) in
                var decoder = OTLPJSONDecoder(
                    reader: JSONReader(buffer), messageCount: Limits.messagesPerRequest - 2)
                return try decoder.readLogsRequest()
            }
        }
        switch result {
        case .success: #expect(fits)
        case .failure(let error):
            #expect(!fits)
            #expect(error.code == .tooLarge)
        }
    }

    @Test func repairCountsAddMergeAndIterate() {
        var one = counts(.jsLong, .traceID64Hex, .jsLong)
        var two = RepairCounts()
        two.add(.enumName, count: 5)
        two.add(.jsLong, count: 0)
        one.merge(two)
        #expect(one.map(\.kind) == [.traceID64Hex, .enumName, .jsLong])
        #expect(one.map(\.count) == [1, 5, 2])
        #expect(
            RepairKind.allCases.allSatisfy { $0.rawValue.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
    }
}
