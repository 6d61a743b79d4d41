import TelemetryModel

/// Lines as syslog daemons write them to files: `May 24 23:22:00 host app[123]: message`, also with an RFC 3339 time,
/// and with a priority in front.
enum SyslogFile: LineFormat {
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text? {
        var rest = line
        var priority: Int?
        if rest.take(UInt8(ascii: "<")) {
            guard let number = rest.takeNumber(1, 3), number < 192, rest.take(UInt8(ascii: ">")) else { return nil }
            priority = number
        }
        let civil: CivilTime?
        let hasISOTime = Bytes.isDigit(rest.first)
        if hasISOTime {
            civil = TimeScanner.iso(&rest)
        } else {
            civil = TimeScanner.syslog(&rest, readTime: context.readTime, zone: context.zone)
        }
        guard let time = civil?.timestamp(in: context.zone), rest.take(UInt8(ascii: " ")) else { return nil }
        let host = rest.takeWord()
        guard isHost(host), rest.take(UInt8(ascii: " ")) else { return nil }
        var tag = rest
        let name = tag.take { $0 > 0x20 && $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: ":") }
        guard !name.isEmpty, name.count <= 128 else { return nil }
        var process: Text?
        if tag.take(UInt8(ascii: "[")) {
            guard let inside = tag.take(until: UInt8(ascii: "]"), limit: 64) else { return nil }
            process = inside
        }
        guard tag.take(UInt8(ascii: ":")) else { return nil }
        tag.skipSpaces()
        // Prose after a time looks the same; with a process it hardly does.
        guard context.isForced || priority != nil || process != nil || !hasISOTime else { return nil }
        draft.time = time
        if let priority, let level = Severity.syslog(priority & 7) {
            draft.severityText = level.text
            draft.severityNumber = level.number
        }
        draft["log.syslog.hostname"] = .string(host.string)
        draft["log.syslog.appname"] = .string(name.string)
        if let process {
            draft["process.pid"] = Int64(process.string).map { .int($0) } ?? .string(process.string)
        }
        return tag
    }

    private static func isHost(_ text: Text) -> Bool {
        guard !text.isEmpty, text.count <= 255, text.last != UInt8(ascii: ":") else { return false }
        for index in text.start..<text.end {
            let byte = text.bytes[index]
            guard
                Bytes.isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: ":")
            else { return false }
        }
        return true
    }
}
