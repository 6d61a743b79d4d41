/// The administration port as seen by a browser or a script: `GET` of `/`, `/stats`, `/counters`, `/gauges`, `/timers`,
/// `/sets`, `/config` and `/health`. One request for each connection.
struct AdministrationHTTP {
    /// Of a request's head.
    static let headBytesMax = 16 << 10

    private static let methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]

    let commands: AdministrationCommands
    let refusal: @Sendable (String?, String?, String?) -> String?

    /// Whether the first bytes of a connection are those of an HTTP request; nil when more are needed to tell.
    static func isHTTP(_ bytes: some Collection<UInt8>) -> Bool? {
        var undecided = false
        for method in methods {
            let start = Array((method + " ").utf8)
            if bytes.starts(with: start) { return true }
            if bytes.count < start.count, start.starts(with: bytes) { undecided = true }
        }
        return undecided ? nil : false
    }

    /// Where the head ends, after its empty line; nil when it is not whole.
    static func headEnd(_ bytes: [UInt8]) -> Int? {
        var isAtLineStart = false
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "\n"):
                if isAtLineStart { return index + 1 }
                isAtLineStart = true
            case UInt8(ascii: "\r"): break
            default: isAtLineStart = false
            }
        }
        return nil
    }

    /// - Parameter head: request line and fields.
    func answer(_ head: [UInt8]) -> [UInt8] {
        let lines = String(decoding: head, as: UTF8.self).split(whereSeparator: \.isNewline)
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count >= 2 else { return response(400, "text/plain", Array("bad request\n".utf8)) }
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...]
            fields[line[..<colon].lowercased()] = String(value.drop { $0 == " " || $0 == "\t" })
        }
        if let reason = refusal(fields["host"], fields["origin"], fields["authorization"]) {
            return response(403, "text/plain", Array((reason + "\n").utf8))
        }
        let method = words[0]
        guard method == "GET" || method == "HEAD" else {
            return response(
                405, "text/plain", Array("only GET is answered here\n".utf8), fields: "Allow: GET, HEAD\r\n")
        }
        let (status, content) = page(String(words[1].prefix { $0 != "?" }))
        return response(status, "application/json", content, hasBody: method == "GET")
    }

    private func page(_ path: String) -> (status: Int, content: [UInt8]) {
        switch path {
        case "/", "/stats": return (200, commands.statsJSON)
        case "/counters": return (200, commands.series([.counter]))
        case "/gauges": return (200, commands.series([.gauge]))
        case "/timers": return (200, commands.series([.timer, .histogram]))
        case "/sets": return (200, commands.series([.set]))
        case "/config": return (200, commands.configurationJSON)
        case "/health":
            let health = commands.healthText
            return (health == "up" ? 200 : 503, Array("{\"health\":\"\(health)\"}".utf8))
        default: return (404, Array("{\"message\":\"unknown path\"}".utf8))
        }
    }

    private func response(
        _ status: Int, _ type: String, _ content: [UInt8], hasBody: Bool = true, fields: String = ""
    ) -> [UInt8] {
        let reasons = [
            200: "OK", 400: "Bad Request", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
            503: "Service Unavailable",
        ]
        let head =
            "HTTP/1.1 \(status) \(reasons[status] ?? "")\r\nContent-Type: \(type); charset=utf-8\r\n\(fields)"
            + "Content-Length: \(content.count)\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        return Array(head.utf8) + (hasBody ? content : [])
    }
}
