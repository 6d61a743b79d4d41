import TelemetryModel
import Testing
import TraceAnalysis

@testable import QueryAPI

@Suite struct TraceUISkeletonTests {
    @Test func `a page is what the encoder makes of its rows`() async {
        let tree = TraceTree(UIMemoryTraces.skeleton(UISamples.small))
        let api = UISamples.api(UISamples.small)
        let all = await api.ask(.skeleton)
        #expect(all.contentType == .binary && all.status == 200)
        #expect(all.page?.spans == 3 && all.page?.from == 0)
        #expect(all.body == TraceSkeletonEncoder().encode(tree))
        let page = await api.ask(.skeleton, "from=1&count=1")
        #expect(page.page?.spans == 3 && page.page?.from == 1)
        #expect(page.body == TraceSkeletonEncoder().encode(tree, 1..<2))
    }

    @Test func `a page behind the end is empty`() async {
        let answer = await UISamples.api(UISamples.small).ask(.skeleton, "from=9223372036854775807&count=250000")
        #expect(answer.status == 200 && answer.page?.spans == 3 && answer.page?.from == 3)
        #expect(answer.body.count == TraceSkeletonEncoder.headBytes)
    }

    @Test(arguments: [
        "from=-1", "count=0", "count=250001", "count=x", "from=9223372036854775808", "spans=-3", "from=%",
    ])
    func `numbers that make no page are refused`(query: String) async {
        let answer = await UISamples.api(UISamples.small).ask(.skeleton, query)
        #expect(answer.status == 400)
    }

    @Test func `all pages of a large trace come from one load`() async {
        let count = 200_000
        let traces = UIMemoryTraces([(UISamples.id, UISamples.wide(count))])
        let api = UISamples.api(traces)
        let summary = await api.text(.summary)
        #expect(summary.contains("\"spans\":200000,"))
        var rows = 0
        for from in stride(from: 0, to: count, by: 50_000) {
            let page = await api.ask(.skeleton, "spans=200000&from=\(from)&count=50000")
            #expect(page.page?.spans == count && page.page?.from == from)
            rows += page.body[24..<28].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
        }
        #expect(rows == count)
        // And so do the views.
        for endpoint in [TraceUIEndpoint.criticalPath, .flame, .statistics] {
            #expect(await api.ask(endpoint, "spans=200000").status == 200)
        }
        #expect(traces.asked.skeletons.count == 1)
    }

    @Test func `a trace that has grown since is loaded again`() async {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small)])
        let api = UISamples.api(traces)
        _ = await api.ask(.skeleton)
        #expect(await api.ask(.skeleton, "spans=3").page?.spans == 3)
        #expect(traces.asked.skeletons.count == 1)
        #expect(await api.ask(.skeleton, "spans=2").page?.spans == 3)
        #expect(traces.asked.skeletons.count == 2)
    }

    @Test func `a summary and views without a count are of what is stored now`() async {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small)])
        let api = UISamples.api(traces)
        for endpoint in [TraceUIEndpoint.summary, .summary, .criticalPath, .flame, .statistics] {
            _ = await api.ask(endpoint)
        }
        #expect(traces.asked.skeletons.count == 5)
    }

    @Test func `what was acknowledged is stored before a trace is loaded`() async {
        let traces = UIMemoryTraces([(UISamples.id, UISamples.small)])
        var dependencies = TraceUIDependencies(queries: traces, analyses: traces)
        dependencies.freshen = { #expect(traces.asked.skeletons.isEmpty && traces.asked.visits.isEmpty) }
        let answer = await TraceUIAPI(dependencies: dependencies).ask(.summary)
        #expect(answer.status == 200)
    }
}
