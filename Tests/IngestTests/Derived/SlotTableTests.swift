import PrometheusModel
import Testing

@testable import Ingest

@Suite struct SlotTableTests {
    private func find(_ table: SlotTable, _ text: String) -> Int? {
        Array(text.utf8).withUnsafeBufferPointer { table.find($0, hash: SlotTable.hash($0)) }
    }

    private func insert(_ table: inout SlotTable, _ text: String) -> Int? {
        Array(text.utf8).withUnsafeBufferPointer {
            table.insert($0, hash: SlotTable.hash($0), labels: LabelTemplate([Label("a", text)]))?.slot
        }
    }

    /// Random insertions and removals, compared with a dictionary.
    @Test func `finds what is there, whatever was removed`() {
        var table = SlotTable(limit: 150)
        var expected: [String: Int] = [:]
        for _ in 0..<4000 {
            let text = "key \(Int.random(in: 0..<220))"
            #expect(find(table, text) == expected[text])
            if let slot = expected[text] {
                table.remove(slot)
                expected[text] = nil
            } else if let slot = insert(&table, text) {
                #expect(!expected.values.contains(slot))
                expected[text] = slot
            } else {
                #expect(expected.count == 150)
            }
            #expect(table.usedCount == expected.count)
        }
    }

    @Test func `labels are sorted with name and bound among them`() {
        let template = LabelTemplate([Label("service", "s"), Label("HTTP", "x"), Label("empty", "")])
        let name = Label(Labels.nameLabel, "m")
        #expect(template.named(name) == Labels([name, Label("service", "s"), Label("HTTP", "x")]))
        #expect(
            template.named(name, bound: Label("le", "1")).entries.map(\.name) == ["HTTP", "__name__", "le", "service"])
    }
}
