import OTLPMessages
import SwiftProtobuf
import Testing
import TraceMessages

@testable import TelemetryFiles

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Jaeger spans as OTLP")
struct JaegerSpansTests {
    private static let traceID = Data((1...16).map { UInt8($0) })
    private static let spanID = Data([0xA, 0, 0, 0, 0, 0, 0, 1])

    private static func text(_ key: String, _ text: String) -> JaegerProtoKeyValue {
        .with {
            $0.key = key
            $0.vType = .string
            $0.vStr = text
        }
    }

    private static func bool(_ key: String, _ value: Bool) -> JaegerProtoKeyValue {
        .with {
            $0.key = key
            $0.vType = .bool
            $0.vBool = value
        }
    }

    private static func process(_ name: String, _ tags: [JaegerProtoKeyValue] = []) -> JaegerProtoProcess {
        .with {
            $0.serviceName = name
            $0.tags = tags
        }
    }

    private static func span(_ change: (inout JaegerProtoSpan) -> Void = { _ in }) -> JaegerProtoSpan {
        .with {
            $0.traceID = traceID
            $0.spanID = spanID
            $0.operationName = "GET /"
            change(&$0)
        }
    }

    private static func reference(
        _ kind: JaegerProtoSpanRefType, _ id: UInt8, trace: Data = traceID
    ) -> JaegerProtoSpanRef {
        .with {
            $0.refType = kind
            $0.traceID = trace
            $0.spanID = Data([0, 0, 0, 0, 0, 0, 0, id])
        }
    }

    private func request(
        _ spans: [JaegerProtoSpan], process: JaegerProtoProcess? = process("shop")
    ) -> OTLPTraceRequest {
        JaegerSpans.request(
            .with {
                $0.spans = spans
                if let process { $0.process = process }
            })
    }

    private func mapped(_ change: (inout JaegerProtoSpan) -> Void) throws -> OTLPSpan {
        let request = request([Self.span(change)])
        #expect(request.resourceSpans.count == 1)
        return try #require(request.resourceSpans.first?.scopeSpans.first?.spans.first)
    }

    private func texts(_ attributes: [OTLPKeyValue]) -> [String] {
        attributes.map { "\($0.key)=\($0.value.stringValue)" }
    }

    // MARK: Processes

    @Test("the process is the resource, its name service.name")
    func process() throws {
        let request = request([Self.span()], process: Self.process("shop", [Self.text("host", "a")]))
        let resource = try #require(request.resourceSpans.first?.resource)
        #expect(texts(resource.attributes) == ["service.name=shop", "host=a"])
    }

