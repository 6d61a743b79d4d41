import TelemetryModel

/// ClickHouse's server log: `2024.05.24 23:22:00.123456 [ 123 ] {query-id} <Information> Logger: message`.
enum ClickHouseLog: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        guard rest[4] == UInt8(ascii: "."), let civil = TimeScanner.iso(&rest),
            let time = civil.timestamp(in: context.zone), rest.take(" [ "), let thread = rest.takeNumber(1, 18),
            rest.take(" ] {"), let query = rest.take(until: UInt8(ascii: "}"), limit: 512), rest.take(" <"),
            let level = rest.take(until: UInt8(ascii: ">"), limit: 32), rest.take(UInt8(ascii: " "))
        else { return nil }
        draft.time = time
        draft.setLevel(level)
        draft["thread.id"] = .int(Int64(thread))
        if !query.isEmpty { draft["clickhouse.query_id"] = .string(query.string) }
        if let length = rest.distance(to: ": "), length <= 256 {
            draft["log.logger"] = .string(rest.prefix(length).string)
            rest.skip(length + 2)
        }
        return rest
    }
}
