import TelemetryModel

/// Lines whose time, level and more stand in brackets: Rust's env_logger, Kafka, Elasticsearch, Airflow, monolog, and
/// `[LEVEL] message`.
///
///     [2024-05-24T23:22:00Z INFO  my_app::db] message
///     [2024-05-24 23:22:00,123] INFO message (kafka.server.KafkaServer)
///     [2024-05-24T23:22:00,123][INFO ][o.e.n.Node] [node-1] started
///     [2024-05-24T23:22:00.123+00:00] app.ERROR: message {"a":1} []
enum BracketedTime: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        guard rest.take(UInt8(ascii: "[")) else { return nil }
        guard let civil = TimeScanner.iso(&rest) else { return levelAlone(line, into: &draft) }
        guard let time = civil.timestamp(in: context.zone) else { return nil }
        if rest.first == UInt8(ascii: " ") {
            // env_logger: level and target inside.
            rest.skipSpaces()
            let level = rest.take(while: Bytes.isLetter)
            guard Severity.number(level) != 0, let more = rest.take(until: UInt8(ascii: "]"), limit: 512) else {
                return nil
            }
            let target = more.trimmed()
            draft.time = time
            draft.setLevel(level)
            if !target.isEmpty { draft["log.logger"] = .string(target.string) }
            rest.skipSpaces()
            return rest
        }
        guard rest.take(UInt8(ascii: "]")) else { return nil }
        draft.time = time
        rest.skipSpaces()
        if rest.first == UInt8(ascii: "[") { return elasticsearch(rest, into: &draft) }
        if rest.first == UInt8(ascii: "{") { return airflow(rest, into: &draft) }
        var text = rest
        let word = text.take { Bytes.isWord($0) || $0 == UInt8(ascii: "-") }
        if Severity.number(word) != 0 {
            _ = text.take(UInt8(ascii: ":"))
            guard text.skipSpaces() > 0 || text.isEmpty else { return rest }
            draft.setLevel(word)
            // Kafka puts the logger behind the message.
            if text.last == UInt8(ascii: ")") {
                var open = text.end - 1
                while open > text.start, text.bytes[open] != UInt8(ascii: "(") { open -= 1 }
                let name = Text(text.bytes, (open + 1)..<(text.end - 1))
                if open > text.start, name.distance(to: UInt8(ascii: ".")) != nil,
                    name.distance(to: UInt8(ascii: " ")) == nil
                {
                    draft["log.logger"] = .string(name.string)
                    return Text(text.bytes, text.start..<open).trimmed()
                }
            }
            return text
        }
        // monolog: `channel.LEVEL: message`.
        if text.take(UInt8(ascii: ".")) {
            let level = text.take(while: Bytes.isLetter)
            if Severity.number(level) != 0, text.take(": ") {
                draft.setLevel(level)
                draft["log.logger"] = .string(word.string)
                return text
            }
        }
        return rest
    }

    /// `[INFO] message`, `[WARN ] message`.
    private static func levelAlone(_ line: Text, into draft: inout LogDraft) -> Text? {
        var rest = line.dropping(1)
        guard let inside = rest.take(until: UInt8(ascii: "]"), limit: 16) else { return nil }
        let level = inside.trimmed()
        guard level.count >= 3, Severity.number(level) != 0 else { return nil }
        draft.setLevel(level)
        _ = rest.take(UInt8(ascii: ":"))
        rest.skipSpaces()
        return rest
    }

    private static func elasticsearch(_ text: Text, into draft: inout LogDraft) -> Text {
        var rest = text
        rest.skip(1)
        guard let inside = rest.take(until: UInt8(ascii: "]"), limit: 256) else { return text }
        let level = inside.trimmed()
        guard Severity.number(level) != 0 else { return text }
        draft.setLevel(level)
        if rest.first == UInt8(ascii: "[") {
            var more = rest.dropping(1)
            if let logger = more.take(until: UInt8(ascii: "]"), limit: 256) {
                draft["log.logger"] = .string(logger.trimmed().string)
                rest = more
            }
        }
        rest.skipSpaces()
        return rest
    }

    /// Airflow: `{taskinstance.py:1083} INFO - message`.
    private static func airflow(_ text: Text, into draft: inout LogDraft) -> Text {
        var rest = text.dropping(1)
        guard let inside = rest.take(until: UInt8(ascii: "}"), limit: 512), let place = CodePlace.read(inside) else {
            return text
        }
        rest.skipSpaces()
        let level = rest.take(while: Bytes.isLetter)
        guard Severity.number(level) != 0 else { return text }
        draft["code.file.path"] = .string(place.file.string)
        draft["code.line.number"] = .int(Int64(place.line))
        draft.setLevel(level)
        _ = rest.take(" - ")
        rest.skipSpaces()
        return rest
    }
}
