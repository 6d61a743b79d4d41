import LogProcessing
import PrometheusModel
import Testing

struct MultilineAssemblerTests {
    /// The events of a text as texts; checks that they cover all of it.
    private static func events(_ text: String, _ options: MultilineOptions = MultilineOptions()) -> [String] {
        var assembler = MultilineAssembler(options)
        var events: [AssembledEvent] = []
        var start = 0
        for line in Array(text.utf8).split(separator: 0x0A, omittingEmptySubsequences: false) {
            let bytes = Array(line)
            events += assembler.add(line: bytes, start: start, end: start + bytes.count + 1)
            start += bytes.count + 1
        }
        if let last = assembler.flush() { events.append(last) }
        #expect(assembler.pendingStart == nil)
        #expect(events.first?.start == 0)
        #expect(events.last?.end == start)
        for (event, next) in zip(events, events.dropFirst()) { #expect(event.end == next.start) }
        for event in events {
            #expect(event.lines == event.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).count)
        }
        return events.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(arguments: [
        // Java
        "2024-05-24 ERROR boom\njava.lang.IllegalStateException: x\n\tat a.b.C.d(C.java:1)\n\tat e\nCaused by: java.io.IOException: y\n\t... 12 more",
        "Exception in thread \"main\" java.lang.RuntimeException: x\n\tat a.b(C.java:1)\n\tSuppressed: a.B: c\nCaused by: x.Y",
        "java.lang.Error\n    at a.b(C.java:1)",
        // Python
        "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\n    x()\nValueError: bad",
        "2024 ERROR app failed\nTraceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"b.py\", line 2\nValueError: bad",
        // Rust
        "thread 'main' panicked at src/main.rs:4:5:\nindex out of bounds: the len is 3\nnote: run with `RUST_BACKTRACE=1`",
        "thread 'main' (123) panicked at src/main.rs:4:5:\nassertion `left == right` failed\n  left: 1\n right: 2\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/x/library/std/src/panicking.rs:647:5\n  10: core::ops::function\nnote: Some details are omitted",
        "thread 'main' panicked at 'boom', src/main.rs:2:5\nnote: run with `RUST_BACKTRACE=1`",
        // Go
        "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.main()\n\t/tmp/a.go:8 +0x1d\ncreated by main.x in goroutine 7\n\t/tmp/b.go:1\nexit status 2",
        "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:\nmain.main()\n\t/tmp/a.go:5 +0x2d\n\ngoroutine 5 [select, 2 minutes]:\nnet/http.(*conn).serve(0xc00001, {0x1, 0x2})\n\t/x.go:1",
        // .NET
        "Unhandled exception. System.InvalidOperationException: x\n ---> System.Exception: inner\n   at A.B.C() in /a.cs:line 3\n   --- End of inner exception stack trace ---\n   at A.D()",
        // Node
        "/srv/app/index.js:10\n    throw new Error('x')\n    ^\n\nError: x\n    at f (/srv/app/index.js:10:11)\n    at node:internal/main:1 {\n  code: 'E'\n}\n\nNode.js v22.1.0",
        "TypeError: x is not a function\n    at f (/a.js:1:1)",
        // Pretty JSON
        "{\n  \"a\": {\n    \"b\": [1, 2]\n  },\n\n  \"s\": \"} {\"\n}",
        // Indentation
        "GET /x failed\n  because of y\n\tand z",
    ])
    func aStackTraceIsOneEvent(_ text: String) {
        #expect(Self.events(text) == [text])
        // Between other lines, too.
        let surrounded = Self.events("2024-05-24 before\n2024-05-24 x\n" + text + "\n2024-05-24 after\n{\"a\":1}")
        #expect(surrounded == ["2024-05-24 before", "2024-05-24 x", text, "2024-05-24 after", "{\"a\":1}"])
    }

    @Test func linesOfTheirOwnStaySo() {
        #expect(Self.events("a\nb\nc") == ["a", "b", "c"])
        #expect(Self.events("{\"a\":1}\n{\"b\":\"}\"}\nx") == ["{\"a\":1}", "{\"b\":\"}\"}", "x"])
        #expect(
            Self.events("INFO fine\nTraceback (most recent call last):\n  x\nE: y") == [
                "INFO fine", "Traceback (most recent call last):\n  x\nE: y",
            ])
        #expect(
            Self.events("  2024-05-24T1 a\n    at src/x.rs:1\n\n  2024-05-24T1 b") == [
                "  2024-05-24T1 a\n    at src/x.rs:1", "  2024-05-24T1 b",
            ])
    }

