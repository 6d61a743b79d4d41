import TelemetryModel

/// Access logs of nginx, Apache and others in the common and the combined format:
///
///     127.0.0.1 - frank [24/May/2024:23:22:00 +0000] "GET /a?b=1 HTTP/1.1" 200 2326 "http://r" "Mozilla/5.0"
///
/// The message is the whole line.
enum AccessLog: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        let client = rest.takeWord()
        // A virtual host's name may stand before the client.
        guard !client.isEmpty, rest.take(UInt8(ascii: " ")) else { return nil }
        let identity = rest.takeWord()
        guard !identity.isEmpty, rest.take(UInt8(ascii: " ")),
            let user = rest.take(until: " ["), user.count <= 256, let civil = TimeScanner.accessLog(&rest),
            rest.take("] \""), let time = civil.timestamp(in: context.zone),
            let request = quoted(&rest), rest.take(UInt8(ascii: " "))
        else { return nil }
        guard let status = rest.takeNumber(3, 3) else { return nil }
        draft.time = time
        draft["client.address"] = .string(client.string)
        if !(user == "-") { draft["user.name"] = .string(user.string) }
        var words = request
        let method = words.takeWord()
        if words.take(UInt8(ascii: " ")), !method.isEmpty {
            draft["http.request.method"] = .string(method.string)
            let target = words.takeWord()
            if let query = target.distance(to: UInt8(ascii: "?")) {
                draft["url.path"] = .string(target.prefix(query).string)
                draft["url.query"] = .string(target.dropping(query + 1).string)
            } else {
                draft["url.path"] = .string(target.string)
            }
            if words.take(" HTTP/") {
                draft["network.protocol.name"] = .string("http")
                draft["network.protocol.version"] = .string(words.string)
            }
        }
        draft["http.response.status_code"] = .int(Int64(status))
        _ = rest.take(UInt8(ascii: " "))
        if let size = rest.takeNumber() {
            draft["http.response.body.size"] = .int(Int64(size))
        } else {
            _ = rest.take(UInt8(ascii: "-"))
        }
        if rest.take(" \""), let referer = quoted(&rest) {
            if !(referer == "-"), !referer.isEmpty { draft["http.request.header.referer"] = .string(referer.string) }
            if rest.take(" \""), let agent = quoted(&rest), !(agent == "-"), !agent.isEmpty {
                draft["user_agent.original"] = .string(agent.string)
            }
        }
        return line
    }

    /// Up to the quote that is not escaped.
    private static func quoted(_ text: inout Text) -> Text? {
        var place = text.start
        while place < text.end {
            let byte = text.bytes[place]
            if byte == UInt8(ascii: "\\") { place += 1 }
            if byte == UInt8(ascii: "\"") {
                let result = Text(text.bytes, text.start..<place)
                text.start = place + 1
                return result
            }
            place += 1
        }
        return nil
    }
}
