import QueryEngines
import TelemetryModel
import Testing
import TraceQL

@testable import QueryAPI

@Suite struct ServiceGraphTests {
    private static func count(
        _ service: String?, _ status: Value.Status, _ spans: Double
    ) -> TraceMetricsResult.Series {
        .init(
            labels: [
                ("resource.service.name", service.map { .string($0) } ?? Value.none), ("status", .status(status)),
            ],
            samples: [(time: Int64(0), value: spans)])
    }

    @Test func `services are counted, and calls are told`() async throws {
        let traces = UIMemoryTraces([]) { settings in
            settings.links = [
                ServiceDependency(parent: "api", child: "db", calls: 7, errors: 1),
                ServiceDependency(parent: "web", child: "api", calls: 3, errors: 0),
            ]
            settings.counts = [
                Self.count("api", .unset, 10), Self.count("api", .error, 2), Self.count("db", .ok, 7),
                Self.count("lonely", .error, 1), Self.count(nil, .unset, 4),
            ]
        }
        let text = await UISamples.api(traces).text(.serviceGraph, "start=10&end=20")
        #expect(
            text == """
                {"start":"10000000000","end":"20000000000","nodes":[{"service":"","spans":4,"errors":0},\
                {"service":"api","spans":12,"errors":2},{"service":"db","spans":7,"errors":0},\
                {"service":"lonely","spans":1,"errors":1},{"service":"web","spans":0,"errors":0}],\
                "edges":[{"parent":"api","child":"db","calls":7,"errors":1},\
                {"parent":"web","child":"api","calls":3,"errors":0}],"complete":true,"other":null}
                """)
        #expect(traces.asked.dependencies == [TraceTimeRange(start: 10_000_000_000, end: 20_000_000_000)])
        let request = try #require(traces.asked.metrics.first)
        #expect(
            request.query == (try TraceQLParser.parse("{} | count_over_time() by (resource.service.name, status)")))
        #expect(request.start == 10_000_000_000 && request.end == 20_000_000_000 && request.step == nil)
    }

    @Test func `services and calls beyond the limits are added up`() {
        let calls = (0..<3000).flatMap { child in
            (0..<3).map { ServiceDependency(parent: "p\($0)", child: "c\(child)", calls: child + 1, errors: 1) }
        }
        let graph = ServiceGraph(
            calls,
            TraceMetricsResult(
                series: (0..<3000).map { Self.count("c\($0)", .unset, Double($0 + 1)) }
                    + (0..<3).map { Self.count("p\($0)", .unset, 9999) }, inspectedSpans: 0))
        #expect(graph.nodes.count == 2000 && graph.edges.count == 5000)
        #expect(graph.nodes.allSatisfy { $0.spans > 1003 } && graph.edges.allSatisfy { $0.calls > 1000 })
        let answer = TraceUIAnswer.json { graph.write(into: &$0) }
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(text.contains("\"complete\":false,\"other\":{\"nodes\":1003,\"spans\":503506,\"edges\":4000,"))
    }

    @Test func `without anything there is an empty graph`() async {
        let text = await UISamples.api([]).text(.serviceGraph)
        #expect(text.hasSuffix("\"nodes\":[],\"edges\":[],\"complete\":true,\"other\":null}"))
    }
}
