/// One flush at a time: that of the interval, or that of a barrier.
actor FlushTurn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func run(_ flush: @Sendable () async -> Void) async {
        while isTaken { await withCheckedContinuation { waiting.append($0) } }
        isTaken = true
        await flush()
        isTaken = false
        if !waiting.isEmpty { waiting.removeFirst().resume() }
    }
}
