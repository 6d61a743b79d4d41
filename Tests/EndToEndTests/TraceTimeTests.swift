import Foundation
import Testing

extension EndToEnd {
    /// Spans at the edges of time: nothing that was accepted is out of the reach of a search.
    @Suite(.server())
    struct TraceTimeTests {
        private static let second: UInt64 = 1_000_000_000

        struct Edge: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let start: UInt64
            /// Smaller than the start for a clock that went back.
            let end: UInt64
            /// A range in seconds that contains it.
            let range: ClosedRange<Int>
        }

        static let edges = [
            Edge(testDescription: "1970", start: second, end: 2 * second, range: 0...10),
            Edge(
                testDescription: "2200", start: 7_258_118_400 * second, end: 7_258_118_401 * second,
                range: 7_258_118_000...7_258_119_000),
            Edge(testDescription: "no start", start: 0, end: 5 * second, range: 0...10),
            Edge(testDescription: "no times", start: 0, end: 0, range: 0...10),
            Edge(
                testDescription: "end before start", start: 1_700_000_000 * second, end: 1_600_000_000 * second,
                range: 1_699_999_990...1_700_000_010),
            Edge(
                testDescription: "no end", start: 1_650_000_000 * second, end: 0,
                range: 1_649_999_990...1_650_000_010),
        ]

        private func send(_ edge: Edge, service: String, to server: ServerProcess) async throws -> TestSpan {
            var span = TestSpan(name: "edge", kind: 2, start: edge.start)
            span.duration = edge.end &- edge.start
            try await server.send(service, [span])
            return span
        }

        @Test(
            "a span of any time is found without a range, in a range that contains it, and by its id", arguments: edges)
        func found(_ edge: Edge) async throws {
            let server = try ServerProcess.shared
            let service = "edge-\(uniqueRun())"
            let span = try await send(edge, service: service, to: server)
            let query = #"{ resource.service.name = "\#(service)" }"#
            #expect(try await Array(server.traces(query).keys) == [span.trace])
            let range = [("start", "\(edge.range.lowerBound)"), ("end", "\(edge.range.upperBound)")]
            #expect(try await Array(server.traces(query, range).keys) == [span.trace])
            let byID = try await server.spans(ofTrace: span.trace)
            #expect(byID.map { TraceDocument.id($0["spanId"]) } == [span.id])
            #expect(byID[0]["startTimeUnixNano"].integer ?? 0 == Int64(edge.start))

            let jaeger = try await server.json("jaeger", "/api/traces/\(span.trace)")["data"][0]["spans"].array
            #expect(jaeger.map { $0["spanID"].string } == [span.id])
            #expect(jaeger[0]["duration"].integer ?? -1 >= 0)
            let micro = [
                ("service", service), ("start", "\(edge.range.lowerBound)000000"),
                ("end", "\(edge.range.upperBound)000000"),
            ]
            let search = try await server.json("jaeger", "/api/traces", micro)["data"].array
            #expect(search.map { $0["traceID"].string } == [span.trace])
            let zipkin = try await server.json("zipkin", "/api/v2/trace/\(span.trace)").array
            #expect(zipkin.map { $0["id"].string } == [span.id])
        }

        @Test("a span of any time is not found by a range beside it", arguments: edges)
        func notFound(_ edge: Edge) async throws {
            let server = try ServerProcess.shared
            let service = "beside-\(uniqueRun())"
            _ = try await send(edge, service: service, to: server)
            let query = #"{ resource.service.name = "\#(service)" }"#
            let beside = [("start", "2000000000"), ("end", "2000003600")]
            #expect(try await server.traces(query, beside).isEmpty)
        }

        @Test("a long span is found by a window in its middle and at its ends, and by none outside")
        func longSpan() async throws {
            let server = try ServerProcess.shared
            let service = "long-\(uniqueRun())"
            let begin = 1_720_000_000
            // Ten days.
            let span = TestSpan(
                name: "long", start: UInt64(begin) * Self.second, duration: 864_000 * Self.second)
            try await server.send(service, [span])
            let query = #"{ resource.service.name = "\#(service)" }"#
            for (start, end, isFound) in [
                (begin + 400_000, begin + 400_060, true), (begin - 60, begin + 1, true),
                (begin + 863_999, begin + 864_060, true), (begin - 120, begin - 60, false),
                (begin + 864_060, begin + 864_120, false),
            ] {
                let found = try await server.traces(query, [("start", "\(start)"), ("end", "\(end)")])
                #expect(found.keys.contains(span.trace) == isFound, "\(start - begin)...\(end - begin)")
            }
        }

        @Test("spans of all times in one trace are all shown, the newest last")
        func together() async throws {
            let server = try ServerProcess.shared
            let service = "together-\(uniqueRun())"
            let trace = hexDigits(randomBytes(16))
            let spans = Self.edges.map { edge in
                var span = TestSpan(trace: trace, name: edge.testDescription, start: edge.start)
                span.duration = edge.end &- edge.start
                return span
            }
            try await server.send(service, spans)
            let byID = try await server.spans(ofTrace: trace)
            #expect(Set(byID.compactMap { $0["name"].string }) == Set(Self.edges.map(\.testDescription)))
            let found = try await server.traces(#"{ resource.service.name = "\#(service)" }"#, [("spss", "100")])
            #expect(found[trace]?["spanSets"][0]["matched"] == 6)
            let jaeger = try await server.json("jaeger", "/api/traces/\(trace)")["data"][0]["spans"].array
            #expect(jaeger.count == 6)
            #expect(try await server.json("zipkin", "/api/v2/trace/\(trace)").array.count == 6)
        }
    }
}
