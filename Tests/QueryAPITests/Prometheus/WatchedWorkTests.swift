import Testing

@testable import QueryAPI

@Suite struct WatchedWorkTests {
    @Test func `work that is done soon is not watched`() async {
        let (value, wasWatched) = await WatchedWork.run(patience: .seconds(3600)) {
            1
        } untilGone: {
            Issue.record("watched")
        }
        #expect(value == 1 && !wasWatched)
    }

    @Test func `work ends when its client is gone`() async {
        let (value, wasWatched) = await WatchedWork.run(patience: .zero) {
            do {
                try await Task.sleep(for: .seconds(3600))
                return "slept"
            } catch {
                return "cancelled"
            }
        } untilGone: {
        }
        #expect(value == "cancelled" && wasWatched)
    }

    @Test func `watching ends with the work`() async {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        let (value, wasWatched) = await WatchedWork.run(patience: .zero) {
            for await _ in stream { break }
            return 2
        } untilGone: {
            continuation.yield()
            try? await Task.sleep(for: .seconds(3600))
        }
        #expect(value == 2 && wasWatched)
    }
}
