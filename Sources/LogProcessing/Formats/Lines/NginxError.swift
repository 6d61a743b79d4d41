import TelemetryModel

/// nginx's error log: `2024/05/24 23:22:00 [error] 123#456: *7 message, client: 10.0.0.1, server: _, request: "…"`.
enum NginxError: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        guard rest[4] == UInt8(ascii: "/"), let civil = TimeScanner.iso(&rest),
            let time = civil.timestamp(in: context.zone), rest.take(" ["),
            let level = rest.take(until: UInt8(ascii: "]"), limit: 16), Severity.number(level) != 0,
            rest.take(UInt8(ascii: " ")), let process = rest.takeNumber(1, 10), rest.take(UInt8(ascii: "#")),
            let thread = rest.takeNumber(1, 10), rest.take(": ")
        else { return nil }
        draft.time = time
        draft.setLevel(level)
        draft["process.pid"] = .int(Int64(process))
        draft["thread.id"] = .int(Int64(thread))
        if rest.first == UInt8(ascii: "*") {
            var more = rest.dropping(1)
            if let connection = more.takeNumber(1, 18), more.take(UInt8(ascii: " ")) {
                draft["nginx.connection"] = .int(Int64(connection))
                rest = more
            }
        }
        if let place = rest.distance(to: ", client: ") {
            var more = rest.dropping(place + 10)
            let client = more.take { $0 > 0x20 && $0 != UInt8(ascii: ",") }
            if !client.isEmpty { draft["client.address"] = .string(client.string) }
        }
        return rest
    }
}
