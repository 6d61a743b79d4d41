import Testing

@testable import martlet

@Suite struct LogTailTests {
    @Test func `events come out of the stream however it is split`() throws {
        let text =
            ": hello\n\nevent: entries\ndata: {\"a\":\ndata: 1}\n\n:\r\n\r\ndata:x\r\n\r\nid: 5\nevent: none\n\ndata: y\r\r"
        let expected = [
            LogEventStream.Event(name: "entries", data: Array("{\"a\":\n1}".utf8)),
            LogEventStream.Event(data: Array("x".utf8)), LogEventStream.Event(data: Array("y".utf8)),
        ]
        for size in [1, 2, 3, 7, 1000] {
            var stream = LogEventStream()
            var events: [LogEventStream.Event] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                events += try stream.feed(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(events == expected)
        }
    }

    private static func line(_ time: Int64, _ text: String) -> LogRecordLine { LogRecordLine(time: time, line: text) }
    private static let second: Int64 = 1_000_000_000

    @Test func `a line is shown once over connections, and equal lines as often as they came`() {
        var memory = LogTailMemory()
        #expect(memory.resumeTime == nil)
        let first = [
            Self.line(20 * Self.second, "a"), Self.line(20 * Self.second, "a"), Self.line(21 * Self.second, "b"),
        ]
        #expect(first.filter { memory.take($0) }.count == 3)
        #expect(memory.resumeTime == 11 * Self.second)
        memory.reconnect()
        let again = first + [Self.line(20 * Self.second, "a"), Self.line(15 * Self.second, "late")]
        let shown = again.filter { memory.take($0) }
        #expect(shown.map(\.line) == ["a", "late"])
        memory.reconnect()
        #expect(again.filter { memory.take($0) }.isEmpty)
    }

    @Test func `what is remembered is bounded, and what was forgotten is not asked for again`() {
        var memory = LogTailMemory()
        var lines: [LogRecordLine] = []
        for index in 0..<200_000 {
            let line = Self.line(Int64(index) * 1000, "same")
            lines.append(line)
            _ = memory.take(line)
        }
        memory.reconnect()
        let start = memory.resumeTime ?? 0
        #expect(start > 0)
        #expect(lines.filter { $0.time >= start && memory.take($0) }.isEmpty)
    }
}
