import Codecs
import Foundation
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

@Suite struct StoredTraceMessagesTests {
    @Test func spansAreGroupedByResourceAndScopeInOrderOfFirstAppearance() {
        let places: [(resource: UInt64, scope: UInt64)] = [(2, 20), (1, 10), (2, 21), (1, 10), (2, 20), (1, 20)]
        let spans = places.enumerated().map { index, place in
            span("s\(index)", resource: place.resource, scope: place.scope)
        }
        let groups = StoredTraceMessages.resourceSpans(
            StoredTrace(
                spans: spans, resources: [1: resource("one"), 2: resource("two")],
                scopes: [10: scope("ten"), 20: scope("twenty"), 21: scope("twenty-one")]))
        let seen = groups.map { group in
            [group.resource.attributes[0].value.stringValue]
                + group.scopeSpans.map { "\($0.scope.name): \($0.spans.map(\.name).joined(separator: " "))" }
        }
        #expect(
            seen == [["two", "twenty: s0 s4", "twenty-one: s2"], ["one", "ten: s1 s3", "twenty: s5"]])
    }

    @Test func noSpansGiveNoGroups() {
        let trace = StoredTrace(spans: [], resources: [1: resource("one")], scopes: [:])
        #expect(StoredTraceMessages.resourceSpans(trace).isEmpty)
    }

    @Test(arguments: [
        (0, "", OTLPStatus.StatusCode.unset), (1, "", .ok), (2, "it broke", .error), (9, "later", .UNRECOGNIZED(9)),
        (-1, "", .UNRECOGNIZED(-1)),
    ])
    func statusIsAlwaysSet(code: Int32, text: String, expected: OTLPStatus.StatusCode) throws {
        var stored = span("s")
        stored.statusCode = code
        stored.statusMessage = text
        let message = try one(stored)
        #expect(message.hasStatus)
        #expect(message.status.code == expected)
        #expect(message.status.message == text)
    }

    @Test(arguments: [("checkout", ["checkout"]), ("", [])])
    func aMissingResourceFallsBackToTheService(service: String, names: [String]) {
        var stored = span("s", resource: 77, scope: 78)
        stored.service = service
        let groups = StoredTraceMessages.resourceSpans(StoredTrace(spans: [stored], resources: [:], scopes: [:]))
        #expect(groups.count == 1)
        #expect(groups[0].hasResource)
        #expect(groups[0].resource.attributes.map(\.key) == names.map { _ in "service.name" })
        #expect(groups[0].resource.attributes.map(\.value.stringValue) == names)
        #expect(groups[0].scopeSpans.map(\.hasScope) == [true])
        #expect(groups[0].scopeSpans[0].scope == OTLPScope())
    }

    @Test func resourceAndScopeKeepEveryMember() {
        var storedResource = resource("checkout")
        storedResource.droppedAttributes = 3
        storedResource.schemaURL = "https://schema/resource"
        var storedScope = scope("library")
        storedScope.version = "1.2"
        storedScope.attributes = [StoredAttribute(key: "n", text: "5", type: .int)]
        storedScope.droppedAttributes = 4
        storedScope.schemaURL = "https://schema/scope"
        let groups = StoredTraceMessages.resourceSpans(
            StoredTrace(spans: [span("s")], resources: [1: storedResource], scopes: [2: storedScope]))
        #expect(groups[0].resource.droppedAttributesCount == 3)
        #expect(groups[0].schemaURL == "https://schema/resource")
        let scopeSpans = groups[0].scopeSpans[0]
        #expect(scopeSpans.scope.name == "library")
        #expect(scopeSpans.scope.version == "1.2")
        #expect(scopeSpans.scope.attributes.map(\.key) == ["n"])
        #expect(scopeSpans.scope.attributes[0].value.intValue == 5)
        #expect(scopeSpans.scope.droppedAttributesCount == 4)
        #expect(scopeSpans.schemaURL == "https://schema/scope")
    }

    @Test func aRootHasNoParent() throws {
        var stored = span("s")
        #expect(try one(stored).parentSpanID.isEmpty)
        stored.parentSpanID = SpanID(value: 0x0102_0304_0506_0708)
        #expect(try one(stored).parentSpanID == Data([1, 2, 3, 4, 5, 6, 7, 8]))
    }

    @Test(
        arguments: [
            (0, 0, 0, 0), (5, 7, 5, 12), (5, -2, 5, 3), (5, -7, 5, 0), (-5, 0, 0, 0),
            (Int64.max, 0, UInt64(Int64.max), UInt64(Int64.max)),
        ] as [(Int64, Int64, UInt64, UInt64)])
    func theEndIsTheStartAndTheDuration(start: Int64, duration: Int64, expectedStart: UInt64, expectedEnd: UInt64)
        throws
    {
        var stored = span("s")
        stored.startTime = Timestamp(nanoseconds: start)
        stored.durationNanoseconds = duration
        let message = try one(stored)
        #expect(message.startTimeUnixNano == expectedStart)
        #expect(message.endTimeUnixNano == expectedEnd)
    }

    @Test func eventsAndLinksKeepEveryMember() throws {
        var stored = span("s")
        stored.traceState = "a=b"
        stored.flags = 257
        stored.kind = 3
        stored.attributes = [StoredAttribute(key: "x", text: "true", type: .bool)]
        stored.droppedAttributes = 1
        stored.events = [
            .init(
                time: Timestamp(nanoseconds: 9), name: "exception",
                attributes: [StoredAttribute(key: "e", text: "0.5", type: .double)], droppedAttributes: 2)
        ]
        stored.droppedEvents = 3
        stored.links = [
            .init(
                traceID: [UInt8](1...16), spanID: [UInt8](1...8), traceState: "c=d", flags: 1,
                attributes: [StoredAttribute(key: "l", text: "v", type: .string)], droppedAttributes: 4)
        ]
        stored.droppedLinks = 5
        let expected = OTLPSpan.with {
            $0.traceID = Data([UInt8](repeating: 0, count: 15) + [1])
            $0.spanID = Data([UInt8](repeating: 0, count: 7) + [2])
            $0.name = "s"
            $0.traceState = "a=b"
            $0.flags = 257
            $0.kind = .client
            $0.attributes = [pair("x", .with { $0.boolValue = true })]
            $0.droppedAttributesCount = 1
            $0.events = [
                .with {
                    $0.timeUnixNano = 9
                    $0.name = "exception"
                    $0.attributes = [pair("e", .with { $0.doubleValue = 0.5 })]
                    $0.droppedAttributesCount = 2
                }
            ]
            $0.droppedEventsCount = 3
            $0.links = [
                .with {
                    $0.traceID = Data([UInt8](1...16))
                    $0.spanID = Data([UInt8](1...8))
                    $0.traceState = "c=d"
                    $0.flags = 1
                    $0.attributes = [pair("l", .with { $0.stringValue = "v" })]
                    $0.droppedAttributesCount = 4
                }
            ]
            $0.droppedLinksCount = 5
            $0.status = OTLPStatus()
        }
        #expect(try one(stored) == expected)
    }

    private func one(_ stored: StoredSpan) throws -> OTLPSpan {
        let groups = StoredTraceMessages.resourceSpans(
            StoredTrace(spans: [stored], resources: [1: resource("r")], scopes: [2: scope("s")]))
        return try #require(groups.first?.scopeSpans.first?.spans.first)
    }

    private func span(_ name: String, resource: UInt64 = 1, scope: UInt64 = 2) -> StoredSpan {
        var span = StoredSpan()
        span.traceID = TraceID(high: 0, low: 1)
        span.spanID = SpanID(value: 2)
        span.name = name
        span.resourceID = resource
        span.scopeID = scope
        return span
    }

    private func resource(_ service: String) -> StoredResource {
        StoredResource(
            attributes: [StoredAttribute(key: "service.name", text: service, type: .string)], droppedAttributes: 0,
            schemaURL: "", entityRefs: "")
    }

    private func scope(_ name: String) -> StoredScope {
        StoredScope(name: name, version: "", attributes: [], droppedAttributes: 0, schemaURL: "")
    }

    private func pair(_ key: String, _ value: OTLPAnyValue) -> OTLPKeyValue {
        .with {
            $0.key = key
            $0.value = value
        }
    }
}
