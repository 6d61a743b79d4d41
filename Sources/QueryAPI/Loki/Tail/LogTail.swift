import QueryEngines

/// Follows a query for a client.
enum LogTail {
    /// Hands over batches until the engine or the client ends it.
    ///
    /// - Parameters:
    ///   - delay: how long a line waits for earlier ones that come late.
    ///   - heartbeat: an empty batch is sent when there was none for so long.
    ///   - send: awaited before the next batch.
    /// - Throws: what the engine or `send` throws.
    static func run(
        _ queries: any LogQueries, _ request: LogTailRequest, delay: Duration = .zero, heartbeat: Duration? = nil,
        send: @escaping @Sendable (LogTailBatch) async throws -> Void
    ) async throws {
        let queue = LogTailQueue(delay: delay)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await queries.tail(request) { piece in queue.add(piece, now: .now) }
            }
            group.addTask { try await deliver(from: queue, heartbeat: heartbeat, send) }
            // The first to end ends both.
            try await group.next()
            group.cancelAll()
        }
    }

    private static func deliver(
        from queue: LogTailQueue, heartbeat: Duration?, _ send: @Sendable (LogTailBatch) async throws -> Void
    ) async throws {
        let (beats, beat) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Two reasons to look: something has come, or nothing has for a while.
            group.addTask {
                for await _ in queue.arrivals { beat.yield() }
                beat.finish()
            }
            if let heartbeat {
                group.addTask {
                    while true {
                        try await Task.sleep(for: heartbeat)
                        beat.yield()
                    }
                }
            }
            var hasSent = true
            for await _ in beats {
                look: while true {
                    switch queue.next(now: .now) {
                    case .send(let batch):
                        try await send(batch)
                        hasSent = true
                    case .wait(let until): try await Task.sleep(until: until)
                    case .idle: break look
                    }
                }
                if heartbeat != nil, !hasSent { try await send(LogTailBatch()) }
                hasSent = false
            }
            group.cancelAll()
            try Task.checkCancellation()
        }
    }
}