    @Test("a process of the span itself goes before that of the batch; spans of one process stand together")
    func ownProcess() {
        let request = request([
            Self.span(), Self.span { $0.process = Self.process("other") }, Self.span(),
            Self.span { $0.process = Self.process("shop") },
        ])
        #expect(
            request.resourceSpans.map { texts($0.resource.attributes) } == [
                ["service.name=shop"], ["service.name=other"],
            ])
        #expect(request.resourceSpans.map { $0.scopeSpans.map(\.spans.count) } == [[3], [1]])
    }

    @Test("a process without a name, or none at all, is a resource without service.name")
    func noService() {
        for process in [nil, Self.process(""), Self.process("OTLPResourceNoServiceName")] {
            let request = request([Self.span()], process: process)
            #expect(request.resourceSpans.map(\.resource.attributes) == [[]])
        }
    }

    @Test("an empty batch is an empty request")
    func empty() throws {
        #expect(request([]) == OTLPTraceRequest())
        #expect(try request([]).serializedBytes() == [UInt8]())
    }

    // MARK: Spans

    @Test("name, ids, times and flags are kept")
    func members() throws {
        let span = try mapped {
            $0.flags = 0x103
            $0.startTime = .init(seconds: 1_700_000_000, nanos: 123_456_789)
            $0.duration = .init(seconds: 2, nanos: 5)
        }
        #expect(span.name == "GET /")
        #expect(span.traceID == Self.traceID)
        #expect(span.spanID == Self.spanID)
        #expect(span.flags == 3)
        #expect(span.startTimeUnixNano == 1_700_000_000_123_456_789)
        #expect(span.endTimeUnixNano == 1_700_000_002_123_456_794)
    }

    @Test("times that do not fit are the nearest that do, and a negative duration is none")
    func clampedTimes() throws {
        let late = try mapped {
            $0.startTime = .init(seconds: .max, nanos: .max)
            $0.duration = .init(seconds: .max, nanos: .max)
        }
        #expect(late.startTimeUnixNano == UInt64(Int64.max))
        #expect(late.endTimeUnixNano == UInt64(Int64.max))
        let early = try mapped {
            $0.startTime = .init(seconds: .min, nanos: .min)
            $0.duration = .init(seconds: .min, nanos: .min)
        }
        #expect(early.startTimeUnixNano == 0)
        #expect(early.endTimeUnixNano == 0)
        let backwards = try mapped {
            $0.startTime = .init(seconds: 10, nanos: 0)
            $0.duration = .init(seconds: -1, nanos: 0)
        }
        #expect(backwards.endTimeUnixNano == 10_000_000_000)
    }

    @Test("a trace id of 64 bits gets its upper half; what is no id is left to be refused")
    func traceIDs() throws {
        let short = try mapped { $0.traceID = Data([1, 2, 3, 4, 5, 6, 7, 8]) }
        #expect(short.traceID == Data([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8]))
        let odd = try mapped { $0.traceID = Data([1, 2, 3]) }
        #expect(odd.traceID == Data([1, 2, 3]))
    }

    // MARK: References

    @Test("the first CHILD_OF of the trace is the parent; the others are links that keep their kind")
    func references() throws {
        let other = Data(repeating: 9, count: 16)
        let span = try mapped {
            $0.references = [
                Self.reference(.followsFrom, 1), Self.reference(.childOf, 2, trace: other), Self.reference(.childOf, 3),
                Self.reference(.childOf, 4),
            ]
        }
        #expect(span.parentSpanID.last == 3)
        #expect(span.links.map { $0.spanID.last } == [1, 2, 4])
        #expect(span.links.map(\.traceID) == [Self.traceID, other, Self.traceID])
        #expect(
            span.links.map { texts($0.attributes) } == [
                ["opentracing.ref_type=follows_from"], ["opentracing.ref_type=child_of"],
                ["opentracing.ref_type=child_of"],
            ])
    }

    @Test("a span that only follows from another has a link and no parent")
    func followsFrom() throws {
        let span = try mapped { $0.references = [Self.reference(.followsFrom, 1)] }
        #expect(span.parentSpanID.isEmpty)
        #expect(span.links.count == 1)
    }

    @Test("ids of both lengths of one trace are the same trace")
    func referenceOfShortID() throws {
        let short = Data([1, 2, 3, 4, 5, 6, 7, 8])
        let span = try mapped {
            $0.traceID = Data(repeating: 0, count: 8) + short
            $0.references = [Self.reference(.childOf, 3, trace: short)]
        }
        #expect(span.parentSpanID.last == 3)
    }

    // MARK: Tags

    @Test(
        "span.kind is the kind, whatever its case",
        arguments: [
            ("server", OTLPSpan.SpanKind.server), ("CLIENT", .client), ("producer", .producer),
            ("consumer", .consumer), ("internal", .internal),
        ])
    func kind(text: String, kind: OTLPSpan.SpanKind) throws {
        let span = try mapped { $0.tags = [Self.text("span.kind", text), Self.text("a", "b")] }
        #expect(span.kind == kind)
        #expect(texts(span.attributes) == ["a=b"])
    }

    @Test("a kind that nobody knows stays an attribute")
    func unknownKind() throws {
        let span = try mapped { $0.tags = [Self.text("span.kind", "broker"), Self.bool("span.kind", true)] }
        #expect(span.kind == .unspecified)
        #expect(span.attributes.count == 2)
    }

    @Test("error, true as truth value or as text, is the status error and no attribute")
    func error() throws {
        for tag in [Self.bool("error", true), Self.text("error", "true")] {
            let span = try mapped { $0.tags = [tag] }
            #expect(span.status.code == .error)
            #expect(span.attributes.isEmpty)
        }
    }

    @Test("an error that is not true stays an attribute and is no status")
    func noError() throws {
        for tag in [Self.bool("error", false), Self.text("error", "false"), Self.text("error", "no route")] {
            let span = try mapped { $0.tags = [tag] }
            #expect(span.status.code == .unset)
            #expect(span.attributes.map(\.key) == ["error"])
        }
    }

    @Test(
        "otel.status_code is the status, unless error says otherwise; the description is its message",
        arguments: [
            ("OK", OTLPStatus.StatusCode.ok), ("ERROR", .error), ("error", .error), ("UNSET", .unset),
        ])
    func status(text: String, code: OTLPStatus.StatusCode) throws {
        let tags = [Self.text("otel.status_code", text), Self.text("otel.status_description", "why")]
        let span = try mapped { $0.tags = tags }
        #expect(span.status.code == code)
        #expect(span.status.message == "why")
        #expect(span.attributes.isEmpty)
        for order in [tags + [Self.bool("error", true)], [Self.bool("error", true)] + tags] {
            let failed = try mapped { $0.tags = order }
            #expect(failed.status.code == .error)
        }
    }

    @Test("w3c.tracestate is the trace state")
    func traceState() throws {
        let span = try mapped { $0.tags = [Self.text("w3c.tracestate", "a=1")] }
        #expect(span.traceState == "a=1")
        #expect(span.attributes.isEmpty)
    }

    @Test("tags of the scope, by their old names too, make the scope; spans of one scope stand together")
    func scope() throws {
        let request = request([
            Self.span { $0.tags = [Self.text("otel.scope.name", "lib"), Self.text("otel.scope.version", "1")] },
            Self.span { $0.tags = [Self.text("otel.library.name", "lib"), Self.text("otel.library.version", "1")] },
            Self.span { $0.tags = [Self.text("otel.scope.name", "lib"), Self.text("otel.scope.team", "a")] },
            Self.span(),
        ])
        let scopes = try #require(request.resourceSpans.first?.scopeSpans)
        #expect(scopes.map(\.spans.count) == [2, 1, 1])
        #expect(scopes.map(\.scope.name) == ["lib", "lib", ""])
        #expect(scopes.map(\.scope.version) == ["1", "", ""])
        #expect(scopes.map { texts($0.scope.attributes) } == [[], ["team=a"], []])
        #expect(scopes.flatMap(\.spans).allSatisfy { $0.attributes.isEmpty })
    }

    @Test("every type of tag has its type of attribute")
    func types() throws {
        let span = try mapped {
            $0.tags = [
                Self.text("s", "x"), Self.bool("b", true),
                .with {
                    $0.key = "i"
                    $0.vType = .int64
                    $0.vInt64 = -7
                },
                .with {
                    $0.key = "d"
                    $0.vType = .float64
                    $0.vFloat64 = 0.5
                },
                .with {
                    $0.key = "y"
                    $0.vType = .binary
                    $0.vBinary = Data([0, 255])
                },
                .with {
                    $0.key = "u"
                    $0.vType = .UNRECOGNIZED(9)
                    $0.vStr = "text"
                },
            ]
        }
        #expect(
            span.attributes.map(\.value.value) == [
                .stringValue("x"), .boolValue(true), .intValue(-7), .doubleValue(0.5), .bytesValue(Data([0, 255])),
                .stringValue("text"),
            ])
    }

    @Test("warnings are kept as a list in one attribute")
    func warnings() throws {
        let span = try mapped { $0.warnings = ["clock skew", "late"] }
        #expect(span.attributes.map(\.key) == ["@jaeger@warnings"])
        #expect(span.attributes.first?.value.arrayValue.values.map(\.stringValue) == ["clock skew", "late"])
    }

    // MARK: Logs

    @Test("a log is an event: the field event is its name, the others its attributes")
    func logs() throws {
        let span = try mapped {
            $0.logs = [
                .with {
                    $0.timestamp = .init(seconds: 5, nanos: 1)
                    $0.fields = [Self.text("level", "info"), Self.text("event", "retry"), Self.text("event", "again")]
                },
                .with { $0.fields = [Self.bool("event", true)] },
                .init(),
            ]
        }
        #expect(span.events.map(\.name) == ["retry", "", ""])
        #expect(span.events.first?.timeUnixNano == 5_000_000_001)
        #expect(span.events.map { $0.attributes.map(\.key) } == [["level", "event"], ["event"], []])
    }
}
