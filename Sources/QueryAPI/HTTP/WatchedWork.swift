import Hummingbird
import NIOCore

/// Work for a client that may go away meanwhile.
///
/// Watching a client costs its connection, which cannot be used again; most questions are answered so soon that nobody
/// has time to go away. So only work that takes a while is watched.
enum WatchedWork {
    /// Work that is done by then was not watched.
    static let patience = Duration.milliseconds(500)

    private enum Event: Sendable {
        case impatient, gone
    }

    /// Runs the work, and cancels it when the client is gone; the work then ends in its own way.
    ///
    /// - Parameter untilGone: returns when the client is gone, or when it is cancelled.
    static func run<Value: Sendable>(
        patience: Duration = patience, _ work: @Sendable () async -> Value,
        untilGone: @escaping @Sendable () async -> Void
    ) async -> (value: Value, wasWatched: Bool) {
        await withoutActuallyEscaping(work) { work in
            await withTaskGroup(of: (value: Value?, event: Event).self) { group in
                var wasWatched = false
                group.addTask { (await work(), .gone) }
                group.addTask {
                    try? await Task.sleep(for: patience)
                    return (nil, .impatient)
                }
                while let (value, event) = await group.next() {
                    if let value {
                        group.cancelAll()
                        await group.waitForAll()
                        return (value, wasWatched)
                    }
                    switch event {
                    case .impatient:
                        wasWatched = true
                        group.addTask {
                            await untilGone()
                            return (nil, .gone)
                        }
                    case .gone: group.cancelAll()
                    }
                }
                // Not reached: the work always ends with a value.
                return (await work(), wasWatched)
            }
        }
    }
}

extension WatchedWork {
    /// The same for a request whose body has been read, or that has none.
    static func run<Value: Sendable>(
        for request: Request, _ work: @Sendable () async -> Value
    ) async -> (value: Value, wasWatched: Bool) {
        // Hummingbird's stream of the body must have an end before the watch can be called off: without one it traps.
        var watched = request
        watched.body = RequestBody(buffer: ByteBuffer())
        return await run(work) { [watched] in
            do {
                try await watched.body.consumeWithCancellationOnInboundClose { _ in
                    try await Task.sleep(for: .seconds(86_400))
                }
            } catch {
                // Either the client is gone, or the answer is there.
            }
        }
    }
}
