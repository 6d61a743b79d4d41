/// Lets a fixed number of callers in at a time and a fixed number wait, first come first served.
package actor AdmissionGate {
    private var free: Int
    private let waitersMax: Int
    private var waiters: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    private var nextID: UInt64 = 0

    package init(width: Int, waitersMax: Int) {
        free = width
        self.waitersMax = waitersMax
    }

    /// - Throws: `EngineError.overloaded` when too many wait already, `CancellationError` when cancelled while waiting.
    package func enter() async throws {
        try Task.checkCancellation()
        if free > 0 {
            free -= 1
            return
        }
        guard waiters.count < waitersMax else {
            throw EngineError(.overloaded, "\(waitersMax) statements wait for the engine already; try again later")
        }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // Cancelled between the handler's installation and here: the handler found nobody to wake.
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters.append((id, continuation))
                }
            }
        } onCancel: {
            // Ends by itself at once: it only takes the waiter off the list.
            Task { await self.abandon(id) }
        }
    }

    package func leave() {
        if waiters.isEmpty {
            free += 1
        } else {
            waiters.removeFirst().continuation.resume()
        }
    }

    private func abandon(_ id: UInt64) {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return }
        waiters.remove(at: index).continuation.resume(throwing: CancellationError())
    }
}
