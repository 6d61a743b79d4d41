import TelemetryModel

/// Python's logging: `LEVEL:name:message` (its default), and `time - name - LEVEL - message`, which its manual uses.
enum PythonLogging: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        guard Bytes.isDigit(line.first) else { return basic(line, into: &draft) }
        var rest = line
        guard let civil = TimeScanner.iso(&rest), let time = civil.timestamp(in: context.zone) else { return nil }
        return afterTime(rest, time: time, into: &draft)
    }

    /// What follows the time: ` - name - LEVEL - message`; also with the level first, and with commas or bars.
    static func afterTime(_ text: Text, time: Timestamp, into draft: inout LogDraft) -> Text? {
        var rest = text
        let separator: StaticString
        if rest.take(" - ") {
            separator = " - "
        } else if rest.take(" | ") {
            separator = " | "
        } else {
            return nil
        }
        guard let first = rest.take(until: separator) else { return nil }
        let level = first.trimmed()
        if Severity.number(level) != 0 {
            draft.time = time
            draft.setLevel(level)
            // loguru: `LEVEL | module:function:line - message`.
            if let place = rest.distance(to: " - "), let (logger, function, line) = loguruPlace(rest.prefix(place)) {
                draft["log.logger"] = .string(logger.string)
                draft["code.function.name"] = .string(function.string)
                draft["code.line.number"] = .int(Int64(line))
                rest.skip(place + 3)
            } else if let length = rest.distance(to: separator), isName(rest.prefix(length).trimmed()) {
                draft["log.logger"] = .string(rest.prefix(length).trimmed().string)
                rest.skip(length + 3)
            }
            return rest
        }
        guard isName(level), let second = rest.take(until: separator), Severity.number(second.trimmed()) != 0 else {
            return nil
        }
        draft.time = time
        draft["log.logger"] = .string(level.string)
        draft.setLevel(second.trimmed())
        return rest
    }

    private static func basic(_ line: Text, into draft: inout LogDraft) -> Text? {
        var rest = line
        let level = rest.take { $0 &- 0x41 < 26 }
        guard level == "INFO" || level == "WARNING" || level == "ERROR" || level == "DEBUG" || level == "CRITICAL",
            rest.take(UInt8(ascii: ":"))
        else { return nil }
        // uvicorn: `INFO:     message`.
        if rest.first == UInt8(ascii: " ") {
            rest.skipSpaces()
            draft.setLevel(level)
            return rest
        }
        guard let name = rest.take(until: UInt8(ascii: ":"), limit: 256), isName(name) else { return nil }
        draft.setLevel(level)
        draft["log.logger"] = .string(name.string)
        return rest
    }

    private static func isName(_ text: Text) -> Bool {
        guard !text.isEmpty, text.count <= 256 else { return false }
        for index in text.start..<text.end {
            let byte = text.bytes[index]
            guard
                Bytes.isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte >= 0x80
                    || byte == UInt8(ascii: "/")
            else { return false }
        }
        return true
    }

    private static func loguruPlace(_ text: Text) -> (Text, Text, Int)? {
        var rest = text
        guard let logger = rest.take(until: UInt8(ascii: ":")), let function = rest.take(until: UInt8(ascii: ":")),
            let line = rest.takeNumber(1, 9), rest.isEmpty, isName(logger)
        else { return nil }
        return (logger, function, line)
    }
}
