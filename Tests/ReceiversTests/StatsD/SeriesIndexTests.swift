import Testing

@testable import Receivers

@Suite struct SeriesIndexTests {
    /// Against a dictionary. Few different low halves make long probes, also around the end of the table.
    @Test func answersAsADictionaryWould() {
        for spread: UInt64 in [3, 2000, .max] {
            var index = SeriesIndex()
            var model: [LineHash.Value: Int32] = [:]
            var keys: [LineHash.Value] = []
            for step in 0..<20_000 {
                let key: LineHash.Value
                if let known = keys.randomElement(), Bool.random() {
                    key = known
                } else {
                    let low = spread == .max ? UInt64.random(in: 0 ... .max) : .max - UInt64.random(in: 0..<spread)
                    key = LineHash.Value(high: .random(in: 0..<(spread == 3 ? 300 : 5000)), low: low)
                    keys.append(key)
                }
                if Int.random(in: 0..<3) == 0 {
                    index.remove(key)
                    model[key] = nil
                } else {
                    index.set(key, slot: Int32(step), generation: UInt32(step))
                    model[key] = Int32(step)
                }
            }
            #expect(index.count == model.count)
            #expect(keys.allSatisfy { index.find($0)?.slot == model[$0] })
        }
    }

    @Test func boundariesOfPartsCount() {
        func hash(_ parts: [String]) -> LineHash.Value {
            var hash = LineHash(.init(high: 7, low: 8))
            for part in parts { hash.combine(part) }
            return hash.finish(0)
        }
        let all = [
            ["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""], ["", "abc"], ["abcdefgh", "i"], ["abcdefghi"], [],
        ]
        #expect(Set(all.map(hash)).count == all.count)
    }
}
