import TelemetryModel
import Testing

@testable import QueryAPI

@Suite struct JaegerTraceTests {
    @Test func fieldsOfASpanBecomeTheTagsThatViewersRead() {
        var span = JaegerSamples.span(1, kind: .server, attributes: [.init(key: "a", text: "b", type: .string)])
        span.statusCode = 2
        span.statusMessage = "broken"
        span.traceState = "k=v"
        span.scopeID = 7
        span.flags = 0x301
        var stored = JaegerSamples.trace([span])
        stored.scopes[7] = StoredScope(
            name: "library", version: "1.2", attributes: [.init(key: "team", text: "x", type: .string)],
            droppedAttributes: 0, schemaURL: "")
        let trace = JaegerTrace(stored)
        #expect(
            trace.spans[0].tags == [
                JaegerTag("otel.scope.name", .string("library")), JaegerTag("otel.scope.version", .string("1.2")),
                JaegerTag("otel.scope.team", .string("x")), JaegerTag("a", .string("b")),
                JaegerTag("span.kind", .string("server")), JaegerTag("otel.status_code", .string("ERROR")),
                JaegerTag("error", .bool(true)), JaegerTag("otel.status_description", .string("broken")),
                JaegerTag("w3c.tracestate", .string("k=v")),
            ])
        #expect(trace.spans[0].flags == 1)
        #expect(
            trace.processes == [
                JaegerProcess(serviceName: "shop", tags: [JaegerTag("host.name", .string("a"))])
            ])
    }

    @Test func anOKStatusIsNoError() {
        var span = JaegerSamples.span(1)
        span.statusCode = 1
        #expect(
            JaegerTrace(JaegerSamples.trace([span])).spans[0].tags == [JaegerTag("otel.status_code", .string("OK"))])
    }

    @Test func aSpanWithoutAServiceGetsTheNameForThat() {
        let trace = JaegerTrace(JaegerSamples.trace([JaegerSamples.span(1, service: "")]))
        #expect(trace.processes == [JaegerProcess(serviceName: "missing-service-name")])
    }

    @Test func valuesKeepTheirTypes() {
        let attributes: [(StoredAttribute, JaegerTag.Value)] = [
            (.init(key: "k", text: "9223372036854775807", type: .int), .int64(.max)),
            (.init(key: "k", text: "72.5", type: .double), .float64(72.5)),
            (.init(key: "k", text: "Infinity", type: .double), .float64(.infinity)),
            (.init(key: "k", text: "false", type: .bool), .bool(false)),
            (.init(key: "k", text: "AAAwOQ==", type: .bytes), .binary([0, 0, 0x30, 0x39])),
            (.init(key: "k", text: "[1,2]", type: .array), .string("[1,2]")),
            (.init(key: "k", text: "", type: .empty), .string("")),
            (.init(key: "k", text: "not a number", type: .int), .string("not a number")),
        ]
        for (attribute, value) in attributes { #expect(JaegerTag(attribute).value == value) }
    }

    @Test func theParentComesFirstAndLinksFollow() {
        var span = JaegerSamples.span(2, parent: 1)
        func link(_ id: UInt8, _ attributes: [StoredAttribute] = []) -> StoredSpan.Link {
            StoredSpan.Link(
                traceID: [UInt8](repeating: 0, count: 15) + [id], spanID: [UInt8](repeating: 0, count: 7) + [id],
                traceState: "", flags: 0, attributes: attributes, droppedAttributes: 0)
        }
        span.links = [link(8), link(9, [.init(key: "opentracing.ref_type", text: "child_of", type: .string)])]
        #expect(
            JaegerTrace(JaegerSamples.trace([span])).spans[0].references == [
                JaegerReference(kind: .childOf, traceID: JaegerSamples.id(1), spanID: SpanID(value: 1)),
                JaegerReference(kind: .followsFrom, traceID: JaegerSamples.id(8), spanID: SpanID(value: 8)),
                JaegerReference(kind: .childOf, traceID: JaegerSamples.id(9), spanID: SpanID(value: 9)),
            ])
    }

    @Test func eventsBecomeLogsWithTheirNameAsAField() {
        func event(_ name: String, _ attributes: [StoredAttribute] = []) -> StoredSpan.Event {
            .init(time: Timestamp(nanoseconds: 5), name: name, attributes: attributes, droppedAttributes: 0)
        }
        var span = JaegerSamples.span(1)
        let same = StoredAttribute(key: "event", text: "start", type: .string)
        span.events = [event("start", [.init(key: "a", text: "1", type: .int)]), event(""), event("start", [same])]
        let logs = JaegerTrace(JaegerSamples.trace([span])).spans[0].logs
        #expect(logs.map(\.nanoseconds) == [5, 5, 5])
        #expect(logs[0].fields == [JaegerTag("event", .string("start")), JaegerTag("a", .int64(1))])
        #expect(logs[1].fields.isEmpty)
        #expect(logs[2].fields == [JaegerTag("event", .string("start"))])
    }

    @Test func spansOfOneResourceShareAProcess() {
        let trace = JaegerTrace(
            JaegerSamples.trace([
                JaegerSamples.span(1, service: "a"), JaegerSamples.span(2, service: "bb"),
                JaegerSamples.span(3, service: "a"),
            ]))
        #expect(trace.processes.map(\.serviceName) == ["a", "bb"])
        #expect(trace.spans.map(\.process) == [0, 1, 0])
    }
}
