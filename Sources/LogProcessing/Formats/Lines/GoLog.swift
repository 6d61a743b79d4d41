import TelemetryModel

/// Go's log package: `2024/05/24 23:22:00.123456 file.go:12: message`.
enum GoLog: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        guard rest[4] == UInt8(ascii: "/"), let civil = TimeScanner.iso(&rest),
            let time = civil.timestamp(in: context.zone), rest.take(UInt8(ascii: " "))
        else { return nil }
        draft.time = time
        if let length = rest.distance(to: ": ", limit: 256), let place = CodePlace.read(rest.prefix(length)) {
            draft["code.file.path"] = .string(place.file.string)
            draft["code.line.number"] = .int(Int64(place.line))
            rest.skip(length + 2)
        }
        // slog through the log package, and what many programs write themselves.
        var word = rest
        let bracketed = word.take(UInt8(ascii: "["))
        let level = word.take(while: Bytes.isLetter)
        if level.count >= 3, Severity.number(level) != 0, level.first < 0x60 || bracketed {
            if bracketed ? word.take("] ") : (word.take(": ") || word.take(" ")) {
                draft.setLevel(level)
                KeyValueTail.read(word, into: &draft)
                return word
            }
        }
        return rest
    }
}
