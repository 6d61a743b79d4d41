import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import Testing

@testable import Ingest

@Suite struct ResourceFactsTests {
    private static let day: Int64 = 86_400_000

    /// Resources `first..<last`, each with its number, as they arrive on a day.
    private func block(_ numbers: Range<Int>, day: Int64) -> TelemetryBatch {
        let batch = TelemetryBatch()
        var appender = ColumnAppender(batch: batch)
        appender.begin(receivedTime: Timestamp(clampingMilliseconds: day * Self.day))
        let spans = numbers.map { TestSpan(resource: ["number": "\($0)", "service.namespace": "n"]) }
        appender.append(DerivedFixture.request(spans))
        return batch
    }

    @Test func `what is asked for is remembered`() {
        var facts = ResourceFacts(keys: ["absent", "number"])
        let batch = block(0..<3, day: 20_000)
        facts.learn(batch.resources)
        let last = facts.facts(of: batch.spans.resourceID[2])
        #expect(last.values == [nil, "2"])
        #expect(last.namespace == "n")
        #expect(facts.facts(of: 1).values.isEmpty)
    }

    @Test func `the oldest make room, and what finds none is counted`() {
        var facts = ResourceFacts(keys: ["number"], limit: 10)
        facts.learn(block(0..<10, day: 20_000).resources)
        facts.learn(block(10..<12, day: 20_000).resources)
        #expect(facts.count == 10)
        #expect(facts.forgotten == 2)
        // Written again two days later, the first three stay.
        facts.learn(block(0..<3, day: 20_002).resources)
        let new = block(20..<22, day: 20_002)
        facts.learn(new.resources)
        #expect(facts.count == 5)
        #expect(facts.facts(of: new.spans.resourceID[1]).values == ["21"])
    }
}
