import TelemetryModel

/// Apache's error log: `[Fri May 24 23:22:00.123456 2024] [core:error] [pid 12:tid 34] [client 10.0.0.1:80] message`.
enum ApacheError: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        guard rest.take(UInt8(ascii: "[")), let civil = TimeScanner.asctime(&rest),
            let time = civil.timestamp(in: context.zone), rest.take(UInt8(ascii: "]"))
        else { return nil }
        draft.time = time
        rest.skipSpaces()
        for _ in 0..<4 {
            guard rest.first == UInt8(ascii: "[") else { break }
            var inner = rest.dropping(1)
            guard let part = inner.take(until: UInt8(ascii: "]"), limit: 256) else { break }
            var word = part
            if word.take("pid ") {
                if let number = word.takeNumber(1, 10) { draft["process.pid"] = .int(Int64(number)) }
                if word.take(":tid "), let number = word.takeNumber() { draft["thread.id"] = .int(Int64(number)) }
            } else if word.take("client ") {
                draft["client.address"] = .string(word.string)
            } else {
                let module = word.take(until: UInt8(ascii: ":"))
                guard Severity.number(word) != 0 else { break }
                draft.setLevel(word)
                if let module, !module.isEmpty { draft["log.logger"] = .string(module.string) }
            }
            rest = inner
            rest.skipSpaces()
        }
        return rest
    }
}
