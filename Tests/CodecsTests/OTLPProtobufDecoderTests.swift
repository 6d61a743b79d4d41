import Codecs
import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing

@Suite struct OTLPProtobufDecoderTests {
    @Test(arguments: 0..<20)
    func randomRequestsComeBack(seed: UInt64) throws {
        var random = RandomOTLP(seed: seed)
        let traces = random.traceRequest()
        let metrics = random.metricsRequest()
        let logs = random.logsRequest()
        #expect(try OTLPProtobufDecoder.decodeTraces(traces.serializedBytes()) == traces)
        #expect(try OTLPProtobufDecoder.decodeMetrics(metrics.serializedBytes()) == metrics)
        #expect(try OTLPProtobufDecoder.decodeLogs(logs.serializedBytes()) == logs)
    }

    @Test func anEmptyBodyIsAnEmptyRequest() throws {
        #expect(try OTLPProtobufDecoder.decodeTraces([]) == OTLPTraceRequest())
    }

    /// Cut at any byte it is a value or an error; cut inside its only resource it is always an error.
    @Test func aRequestCutShortIsMalformed() throws {
        var random = RandomOTLP(seed: 3)
        let resource = OTLPResourceSpans.with { message in
            message.resource = random.resource()
            message.scopeSpans = [
                .with { scopeSpans in scopeSpans.spans = (0..<4).map { _ in random.span() } }
            ]
        }
        let bytes: [UInt8] = try OTLPTraceRequest.with { $0.resourceSpans = [resource] }.serializedBytes()
        try #require(bytes.count > 100)
        for length in 1..<bytes.count {
            let error = #expect(throws: DecodeError.self, "cut at \(length)") {
                _ = try OTLPProtobufDecoder.decodeTraces(Array(bytes[..<length]))
            }
            #expect(error?.code == .malformed, "cut at \(length)")
        }
    }

    /// A trap would end the test process; a value or a `DecodeError` are both right.
    @Test(arguments: 0..<4)
    func randomDamageNeverTraps(seed: UInt64) throws {
        var random = RandomOTLP(seed: 100 + seed)
        var bytes: [UInt8] = []
        while bytes.count < 200 { bytes = try random.metricsRequest().serializedBytes() }
        var errors = 0
        for _ in 0..<500 {
            var damaged = bytes
            for _ in 0...random.below(3) { damaged[random.below(bytes.count)] = UInt8(random.below(256)) }
            do throws(DecodeError) {
                _ = try OTLPProtobufDecoder.decodeMetrics(damaged)
            } catch {
                errors += 1
                #expect(!error.message.isEmpty)
            }
        }
        #expect(errors > 0)
    }

    @Test(arguments: [
        [0x0A] as [UInt8],  // a field without its length
        [0x0A, 0x05, 0x00],  // a length past the end
        [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],  // a length of 2^64 - 1
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],  // a tag of 11 bytes
        [0x00, 0x00],  // field number 0
        [0x0F, 0x00],  // wire type 7
        Array("{\"resourceSpans\":[]}".utf8),
    ])
    func garbageIsMalformed(bytes: [UInt8]) {
        let error = #expect(throws: DecodeError.self) { _ = try OTLPProtobufDecoder.decodeTraces(bytes) }
        #expect(error?.code == .malformed)
    }

    @Test(arguments: [(10, nil), (40, nil), (60, .tooDeep), (2000, .tooDeep)] as [(Int, DecodeError.Code?)])
    func nestingIsBounded(arrays: Int, code: DecodeError.Code?) throws {
        // Written from the inside, as SwiftProtobuf would recurse: AnyValue.array_value = 5, ArrayValue.values = 1.
        var value: [UInt8] = [0x10, 0x01]
        for _ in 0..<arrays { value = field(5, field(1, value)) }
        let attribute = field(1, Array("deep".utf8)) + field(2, value)
        // ResourceLogs.resource = 1, Resource.attributes = 1.
        let request = field(1, field(1, field(1, attribute)))
        do throws(DecodeError) {
            let decoded = try OTLPProtobufDecoder.decodeLogs(request)
            #expect(code == nil)
            #expect(decoded.resourceLogs.first?.resource.attributes.first?.key == "deep")
        } catch {
            #expect(error.code == code)
        }
    }

    @Test func unknownFieldsAreAcceptedAndDropped() throws {
        let span = OTLPSpan.with { $0.name = "known" }
        let unknown = field(999, Array("later".utf8)) + [0xC0, 0x3E, 0x07]
        let scopeSpans = field(2, try span.serializedBytes() + unknown) + unknown
        let request = field(1, field(2, scopeSpans) + unknown) + unknown
        let expected = OTLPTraceRequest.with {
            $0.resourceSpans = [.with { $0.scopeSpans = [.with { $0.spans = [span] }] }]
        }
        #expect(try OTLPProtobufDecoder.decodeTraces(request) == expected)
    }

    @Test(arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0xC0, 0x80]] as [[UInt8]])
    func stringsThatAreNotUTF8AreRefused(text: [UInt8]) {
        // Span.name = 5 in ScopeSpans.spans = 2 in ResourceSpans.scope_spans = 2.
        let request = field(1, field(2, field(2, field(5, text))))
        let error = #expect(throws: DecodeError.self) { _ = try OTLPProtobufDecoder.decodeTraces(request) }
        #expect(error?.code == .malformed)
        #expect(error?.message == "a protobuf string is not UTF-8")
    }

    private func field(_ number: UInt32, _ content: [UInt8]) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.field(number, content)
        return writer.bytes
    }
}
