import Codecs
import OTLPMessages
import QueryEngines
import SwiftProtobuf
import Synchronization
import TelemetryModel
import Testing

@testable import QueryAPI

@Suite("traces by id")
struct TempoTraceTests {
    private static let id = TempoSamples.id.hex

    private static func api(_ queries: TempoFakeQueries) -> TempoAPI {
        TempoAPI(dependencies: TempoDependencies(queries: queries, now: { TempoSamples.now }))
    }

    /// All chunks of a stream, joined.
    private static func stream(
        _ queries: TempoFakeQueries, _ endpoint: TempoEndpoint, accept: String? = nil
    ) async throws -> [UInt8] {
        let answer = await api(queries).answer(TempoAPI.Question(endpoint: endpoint, name: id, accept: accept))
        guard case .trace(let stream) = answer.body else {
            Issue.record("not a stream")
            return []
        }
        #expect(answer.status == 200)
        let bytes = Mutex<[UInt8]>([])
        try await stream.write { chunk in bytes.withLock { $0 += chunk } }
        return bytes.withLock { $0 }
    }

    /// Field 1 of a `TraceByIDResponse`, its occurrences merged as every parser of protocol buffers does.
    private static func traceField(_ bytes: [UInt8]) throws -> OTLPTracesData {
        var merged = OTLPTracesData()
        var index = 0
        while index < bytes.count {
            #expect(bytes[index] == 1 << 3 | 2)
            index += 1
            var (length, shift) = (0, 0)
            while bytes[index] >= 0x80 {
                length |= Int(bytes[index] & 0x7F) << shift
                shift += 7
                index += 1
            }
            length |= Int(bytes[index]) << shift
            index += 1
            try merged.merge(serializedBytes: Array(bytes[index..<index + length]))
            index += length
        }
        return merged
    }

    private static func names(_ trace: OTLPTracesData) -> [String] {
        trace.resourceSpans.flatMap { $0.scopeSpans.flatMap { $0.spans.map(\.name) } }
    }

    private static let one = TempoFakeQueries { $0.pages = [TempoSamples.page(1..<3)] }
    private static let many = TempoFakeQueries {
        $0.pages = [TempoSamples.page(1..<3), TempoSamples.page(0..<0), TempoSamples.page(3..<4)]
    }

    @Test("JSON has the lists that each version names")
    func json() async throws {
        let first = await TempoSamples.answer(Self.one, .trace, name: Self.id)
        #expect(first.status == 200)
        #expect(first.type == "application/json")
        #expect(first.text.hasPrefix(#"{"batches":[{"resource":{"attributes":[{"key":"service.name""#))
        #expect(first.text.hasSuffix("}]}]}]}"))
        let second = await TempoSamples.answer(Self.one, .traceWithStatus, name: "ABcdef01234567")
        #expect(second.text.hasPrefix(#"{"trace":{"resourceSpans":[{"resource":"#))
        #expect(second.text.hasSuffix(#"}]}]}]},"metrics":{},"status":"COMPLETE"}"#))
    }

