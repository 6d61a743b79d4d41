import PrometheusModel
import QueryEngines
import Testing

@testable import QueryAPI

@Suite("lines between the engine and a slow client")
struct LogTailQueueTests {
    private static let start = ContinuousClock.now
    private static let stream = [Label("a", "b")]

    private func piece(_ times: [Int64], line: String = "x", dropped: Int = 0) -> LogTailPiece {
        LogTailPiece(
            streams: [Self.stream], entries: times.map { LogEntry(time: $0, line: line, stream: 0) }, dropped: dropped)
    }

    private func batch(_ queue: LogTailQueue, after: Duration = .zero) -> LogTailBatch? {
        guard case .send(let batch) = queue.next(now: Self.start.advanced(by: after)) else { return nil }
        return batch
    }

    @Test("lines come out in order, of several pieces together")
    func order() throws {
        let queue = LogTailQueue()
        queue.add(piece([1, 2]), now: Self.start)
        queue.add(
            LogTailPiece(
                streams: [[Label("c", "d")], Self.stream],
                entries: [LogEntry(time: 3, line: "y", stream: 1), LogEntry(time: 4, line: "z", stream: 0)]),
            now: Self.start)
        let first = try #require(batch(queue))
        #expect(first.entries.map(\.time) == [1, 2, 3, 4])
        #expect(first.streams == [Self.stream, [Label("c", "d")]])
        #expect(first.entries.map(\.stream) == [0, 0, 0, 1])
        #expect(batch(queue) == nil)
        queue.add(piece([]), now: Self.start)
        #expect(batch(queue) == nil)
    }

    @Test("a full queue leaves lines out, counts and names them")
    func full() throws {
        let queue = LogTailQueue()
        let count = LogTailQueue.entriesMax + 1500
        queue.add(piece((0..<Int64(count)).map { $0 }), now: Self.start)
        var taken = 0
        let first = try #require(batch(queue))
        #expect(first.entries.count == LogTailQueue.batchEntriesMax)
        #expect(first.dropped == 1500)
        #expect(first.droppedEntries.count == LogTailQueue.droppedMax)
        #expect(first.droppedEntries.first == .init(time: Int64(LogTailQueue.entriesMax), stream: Self.stream))
        taken += first.entries.count
        while let next = batch(queue) {
            #expect(next.dropped == 0)
            #expect(next.entries.first?.time == Int64(taken))
            taken += next.entries.count
        }
        #expect(taken == LogTailQueue.entriesMax)
        // There is room again.
        queue.add(piece([1]), now: Self.start)
        #expect(batch(queue)?.entries.count == 1)
    }

    @Test("bytes are bounded, too; one large line goes out alone")
    func bytes() throws {
        let queue = LogTailQueue()
        let line = String(repeating: "x", count: 3 << 20)
        queue.add(piece([1, 2, 3], line: line), now: Self.start)
        #expect(batch(queue)?.entries.map(\.time) == [1])
        queue.add(piece((4..<20).map { $0 }, line: line), now: Self.start)
        var dropped = 0
        var count = 0
        while let next = batch(queue) {
            dropped += next.dropped
            count += next.entries.count
        }
        #expect(count == 10)
        #expect(dropped == 8)
    }

    @Test("what the engine left out is told without a line, too")
    func engine() throws {
        let queue = LogTailQueue()
        queue.add(piece([], dropped: 3), now: Self.start)
        let only = try #require(batch(queue))
        #expect(only.dropped == 3)
        #expect(only.entries.isEmpty)
        #expect(batch(queue) == nil)
    }

    @Test("with a delay late lines get into their places")
    func delay() throws {
        let queue = LogTailQueue(delay: .seconds(2))
        queue.add(piece([5, 9]), now: Self.start)
        queue.add(piece([3, 7]), now: Self.start.advanced(by: .seconds(1)))
        guard case .wait(let until) = queue.next(now: Self.start.advanced(by: .seconds(1))) else {
            Issue.record("nothing is due yet")
            return
        }
        #expect(until == Self.start.advanced(by: .seconds(2)))
        #expect(batch(queue, after: .seconds(3))?.entries.map(\.time) == [3, 5, 7, 9])
    }

    @Test("a message of a tail is Loki's")
    func message() {
        var batch = LogTailBatch()
        batch.streams = [Self.stream]
        batch.entries = [LogEntry(time: 12, line: "x", stream: 0, metadata: [Label("m", "1")])]
        func text(_ categorizes: Bool) -> String {
            String(decoding: LokiTailMessage.text(batch, categorizesLabels: categorizes), as: UTF8.self)
        }
        #expect(
            text(false)
                == #"{"streams":[{"stream":{"a":"b","m":"1"},"values":[["12","x"]]}],"dropped_entries":null}"#)
        #expect(
            text(true)
                == #"{"streams":[{"stream":{"a":"b"},"values":[["12","x",{"structuredMetadata":{"m":"1"}}]]}],"#
                + #""dropped_entries":null,"encodingFlags":["categorize-labels"]}"#)
        batch.dropped = 2
        batch.droppedEntries = [.init(time: 9, stream: Self.stream)]
        #expect(
            text(false).hasSuffix(
                #""dropped_entries":[{"timestamp":"9","labels":{"a":"b"}},{"timestamp":"12","labels":{}}]}"#))
    }
}
