import TelemetryModel

/// A time, or a level, or both at the beginning of a line of no known format: `2024-05-24T23:22:00Z ERROR message`,
/// `ERROR: message`, `2024-05-24 23:22:00 message`.
enum LeadingLevel: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        var time: Timestamp?
        if let civil = TimeScanner.iso(&rest) {
            guard let read = civil.timestamp(in: context.zone),
                rest.isEmpty || rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\t")
                    || rest.first == UInt8(ascii: ":") || rest.first == UInt8(ascii: "[")
            else { return nil }
            time = read
            _ = rest.take(UInt8(ascii: ":"))
            rest.skipSpaces()
        }
        var word = rest
        let bracket = word.take(UInt8(ascii: "[")) || word.take(UInt8(ascii: "<"))
        let level = word.take(while: Bytes.isLetter)
        if level.count >= 3, level.count <= 11, Severity.number(level) != 0 {
            if bracket {
                word.skipSpaces()
                if word.take(UInt8(ascii: "]")) || word.take(UInt8(ascii: ">")) {
                    _ = word.take(UInt8(ascii: ":"))
                    word.skipSpaces()
                    if let time { draft.time = time }
                    draft.setLevel(level)
                    return word
                }
            } else {
                // Words such as "Error" begin sentences; without a time only capitals, or a colon, say that it is one.
                let isCapital = level[1] & 0x20 == 0
                let hasColon = word.take(UInt8(ascii: ":"))
                if isCapital || hasColon || time != nil && word.first == UInt8(ascii: " "),
                    word.isEmpty || word.skipSpaces() > 0
                {
                    if let time { draft.time = time }
                    draft.setLevel(level)
                    _ = word.take("- ")
                    return word
                }
            }
        }
        guard let time else { return nil }
        draft.time = time
        return rest
    }
}