    @Test func anObjectThatNeverClosesEndsAtTheNextLine() {
        #expect(Self.events("{\n  \"a\": 1\nnext line\n{\"x\":1}") == ["{\n  \"a\": 1", "next line", "{\"x\":1}"])
        #expect(Self.events("{foo bar\nbaz") == ["{foo bar", "baz"])
    }

    @Test func emptyLinesBehindAnEventAreNotItsText() {
        #expect(Self.events("a\n\n\nb\n") == ["a", "b"])
        #expect(Self.events("\n\na") == ["", "", "a"])
    }

    @Test func aJSONLineIsNotHeld() {
        var assembler = MultilineAssembler(MultilineOptions())
        #expect(assembler.add(line: Array("{\"a\":1}\r".utf8), start: 5, end: 13).count == 1)
        #expect(assembler.pendingStart == nil)
        #expect(assembler.add(line: Array("x".utf8), start: 13, end: 15).isEmpty)
        #expect(assembler.pendingStart == 13)
    }

    private static func pattern(
        _ source: String, _ negate: Bool, _ match: MultilineOptions.Match, flush: String? = nil
    ) throws -> MultilineOptions {
        let flush = try flush.map { try Pattern($0) }
        return MultilineOptions(mode: .pattern(try Pattern(source), negate: negate, match: match, flush: flush))
    }

    // Filebeat, "Manage multiline messages", the table of negate and match.
    @Test func patternsJoinAsFilebeatsTableSays() throws {
        let lines = "b\nb\nx\nb"
        #expect(Self.events("a\nb\nb\nc\nb", try Self.pattern("^b", false, .after)) == ["a\nb\nb", "c\nb"])
        #expect(Self.events("b\nb\nc\nb\nd", try Self.pattern("^b", false, .before)) == ["b\nb\nc", "b\nd"])
        #expect(Self.events("b\na\nc\nb\nd", try Self.pattern("^b", true, .after)) == ["b\na\nc", "b\nd"])
        #expect(Self.events("a\nc\nb\nd\nb", try Self.pattern("^b", true, .before)) == ["a\nc\nb", "d\nb"])
        #expect(Self.events(lines, try Self.pattern("^$", false, .after)) == ["b", "b", "x", "b"])
        #expect(
            Self.events("new\na\nEnd\nb\nnew\nc", try Self.pattern("new", true, .after, flush: "End"))
                == ["new\na\nEnd", "b", "new\nc"])
    }

    @Test func linesAreCounted() {
        #expect(Self.events("a\nb\nc", MultilineOptions(mode: .count(2))) == ["a\nb", "c"])
    }

    @Test func linesThatMatchInARowAreOneEvent() throws {
        let options = MultilineOptions(mode: .whilePattern(try Pattern("^\\{"), negate: false))
        #expect(Self.events("{a\n{b\nc\nd\n{e", options) == ["{a\n{b", "c", "d", "{e"])
    }

    @Test func anEventThatIsTooLongGoesOnInTheNext() {
        var options = MultilineOptions()
        options.linesMax = 3
        #expect(Self.events("a\n b\n c\n d\n e\nf", options) == ["a\n b\n c", " d\n e", "f"])
        options.bytesMax = 4
        #expect(Self.events("a\n b\n c", options) == ["a\n b", " c"])
    }

    @Test func aLineThatIsTooLongIsCutBetweenCharacters() {
        var options = MultilineOptions(mode: .none)
        options.bytesMax = 4
        var assembler = MultilineAssembler(options)
        let events = assembler.add(line: Array("abc€x".utf8), start: 0, end: 8)
        #expect(events == [AssembledEvent(bytes: Array("abc".utf8), start: 0, end: 8, isTruncated: true)])
    }

    @Test func otherEncodingsAreRead() {
        var options = MultilineOptions()
        options.encoding = .utf16LittleEndian
        func utf16(_ text: String) -> [UInt8] {
            text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        }
        var assembler = MultilineAssembler(options)
        _ = assembler.add(line: utf16("a"), start: 0, end: 4)
        _ = assembler.add(line: utf16("  b"), start: 4, end: 12)
        #expect(assembler.flush()?.bytes == utf16("a\n  b"))
    }

    @Test func carriageReturnsDoNotMatter() {
        #expect(Self.events("{\r\n  \"a\": 1\r\n}\r") == ["{\r\n  \"a\": 1\r\n}\r"])
        #expect(Self.events("a\r\n\r\nb\r") == ["a\r", "b\r"])
    }
}
