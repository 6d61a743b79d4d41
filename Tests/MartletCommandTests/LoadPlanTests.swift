import TelemetryModel
import Testing

@testable import martlet

@Suite struct LoadPlanTests {
    private func plan(
        _ end: LoadPlan.End, signals: [Signal] = [.traces], batch: Int = 500, rate: Double? = nil
    ) -> LoadPlan {
        LoadPlan(signals: signals, batch: batch, end: end, rate: rate)
    }

    @Test(arguments: [1, 499, 500, 501, 10_000] as [UInt64], [1, 3])
    func `the requests of a number of items hold each item once`(items: UInt64, signals: Int) {
        let plan = plan(.items(items), signals: Array(Signal.allCases.prefix(signals)))
        var sent: [Signal: Set<UInt64>] = [:]
        var total: UInt64 = 0
        var number: UInt64 = 0
        while let request = plan.request(number) {
            #expect((1...500).contains(request.count))
            sent[request.signal, default: []].formUnion(request.first..<request.first + UInt64(request.count))
            total += UInt64(request.count)
            number += 1
        }
        #expect(total == items)
        #expect(sent.values.reduce(0) { $0 + $1.count } == Int(items))
        // From 0 on, without a gap: traces are then whole.
        for numbers in sent.values { #expect(numbers.max() == UInt64(numbers.count - 1)) }
    }

    @Test func `requests at a rate are due at even times, whatever was answered`() {
        let plan = plan(.after(.seconds(10)), batch: 100, rate: 1_000)
        #expect(plan.due(0) == .zero)
        #expect(plan.due(1) == .milliseconds(100))
        #expect(plan.due(35) == .milliseconds(3_500))
        #expect(plan.requestsMax == 100)
        #expect(plan.itemsMax == 10_000)
        #expect(plan.request(99) != nil)
        #expect(plan.request(100) == nil)
    }

    @Test func `without a rate nothing is due, and the clock ends the run`() {
        let plan = plan(.after(.seconds(10)))
        #expect(plan.due(5) == nil)
        #expect(plan.requestsMax == nil)
        #expect(plan.request(1 << 40)?.first == 500 << 40)
        #expect(!plan.isOver(after: .seconds(9)))
        #expect(plan.isOver(after: .seconds(10)))
    }

    @Test func `a rate below one request in the time still sends one`() {
        #expect(plan(.after(.seconds(1)), rate: 0.5).requestsMax == 1)
    }

    @Test func `a number of items is not ended by the clock`() {
        #expect(!plan(.items(5)).isOver(after: .seconds(1 << 40)))
    }
}
