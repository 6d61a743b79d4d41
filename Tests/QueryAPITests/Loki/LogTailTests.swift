import QueryEngines
import Synchronization
import TelemetryModel
import Testing

@testable import QueryAPI

@Suite("following a query for a client")
struct LogTailTests {
    private struct Enough: Error {}

    private func request() throws -> LogTailRequest {
        LogTailRequest(selection: try LokiSamples.selection("{a=\"b\"}"), start: 0, limit: 10)
    }

    @Test("a tail without lines beats, so that one who has gone is noticed")
    func heartbeat() async throws {
        let queries = RecordingLogQueries()
        let beats = Mutex(0)
        let request = try request()
        await #expect(throws: Enough.self) {
            try await LogTail.run(queries, request, heartbeat: .milliseconds(5)) { batch in
                #expect(batch.entries.isEmpty)
                let count = beats.withLock { value in
                    value += 1
                    return value
                }
                if count == 3 { throw Enough() }
            }
        }
        #expect(queries.record.tailsEnded == 1)
    }

    @Test("lines wait for late ones when that is asked for")
    func delay() async throws {
        let piece = { (time: Int64) in
            LogTailPiece(streams: LokiSamples.streams, entries: [LogEntry(time: time, line: "x", stream: 0)])
        }
        let queries = RecordingLogQueries { $0.pieces = [piece(2), piece(1), piece(3)] }
        let times = Mutex<[Int64]>([])
        let request = try request()
        await #expect(throws: Enough.self) {
            try await LogTail.run(queries, request, delay: .milliseconds(200)) { batch in
                times.withLock { $0 += batch.entries.map(\.time) }
                if times.withLock({ $0.count }) == 3 { throw Enough() }
            }
        }
        #expect(times.withLock { $0 }.sorted() == [1, 2, 3])
    }

    @Test("what the engine fails with is thrown, and a client that is cancelled ends the engine's part")
    func ends() async throws {
        let failing = RecordingLogQueries { $0.tailFailure = LogQueryError(.timeout, "too slow") }
        let request = try request()
        await #expect(throws: LogQueryError.self) { try await LogTail.run(failing, request) { _ in } }
        let queries = RecordingLogQueries()
        let task = Task { try await LogTail.run(queries, request) { _ in } }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
    }
}
