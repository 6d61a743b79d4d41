struct TimeLimitPassed: Error {}

/// Runs some work and cancels it when a time has passed.
///
/// - Throws: what the work throws; `TimeLimitPassed` when it was the time that ended it.
func withTimeLimit(_ limit: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
        group.addTask {
            try await work()
            return true
        }
        group.addTask {
            try await Task.sleep(for: limit)
            return false
        }
        defer { group.cancelAll() }
        if try await group.next() == false { throw TimeLimitPassed() }
    }
}
