import TelemetryModel

/// PostgreSQL's server log: `2024-05-24 23:22:00.123 UTC [123] user@db LOG:  message`.
enum PostgreSQLLog: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        guard var civil = TimeScanner.iso(&rest) else { return nil }
        if civil.offset == nil, rest.first == UInt8(ascii: " "), Bytes.isLetter(rest[1]) {
            // The zone by its name; one that we do not know leaves it to the configuration.
            rest.skip(1)
            civil.offset = TimeScanner.namedZone(rest.take { Bytes.isWord($0) || $0 == UInt8(ascii: "/") })
        }
        guard let time = civil.timestamp(in: context.zone), rest.take(" ["), let process = rest.takeNumber(1, 10)
        else { return nil }
        if rest.take(UInt8(ascii: "-")) { guard rest.takeNumber(1, 18) != nil else { return nil } }
        guard rest.take("] ") else { return nil }
        var user: Text?, database: Text?
        var level = rest.take { Bytes.isWord($0) }
        if rest.first == UInt8(ascii: "@") {
            user = level
            rest.skip(1)
            database = rest.takeWord()
            rest.skipSpaces()
            level = rest.take { Bytes.isWord($0) }
        }
        guard isLevel(level), rest.take(":  ") || rest.take(": ") else { return nil }
        draft.time = time
        draft.setLevel(level)
        // What belongs to the message before has that one's weight to the reader, but no level.
        draft["process.pid"] = .int(Int64(process))
        if let user, !user.isEmpty { draft["user.name"] = .string(user.string) }
        if let database, !database.isEmpty { draft["db.namespace"] = .string(database.string) }
        return rest
    }

    private static func isLevel(_ word: Text) -> Bool {
        word == "LOG" || word == "ERROR" || word == "FATAL" || word == "PANIC" || word == "WARNING" || word == "NOTICE"
            || word == "INFO" || word == "DETAIL" || word == "HINT" || word == "STATEMENT" || word == "CONTEXT"
            || word == "QUERY" || word == "LOCATION" || (word.hasPrefix("DEBUG") && word.count <= 6)
    }
}
