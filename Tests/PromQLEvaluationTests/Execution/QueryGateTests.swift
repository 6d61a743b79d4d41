import PromQLEvaluation
import Testing

@Suite(.timeLimit(.minutes(1))) struct QueryGateTests {
    @Test func thoseWhoWaitComeInTheirOrder() async throws {
        let gate = QueryGate(width: 1, waitersMax: 10)
        let first = await gate.enter()
        #expect(first == .entered)
        let (entries, order) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingOldest(5))
        var tasks: [Task<Void, Never>] = []
        for number in 0..<5 {
            tasks.append(
                Task {
                    guard await gate.enter() == .entered else { return }
                    order.yield(number)
                    gate.leave()
                })
            try await until { gate.counts.waiting == number + 1 }
        }
        gate.leave()
        for task in tasks { await task.value }
        order.finish()
        let came = await entries.reduce(into: []) { $0.append($1) }
        #expect(came == [0, 1, 2, 3, 4])
        #expect(gate.counts == (0, 0))
    }

    @Test func aCancelledWaiterLeavesAndNobodyElseDoes() async throws {
        let gate = QueryGate(width: 1, waitersMax: 10)
        _ = await gate.enter()
        let gone = Task { await gate.enter() }
        try await until { gate.counts.waiting == 1 }
        let patient = Task { await gate.enter() }
        try await until { gate.counts.waiting == 2 }
        gone.cancel()
        let left = await gone.value
        #expect(left == .cancelled)
        #expect(gate.counts == (1, 1))
        gate.leave()
        let came = await patient.value
        #expect(came == .entered)
        gate.leave()
        #expect(gate.counts == (0, 0))
    }

    @Test func whoComesCancelledDoesNotEnter() async {
        let gate = QueryGate(width: 1, waitersMax: 1)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await gate.enter()
        }
        task.cancel()
        let entry = await task.value
        #expect(entry == .cancelled)
        #expect(gate.counts == (0, 0))
    }

    @Test func moreThanMayWaitAreRefused() async throws {
        let gate = QueryGate(width: 1, waitersMax: 1)
        _ = await gate.enter()
        let waiting = Task { await gate.enter() }
        try await until { gate.counts.waiting == 1 }
        let refused = await gate.enter()
        #expect(refused == .full)
        gate.leave()
        let came = await waiting.value
        #expect(came == .entered)
    }
}
