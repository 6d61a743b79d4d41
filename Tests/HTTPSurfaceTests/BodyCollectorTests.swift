import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import HTTPSurface

@Suite("body collector")
struct BodyCollectorTests {
    /// Counts what is reserved; refuses beyond `max`.
    private final class Budget: Sendable {
        private let state = Mutex((held: 0, peak: 0))
        private let max: Int

        init(max: Int) { self.max = max }

        var held: Int { state.withLock { $0.held } }
        var peak: Int { state.withLock { $0.peak } }

        func reserve(_ count: Int) -> Bool {
            state.withLock { state in
                guard state.held + count <= max else { return false }
                state.held += count
                state.peak = Swift.max(state.peak, state.held)
                return true
            }
        }

        func release(_ count: Int) { state.withLock { $0.held -= count } }

        func collector(bytesMax: Int, timeLimit: Duration = .seconds(60)) -> BodyCollector {
            BodyCollector(
                bytesMax: bytesMax, timeLimit: timeLimit, reserve: { self.reserve($0) }, release: { self.release($0) })
        }
    }

    private struct Broken: Error {}

    private func request(_ body: RequestBody, contentLength: String? = nil) -> Request {
        var head = HTTPRequest(method: .post, scheme: nil, authority: "localhost", path: "/")
        head.headerFields[.contentLength] = contentLength
        return Request(head: head, body: body)
    }

    /// A body in pieces; without an end when `isEndless`, and broken after the pieces when `isBroken`.
    private func body(_ pieces: [String], isBroken: Bool = false, isEndless: Bool = false) -> RequestBody {
        RequestBody(
            asyncSequence: AsyncThrowingStream<ByteBuffer, any Error> { continuation in
                for piece in pieces { continuation.yield(ByteBuffer(string: piece)) }
                if isBroken { continuation.finish(throwing: Broken()) }
                if !isEndless { continuation.finish() }
            })
    }

    @Test(
        "a body up to the limit is taken whole and stays reserved",
        arguments: [([], ""), (["abc"], "abc"), (["ab", "cd", "ef"], "abcdef"), (["", "abcdef", ""], "abcdef")])
    func whole(pieces: [String], expected: String) async throws {
        let budget = Budget(max: 100)
        let bytes = try await budget.collector(bytesMax: 6).collect(request(body(pieces)))
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
        #expect(budget.held == expected.utf8.count)
    }

    @Test(
        "one byte over the limit is refused and nothing stays reserved", arguments: [["abcdefg"], ["abc", "def", "g"]])
    func tooLarge(pieces: [String]) async {
        let budget = Budget(max: 100)
        await #expect(throws: BodyError.tooLarge(bytesMax: 6)) {
            try await budget.collector(bytesMax: 6).collect(request(body(pieces)))
        }
        #expect(budget.held == 0)
    }

    @Test("a refused reservation gives everything back")
    func noMemory() async {
        let budget = Budget(max: 5)
        await #expect(throws: BodyError.noMemory) {
            try await budget.collector(bytesMax: 100).collect(request(body(["abc", "d", "efg"])))
        }
        #expect(budget.peak == 4)
        #expect(budget.held == 0)
    }

    @Test("a Content-Length over the limit is refused before the body comes")
    func announcedTooLarge() async {
        let budget = Budget(max: 100)
        // The body has a piece and no end: it is not read.
        await #expect(throws: BodyError.tooLarge(bytesMax: 6)) {
            try await budget.collector(bytesMax: 6).collect(request(body(["a"], isEndless: true), contentLength: "7"))
        }
        #expect(budget.peak == 0)
    }

    @Test(
        "a Content-Length within the limit, or that is no number, leaves it to the bytes",
        arguments: ["3", "6", "x", ""])
    func announced(length: String) async throws {
        let budget = Budget(max: 100)
        let bytes = try await budget.collector(bytesMax: 6).collect(request(body(["abc"]), contentLength: length))
        #expect(bytes == Array("abc".utf8))
    }

    @Test("a body that breaks off gives everything back")
    func brokenOff() async {
        let budget = Budget(max: 100)
        await #expect(throws: BodyError.incomplete) {
            try await budget.collector(bytesMax: 100).collect(request(body(["abc", "def"], isBroken: true)))
        }
        #expect(budget.peak == 6)
        #expect(budget.held == 0)
    }

    @Test("a body without an end is refused when its time is over, and gives everything back")
    func tooSlow() async {
        let budget = Budget(max: 100)
        let limit = Duration.milliseconds(30)
        await #expect(throws: BodyError.tooSlow(limit)) {
            try await budget.collector(bytesMax: 100, timeLimit: limit).collect(
                request(body(["abc"], isEndless: true)))
        }
        #expect(budget.held == 0)
    }
}
