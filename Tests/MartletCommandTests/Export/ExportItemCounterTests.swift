import Codecs
import OTLPMessages
import SwiftProtobuf
import Testing

@testable import martlet

/// Counts are the same however the bytes are divided.
@Suite struct ExportItemCounterTests {
    private func count(_ bytes: [UInt8], _ form: ExportFileForm, _ kind: ExportKind) throws -> Int {
        var counts: Set<Int> = []
        for size in [1, 7, 1000] {
            var counter = ExportItemCounter(form, kind)
            for start in stride(from: 0, to: bytes.count, by: size) {
                try Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBufferPointer {
                    try counter.add($0)
                }
            }
            counts.insert(counter.items)
        }
        #expect(counts.count == 1)
        return counts.first ?? -1
    }

    private var metrics: OTLPMetricsRequest {
        var request = OTLPMetricsRequest()
        for _ in 0..<2 {
            var gauge = OTLPMetric()
            gauge.gauge.dataPoints = [.init(), .init(), .init()]
            var summary = OTLPMetric()
            summary.summary.dataPoints = [.init()]
            var scope = OTLPScopeMetrics()
            scope.metrics = [gauge, summary]
            var group = OTLPResourceMetrics()
            group.scopeMetrics = [scope, scope]
            request.resourceMetrics.append(group)
        }
        return request
    }

    private var traces: OTLPTraceRequest {
        var scope = OTLPScopeSpans()
        scope.spans = [.init(), .init()]
        var group = OTLPResourceSpans()
        group.scopeSpans = [scope, scope, .init()]
        var request = OTLPTraceRequest()
        request.resourceSpans = [group]
        return request
    }

    @Test func linesAreCounted() throws {
        let newline: [UInt8] = [10]
        let points = OTLPJSONEncoder.encode(metrics) + newline + OTLPJSONEncoder.encode(metrics) + newline
        #expect(try count(points, .otlpLines, .metrics) == 32)
        #expect(try count(OTLPJSONEncoder.encode(traces) + newline, .otlpLines, .traces) == 4)
        #expect(try count([], .otlpLines, .logs) == 0)
    }

    @Test func messagesAreCounted() throws {
        func framed(_ bytes: [UInt8]) -> [UInt8] {
            withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
        }
        let points: [UInt8] = try metrics.serializedBytes()
        let spans: [UInt8] = try traces.serializedBytes()
        #expect(try count(framed(points) + framed(points), .otlpMessages, .metrics) == 32)
        #expect(try count(framed(spans), .otlpMessages, .traces) == 4)
        #expect(throws: CommandFailure.self) { _ = try count(framed([0x0A, 0xFF]), .otlpMessages, .traces) }
    }

    @Test func spansOfJaegersFormAreCounted() throws {
        let text =
            #"{"data":[{"traceID":"1","spans":[{"tags":[{"key":"{[\"","value":{"a":[{}]}}],"logs":[]},{}],"processes":{"p1":{},"p2":{}},"warnings":null},{"spans":[{}]}],"total":0,"errors":null}"#
        #expect(try count(Array(text.utf8), .jaegerJSON, .traces) == 3)
    }

    @Test func rowsOfCSVAreCounted() throws {
        #expect(try count(Array("a,b\n1,\"x\ny\"\"\"\n2,z\n".utf8), .csv, .logs) == 2)
        #expect(try count(Array("a\n".utf8), .csv, .sql) == 0)
    }
}
