import Testing

@testable import Ingest

@Suite struct WaitingSidesTests {
    private func side(_ number: Int) -> WaitingSide {
        var side = WaitingSide()
        side.trace = TraceWords(first: UInt64(number / 7), second: UInt64(number))
        side.span = UInt64(number % 5)
        side.duration = Int64(number)
        return side
    }

    /// Random additions and removals, compared with a dictionary and a list.
    @Test func `finds what is there and expires in the order of arrival`() {
        var waiting = WaitingSides(limit: 300)
        var expected: [Int] = []
        for step in 0..<4000 {
            let number = Int.random(in: 0..<500)
            let found = waiting.find(side(number).trace, side(number).span)
            #expect((found != nil) == expected.contains(number))
            if let found {
                #expect(waiting[found].duration == Int64(number))
                waiting.remove(found)
                expected.removeAll { $0 == number }
            } else if waiting.add(side(number), deadline: Int64(step)) {
                expected.append(number)
            } else {
                #expect(expected.count == 300)
            }
            if step % 50 == 0, let oldest = expected.first {
                #expect(waiting.takeExpired(now: Int64(step))?.duration == Int64(oldest))
                expected.removeFirst()
            }
            #expect(waiting.count == expected.count)
        }
        var rest: [Int] = []
        while let side = waiting.takeExpired(now: .max) { rest.append(Int(side.duration)) }
        #expect(rest == expected)
    }

    @Test func `nothing expires before its deadline`() {
        var waiting = WaitingSides(limit: 10)
        let isAdded = waiting.add(side(1), deadline: 100)
        #expect(isAdded)
        #expect(waiting.takeExpired(now: 99) == nil)
        #expect(waiting.takeExpired(now: 100)?.duration == 1)
        #expect(waiting.takeExpired(now: 100) == nil)
    }
}
