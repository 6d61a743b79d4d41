import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

/// The reference is SwiftProtobuf.
@Suite struct OTLPLogsWriterTests {
    @Test func nothingIsAnEmptyRequest() {
        #expect(OTLPLogsWriter.encode([], scopeName: "martlet.files").isEmpty)
    }

    @Test func aFullRecordIsDecodedAsItIs() throws {
        var draft = LogDraft(observedTime: Timestamp(nanoseconds: 1_700_000_000_000_000_001))
        draft.time = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
        draft.severityText = "WARN"
        draft.severityNumber = 13
        draft.body = "não \0 möglich 😀"
        draft.eventName = "e"
        draft.traceID = TraceID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
        draft.spanID = SpanID(value: 0x1112_1314_1516_1718)
        draft.flags = 0x0100_0001
        draft.attributes = Self.attributes
        draft.resource = [LogAttribute("service.name", .string("api")), LogAttribute("host", .string(""))]

        let request = try Self.decoded([draft])
        let resource = try #require(request.resourceLogs.first)
        #expect(request.resourceLogs.count == 1)
        #expect(resource.schemaURL == "urn:martlet:log-stream")
        #expect(resource.resource.attributes.map(\.key) == ["service.name", "host"])
        #expect(resource.resource.attributes.map(\.value.stringValue) == ["api", ""])
        let scope = try #require(resource.scopeLogs.first)
        #expect(scope.scope.name == "martlet.test")
        let record = try #require(scope.logRecords.first)
        #expect(record.timeUnixNano == 1_700_000_000_000_000_000)
        #expect(record.observedTimeUnixNano == 1_700_000_000_000_000_001)
        #expect(record.severityText == "WARN")
        #expect(record.severityNumber == .warn)
        #expect(record.body.value == .stringValue(draft.body))
        #expect(record.eventName == "e")
        #expect([UInt8](record.traceID) == Array(1...16))
        #expect([UInt8](record.spanID) == Array(0x11...0x18))
        #expect(record.flags == 0x0100_0001)
        #expect(record.attributes == Self.attributes.map(Self.message))
    }

    /// The same message, written by the reference, has the same bytes: its fields are in the order of their numbers.
    @Test func theBytesAreTheOnesOfTheReference() throws {
        var draft = LogDraft(observedTime: Timestamp(nanoseconds: 5))
        // The reference leaves an empty name out, which means the same.
        draft.attributes = Self.attributes.filter { !$0.name.isEmpty }
        draft.body = String(repeating: "x", count: 20_000)
        draft.severityNumber = -1
        let bytes = OTLPLogsWriter.encode([draft, draft], scopeName: "s")
        let request = try OTLPLogsRequest(serializedBytes: bytes)
        let reference: [UInt8] = try request.serializedBytes()
        let areEqual = bytes == reference
        #expect(areEqual)
    }

    @Test func recordsWithEqualResourcesStandTogetherInTheirOrder() throws {
        var drafts: [LogDraft] = []
        for index in 0..<300 {
            var draft = LogDraft(observedTime: Timestamp(nanoseconds: 1))
            draft.body = "\(index)"
            draft.resource = [LogAttribute("service.name", .string("s\(index % 3)"))]
            drafts.append(draft)
        }
        let request = try Self.decoded(drafts)
        #expect(request.resourceLogs.map { $0.resource.attributes[0].value.stringValue } == ["s0", "s1", "s2"])
        for (group, logs) in request.resourceLogs.enumerated() {
            let bodies = logs.scopeLogs[0].logRecords.map(\.body.stringValue)
            #expect(bodies == stride(from: group, to: 300, by: 3).map { "\($0)" })
        }
    }

    @Test func aTimeBefore1970IsNotTakenForNone() throws {
        var draft = LogDraft(observedTime: Timestamp(nanoseconds: 9))
        draft.time = Timestamp(nanoseconds: -7)
        #expect(try Self.decoded([draft]).resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano == 1)
        draft.time = nil
        #expect(try Self.decoded([draft]).resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano == 0)
    }

    @Test func whatIsNestedTooDeepIsCut() throws {
        var value = LogValue.int(1)
        for _ in 0..<40 { value = .object([LogAttribute("a", .list([value]))]) }
        var draft = LogDraft(observedTime: Timestamp(nanoseconds: 9))
        draft.attributes = [LogAttribute("deep", value)]
        var decoded = try Self.decoded([draft]).resourceLogs[0].scopeLogs[0].logRecords[0].attributes[0].value
        var depth = 0
        while true {
            if case .kvlistValue(let object) = decoded.value {
                decoded = object.values[0].value
            } else if case .arrayValue(let list) = decoded.value {
                decoded = list.values[0]
            } else {
                break
            }
            depth += 1
        }
        #expect(depth == 24)
        #expect(decoded.stringValue == "(nested too deep)")
    }

    private static let attributes = [
        LogAttribute("string", .string("é")), LogAttribute("empty", .string("")), LogAttribute("", .bool(false)),
        LogAttribute("int", .int(.min)), LogAttribute("zero", .int(0)), LogAttribute("double", .double(-0.5)),
        LogAttribute("bool", .bool(true)), LogAttribute("null", .null),
        LogAttribute("list", .list([.int(1), .null, .list([]), .string(String(repeating: "y", count: 200))])),
        LogAttribute("object", .object([LogAttribute("a", .object([])), LogAttribute("b", .list([.object([])]))])),
    ]

    private static func decoded(_ drafts: [LogDraft]) throws -> OTLPLogsRequest {
        try OTLPLogsRequest(serializedBytes: OTLPLogsWriter.encode(drafts, scopeName: "martlet.test"))
    }

    private static func message(_ attribute: LogAttribute) -> OTLPKeyValue {
        .with {
            $0.key = attribute.name
            $0.value = message(attribute.value)
        }
    }

    private static func message(_ value: LogValue) -> OTLPAnyValue {
        .with {
            switch value {
            case .null: break
            case .string(let text): $0.stringValue = text
            case .int(let number): $0.intValue = number
            case .double(let number): $0.doubleValue = number
            case .bool(let value): $0.boolValue = value
            case .list(let items): $0.arrayValue = .with { $0.values = items.map(message) }
            case .object(let members): $0.kvlistValue = .with { $0.values = members.map(message) }
            }
        }
    }
}
