/// Tells which lines of plain text belong to the line before: stack traces of the usual languages, indented lines, and
/// JSON objects that span lines.
///
/// What it knows of the lines before is small: the language whose trace it is in and how far that came. Escapes of
/// terminals at the beginning of a line are not looked at.
struct StackTraceReader: Sendable {
    enum Verdict: Equatable {
        /// A new event, which may go on.
        case begins
        /// Belongs to the event before.
        case continues
        /// An empty line: belongs to the event before if the line after it does.
        case blank
        /// Belongs to the event before, which ends with it.
        case completes
        /// An event of its own.
        case stands
    }

    /// The trace that the event before is in.
    enum Trace: Equatable {
        /// Nothing to go on: no line yet, or the last event is complete.
        case nothing
        case line
        case java
        case python(isOpen: Bool)
        case rust(awaitsMessage: Bool)
        case go
        case node
        case json
    }

    private var trace = Trace.nothing
    private var afterBlank = false
    /// Whether the first line of the event speaks of an error, so that a trace after it is its own.
    private var mentionsError = false
    private var braces = BraceScanner()

    mutating func read(_ line: UnsafeBufferPointer<UInt8>) -> Verdict {
        var text = Text(line)
        if text.last == UInt8(ascii: "\r") { text.end -= 1 }
        ANSIEscapes.skip(&text)
        let verdict = judge(text)
        afterBlank = verdict == .blank
        return verdict
    }

    private mutating func judge(_ text: Text) -> Verdict {
        var content = text
        let isIndented = content.skipSpaces() > 0
        ANSIEscapes.skip(&content)
        if trace == .json { return goOnWithJSON(text, content, isIndented: isIndented) }
        if content.isEmpty { return .blank }
        if text.first == UInt8(ascii: "{"), let verdict = beginJSON(text) { return verdict }
        guard trace != .nothing else { return begin(content) }
        if isIndented {
            // tracing-subscriber's "pretty" format indents its first lines too.
            guard !Self.beginsWithDate(content) else { return begin(content) }
            if content.hasPrefix("at ") || content.hasPrefix("... ") { if trace == .line { trace = .java } }
            if case .rust(awaitsMessage: true) = trace { trace = .rust(awaitsMessage: false) }
            return .continues
        }
        return continues(content) ? .continues : begin(content)
    }

    private mutating func begin(_ text: Text) -> Verdict {
        braces = BraceScanner()
        mentionsError = false
        if text.hasPrefix("Traceback (most recent call last):") {
            trace = .python(isOpen: true)
        } else if let isMessageNext = RustTrace.begins(text) {
            trace = .rust(awaitsMessage: isMessageNext)
        } else if GoTrace.begins(text) {
            trace = .go
        } else if NodeTrace.begins(text) {
            trace = .node
        } else if JavaTrace.isException(text) {
            trace = .java
        } else {
            trace = .line
            mentionsError = Self.mentionsError(text)
        }
        return .begins
    }

    private mutating func continues(_ text: Text) -> Bool {
        // What ends a block that an indented part was in: `}` of Node's error properties, `)` of a printed call.
        if text.count <= 2, let byte = Optional(text.first), byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
            return !afterBlank
        }
        switch trace {
        case .nothing, .json: return false
        case .python(let isOpen):
            if PythonTrace.isBridge(text) || (afterBlank && text.hasPrefix("Traceback (most recent call last):")) {
                trace = .python(isOpen: true)
                return true
            }
            guard isOpen, !afterBlank else { return false }
            if text.hasPrefix("Traceback (most recent call last):") { return true }
            guard !Self.beginsWithDate(text) else { return false }
            trace = .python(isOpen: false)
            return true
        case .rust(let awaitsMessage):
            if RustTrace.continues(text) {
                trace = .rust(awaitsMessage: false)
                return true
            }
            guard awaitsMessage, !afterBlank, !Self.beginsWithDate(text), RustTrace.begins(text) == nil else {
                return false
            }
            // The message: one line that is not indented.
            trace = .rust(awaitsMessage: false)
            return true
        case .go: return GoTrace.continues(text)
        case .node: return NodeTrace.continues(text)
        case .java: return !afterBlank && JavaTrace.continues(text)
        case .line:
            guard !afterBlank else { return false }
            if JavaTrace.continues(text) {
                trace = .java
                return true
            }
            guard mentionsError else { return false }
            // Loggers print the trace of an error below its line, not indented.
            if text.hasPrefix("Traceback (most recent call last):") {
                trace = .python(isOpen: true)
                return true
            }
            if JavaTrace.isException(text) {
                trace = .java
                return true
            }
            if text.hasPrefix("goroutine "), GoTrace.begins(text) {
                trace = .go
                return true
            }
            if text.hasPrefix("stack backtrace:") {
                trace = .rust(awaitsMessage: false)
                return true
            }
            return false
        }
    }

    /// Nil when the line is no JSON that we know how to end.
    private mutating func beginJSON(_ text: Text) -> Verdict? {
        var scanner = BraceScanner()
        if scanner.read(text) {
            trace = .nothing
            return .stands
        }
        let inner = text.dropping(1).trimmed()
        guard scanner.depth > 0, !scanner.isInString, inner.isEmpty || inner.first == UInt8(ascii: "\"") else {
            return nil
        }
        braces = scanner
        trace = .json
        return .begins
    }

    private mutating func goOnWithJSON(_ text: Text, _ content: Text, isIndented: Bool) -> Verdict {
        if content.isEmpty { return .blank }
        switch content.first {
        case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: "\""): break
        default:
            guard isIndented else {
                // It never closed: what follows is not its.
                trace = .nothing
                return judge(text)
            }
        }
        if braces.read(text) {
            trace = .nothing
            return .completes
        }
        return .continues
    }

    /// `2024-05-24T…` or `2024/05/24 …`, perhaps in a bracket.
    static func beginsWithDate(_ text: Text) -> Bool {
        var text = text
        _ = text.take(UInt8(ascii: "["))
        guard text.takeNumber(4, 4) != nil else { return false }
        guard text.take(UInt8(ascii: "-")) || text.take(UInt8(ascii: "/")) else { return false }
        return text.takeNumber(2, 2) != nil
    }

    /// Whether one of the usual words is in the line: error, exception, fatal, failed, critical, warn, panic, severe.
    private static func mentionsError(_ text: Text) -> Bool {
        // The level stands near the beginning.
        let stop = min(text.end, text.start + 512) - 2
        var place = text.start
        while place < stop {
            let first = text.bytes[place] | 0x20
            // Bits of the letters c, e, f, p, s and w.
            if first &- 0x61 < 32, 0x0044_8034 & (1 as UInt32) << UInt32(first &- 0x61) != 0 {
                let word =
                    UInt32(first) << 16 | UInt32(text.bytes[place + 1] | 0x20) << 8
                    | UInt32(text.bytes[place + 2] | 0x20)
                switch word {
                case 0x657272, 0x657863, 0x666174, 0x666169, 0x637269, 0x776172, 0x70616E, 0x736576: return true
                default: break
                }
            }
            place += 1
        }
        return false
    }
}