    @Test("a trace of many pages is the same text as one of a single page, list for list")
    func streamedJSON() async throws {
        let whole = await TempoSamples.answer(Self.one, .trace, name: Self.id)
        let tail = await TempoSamples.answer(
            TempoFakeQueries { $0.pages = [TempoSamples.page(3..<4)] }, .trace, name: Self.id)
        let wanted = whole.text.dropLast(2) + "," + tail.text.dropFirst(#"{"batches":["#.count)
        #expect(String(decoding: try await Self.stream(Self.many, .trace), as: UTF8.self) == wanted)
        let second = String(decoding: try await Self.stream(Self.many, .traceWithStatus), as: UTF8.self)
        #expect(
            second == #"{"trace":{"resourceSpans":["# + wanted.dropFirst(12).dropLast(2)
                + #"]},"metrics":{},"status":"COMPLETE"}"#)
    }

    @Test("protobuf is a Trace in the first version, and in field 1 of the answer in the second")
    func protobuf() async throws {
        let first = await TempoSamples.answer(Self.one, .trace, name: Self.id, accept: "application/protobuf")
        #expect(first.type == "application/protobuf")
        #expect(Self.names(try OTLPTracesData(serializedBytes: first.bytes)) == ["span 1", "span 2"])
        let second = await TempoSamples.answer(
            Self.one, .traceWithStatus, name: Self.id, accept: "application/protobuf")
        #expect(Self.names(try Self.traceField(second.bytes)) == ["span 1", "span 2"])
    }

    @Test("pages of protobuf merge to the whole trace")
    func streamedProtobuf() async throws {
        let first = try await Self.stream(Self.many, .trace, accept: "application/protobuf")
        #expect(Self.names(try OTLPTracesData(serializedBytes: first)) == ["span 1", "span 2", "span 3"])
        let second = try await Self.stream(Self.many, .traceWithStatus, accept: "application/protobuf")
        #expect(Self.names(try Self.traceField(second)) == ["span 1", "span 2", "span 3"])
    }

    /// Grafana's plugin reads these without asking whether they are there.
    @Test("resource, scope and status are present although they hold nothing")
    func presence() async throws {
        let queries = TempoFakeQueries { $0.pages = [TempoSamples.page(1..<2, resource: [])] }
        let answer = await TempoSamples.answer(queries, .trace, name: Self.id, accept: "application/protobuf")
        let trace = try OTLPTracesData(serializedBytes: answer.bytes)
        let resource = try #require(trace.resourceSpans.first)
        let scope = try #require(resource.scopeSpans.first)
        let span = try #require(scope.spans.first)
        #expect(resource.hasResource && scope.hasScope && span.hasStatus)
        #expect(resource.resource.attributes.map(\.key) == ["service.name"])
        #expect(resource.resource.attributes.first?.value.stringValue == "unknown_service")
    }

    @Test(
        "an id is 1 to 32 hex digits",
        arguments: ["", "x", "0", "00000000000000000000000000000000", String(repeating: "a", count: 33), "12-3"])
    func wrongIDs(id: String) async {
        for endpoint in [TempoEndpoint.trace, .traceWithStatus] {
            #expect(await TempoSamples.answer(Self.one, endpoint, name: id).status == 400)
        }
    }

    @Test("a trace that is not there is 404")
    func unknown() async {
        for endpoint in [TempoEndpoint.trace, .traceWithStatus] {
            let answer = await TempoSamples.answer(Self.one, endpoint, name: "12")
            #expect(answer.status == 404)
            #expect(answer.text == "trace 00000000000000000000000000000012 not found")
        }
    }

    @Test("times are checked and change nothing; choosing spans by q is said not to be supported")
    func parameters() async {
        let timed = await TempoSamples.answer(Self.one, .trace, [("start", "1"), ("end", "2")], name: Self.id)
        #expect(timed.status == 200)
        let wrong = await TempoSamples.answer(Self.one, .trace, [("start", "3"), ("end", "2")], name: Self.id)
        #expect(wrong.status == 400)
        let text = await TempoSamples.answer(Self.one, .trace, [("start", "x")], name: Self.id)
        #expect(text.status == 400)
        let all = await TempoSamples.answer(Self.one, .traceWithStatus, [("q", "{ true }")], name: Self.id)
        #expect(all.status == 200)
        let some = await TempoSamples.answer(Self.one, .traceWithStatus, [("q", "{ .a = 1 }")], name: Self.id)
        #expect(some.status == 501)
    }

    @Test("an error in the middle ends the stream with the error")
    func abort() async throws {
        let queries = TempoFakeQueries {
            $0.pages = [TempoSamples.page(1..<3), TempoSamples.page(3..<4)]
            $0.failure = (1, TraceQueryError(.unavailable, "the store is gone"))
        }
        await #expect(throws: TraceQueryError.self) { try await Self.stream(queries, .trace) }
        // And one of the reader ends the pages.
        let slow = TempoFakeQueries { $0.pages = [TempoSamples.page(1..<3), TempoSamples.page(3..<4)] }
        let stream = TraceStream(id: TempoSamples.id, queries: slow, encoding: .json, wrapping: .plain)
        await #expect(throws: CancellationError.self) { try await stream.write { _ in throw CancellationError() } }
        #expect(slow.asked.pages == 0)
    }

    @Test("a trace that went away between the two questions is an error, not an empty trace")
    func gone() async {
        let stream = TraceStream(id: TempoSamples.id, queries: TempoFakeQueries(), encoding: .json, wrapping: .plain)
        await #expect(throws: TraceQueryError.self) { try await stream.write { _ in } }
    }
}
