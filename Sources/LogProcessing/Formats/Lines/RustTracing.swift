import TelemetryModel

/// Rust's tracing-subscriber in its full, compact and pretty formats, which SpacetimeDB and ReifyDB write; and the
/// module logs that SpacetimeDB prints, whose level ends in a colon.
///
///     2024-05-24T23:22:00.123456Z  INFO spacetimedb::host: crates/core/src/host.rs:12: message key=value
///     2024-05-24T23:22:00.123456Z DEBUG main ThreadId(01) span{a=1}:inner{b="x"}: my_app: message
///       2024-05-24T23:22:00.123456Z  INFO my_app: message, key: value
///         at src/main.rs:12 on main
enum RustTracing: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        rest.skipSpaces()
        var time: CivilTime?
        if Bytes.isDigit(rest.first) {
            guard let read = TimeScanner.iso(&rest), rest.skipSpaces() > 0 else { return nil }
            time = read
        }
        let level = rest.take { Bytes.isLetter($0) }
        guard isLevel(level) else { return nil }
        // `INFO:` is SpacetimeDB's form of a module's log.
        let isModule = rest.take(UInt8(ascii: ":"))
        guard !isModule || time != nil || context.isForced else { return nil }
        guard rest.skipSpaces() > 0 else { return nil }
        var head = Head()
        head.read(&rest)
        guard isModule || (time == nil && !context.isForced ? head.isCertainWithoutTime : head.isCertain) else {
            return nil
        }
        if let time {
            guard let time = time.timestamp(in: context.zone) else { return nil }
            draft.time = time
        }
        draft.setLevel(level)
        head.apply(to: &draft)
        KeyValueTail.read(rest, into: &draft)
        return rest
    }

    /// tracing's levels, in capitals.
    static func isLevel(_ word: Text) -> Bool {
        word == "INFO" || word == "DEBUG" || word == "WARN" || word == "ERROR" || word == "TRACE"
    }

    /// Spans, target, place and thread, of which the format has those that the program asked for.
    private struct Head {
        var spans: Text?
        var target: Text?
        var file: Text?
        var line = 0
        var threadName: Text?
        var threadID: Text?

        /// Whether there is something that a line of another format would hardly have.
        var isCertain: Bool { target != nil || spans != nil || file != nil }

        /// `ERROR database: message` could be anyone's.
        var isCertainWithoutTime: Bool { spans != nil || file != nil || target?.distance(to: "::") != nil }

        mutating func read(_ rest: inout Text) {
            readThread(&rest)
            // Each part ends in a colon and a space, and has none inside but in braces.
            while let part = Head.part(rest) {
                let after = rest.dropping(part.count + 2)
                if let place = CodePlace.read(part), file == nil {
                    file = place.file
                    line = place.line
                    rest = after
                    // The message follows.
                    return
                }
                let isSpan = part.distance(to: UInt8(ascii: "{")) != nil || Head.hasSingleColon(part)
                if isSpan, spans == nil, target == nil {
                    spans = part
                } else if !isSpan, Head.isPath(part), target == nil {
                    target = part
                } else if !isSpan, Head.isPath(part), spans == nil, part.distance(to: "::") != nil,
                    let first = target, first.distance(to: "::") == nil
                {
                    // What seemed a target was a span without fields.
                    spans = first
                    target = part
                } else {
                    return
                }
                rest = after
            }
        }

        /// `main ThreadId(01) `, either of which may be missing.
        private mutating func readThread(_ rest: inout Text) {
            var text = rest
            if !text.hasPrefix("ThreadId(") {
                let name = text.takeWord()
                guard !name.isEmpty, text.skipSpaces() > 0, text.hasPrefix("ThreadId(") else { return }
                threadName = name
            }
            guard text.take("ThreadId("), let id = text.take(until: UInt8(ascii: ")")), text.skipSpaces() > 0 else {
                threadName = nil
                return
            }
            threadID = id
            rest = text
        }

        /// What stands before the next `: ` that is not in braces or quotes, when it has no space outside of them.
        private static func part(_ text: Text) -> Text? {
            var depth = 0, isQuoted = false
            var place = text.start
            while place < text.end {
                let byte = text.bytes[place]
                if isQuoted {
                    if byte == UInt8(ascii: "\\") { place += 1 } else if byte == UInt8(ascii: "\"") { isQuoted = false }
                } else if byte == UInt8(ascii: "{") {
                    depth += 1
                } else if byte == UInt8(ascii: "}") {
                    depth -= 1
                    if depth < 0 { return nil }
                } else if depth > 0 {
                    if byte == UInt8(ascii: "\"") { isQuoted = true }
                } else if byte == UInt8(ascii: " ") {
                    guard place > text.start + 1, text.bytes[place - 1] == UInt8(ascii: ":") else { return nil }
                    return Text(text.bytes, text.start..<(place - 1))
                } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "=") {
                    return nil
                }
                place += 1
            }
            return nil
        }

        private static func isPath(_ text: Text) -> Bool {
            guard Bytes.isLetter(text.first) || text.first == UInt8(ascii: "_") else { return false }
            for index in text.start..<text.end {
                let byte = text.bytes[index]
                guard
                    Bytes.isWord(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "-")
                        || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/")
                else { return false }
            }
            return true
        }

        /// `outer:inner`, whereas a module has two colons.
        private static func hasSingleColon(_ text: Text) -> Bool {
            var index = text.start
            while index < text.end {
                if text.bytes[index] == UInt8(ascii: ":") {
                    guard index + 1 < text.end, text.bytes[index + 1] == UInt8(ascii: ":") else {
                        return index + 1 < text.end
                    }
                    index += 1
                }
                index += 1
            }
            return false
        }

        func apply(to draft: inout LogDraft) {
            if let target { draft["log.logger"] = .string(target.string) }
            if let file {
                draft["code.file.path"] = .string(file.string)
                draft["code.line.number"] = .int(Int64(line))
            }
            if let threadName { draft["thread.name"] = .string(threadName.string) }
            if let threadID {
                draft["thread.id"] = Int64(threadID.string).map { .int($0) } ?? .string(threadID.string)
            }
            if let spans { SpanContext.read(spans, into: &draft) }
        }
    }
}
