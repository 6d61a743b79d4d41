import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryFiles
import TelemetryModel
import Testing

@Suite struct BatchesTests {
    @Test func takingARequestApartAndPuttingItTogetherChangesNothing() throws {
        var spans = Fixture.spans(3)
        spans.resourceSpans[0].scopeSpans.append(
            .with {
                $0.scope.name = "second"
                $0.schemaURL = "u"
                $0.spans = Fixture.spans(2).resourceSpans[0].scopeSpans[0].spans
            })
        spans.resourceSpans += Fixture.spans(1).resourceSpans
        var points = Fixture.points(3)
        var sum = OTLPMetric()
        sum.name = "s"
        sum.sum.isMonotonic = true
        sum.sum.dataPoints = [.with { $0.asInt = 1 }, .with { $0.asInt = 2 }]
        points.resourceMetrics[0].scopeMetrics[0].metrics.append(sum)
        for request in [TelemetryRequest.traces(spans), .metrics(points), .logs(Fixture.logs(4))] {
            let items = request.itemized()
            #expect(items.count == request.items)
            let again = try #require(TelemetryRequest(items))
            #expect(bytes(again) == bytes(request))
        }
    }

    private func bytes(_ request: TelemetryRequest) -> [UInt8] {
        switch request {
        case .traces(let request): OTLPJSONEncoder.encode(request)
        case .metrics(let request): OTLPJSONEncoder.encode(request)
        case .logs(let request): OTLPJSONEncoder.encode(request)
        }
    }

    @Test func smallRequestsComeTogetherAndLargeOnesApart() throws {
        var batcher = RequestBatcher(itemsMax: 10, bytesMax: 1_000)
        var sizes: [Int] = []
        for _ in 0..<7 { sizes += batcher.add(.traces(Fixture.spans(3)), bytes: 10).map(\.items) }
        sizes += batcher.add(.logs(Fixture.logs(25)), bytes: 10).map(\.items)
        sizes += batcher.add(.logs(Fixture.logs(4)), bytes: 2_500).map(\.items)
        sizes += batcher.add(.logs(Fixture.logs(0)), bytes: 10).map(\.items)
        sizes += batcher.finish().map(\.items)
        #expect(sizes == [9, 9, 9, 9, 7, 2, 2, 3])
    }

    @Test func aRequestOfOneItemHasNoHalves() throws {
        #expect(TelemetryRequest.traces(Fixture.spans(1)).halves == nil)
        let (first, second) = try #require(TelemetryRequest.traces(Fixture.spans(5)).halves)
        #expect([first.items, second.items] == [2, 3])
    }

    @Test func itemsOfSeveralFilesComeInOrderOfTime() throws {
        let folder = Folder()
        _ = folder.write(
            "traces/traces-2026-11-22T01-51-13.000.jsonl", Fixture.line(Fixture.spans(2, time: 100)))
        _ = folder.write(
            "traces/traces.jsonl", Fixture.line(Fixture.spans(2, time: 300)) + Fixture.line(Fixture.spans(2, time: 200))
        )
        _ = folder.write("logs/logs.jsonl", Fixture.line(Fixture.logs(2, time: 150)) + Array("bad\n".utf8))
        var merged = MergedFiles(try TelemetryDirectory.files(folder.path))
        var times: [UInt64] = []
        var problems = 0
        while let event = try merged.next() {
            switch event {
            case .item(let item): times.append(item.time)
            case .problem: problems += 1
            }
        }
        #expect(times == [110, 111, 150, 151, 210, 211, 310, 311])
        #expect(problems == 1)
        #expect(merged.outOfOrder == 0)
    }

    @Test func withLittleRoomWhatIsTooLateIsCounted() throws {
        let folder = Folder()
        _ = folder.write(
            "traces.jsonl", (0..<10).flatMap { Fixture.line(Fixture.spans(1, time: 1_000 - UInt64($0))) })
        var merged = MergedFiles(try TelemetryDirectory.files(folder.path), itemsMax: 2)
        var count = 0
        while let event = try merged.next() { if case .item = event { count += 1 } }
        #expect(count == 10)
        #expect(merged.outOfOrder == 8)
    }
}
