import TelemetryModel

/// `<34>Oct 11 22:14:15 mymachine su[231]: 'su root' failed`, and what is sent as such: without a priority, host, time
/// or tag, with a time as RFC 3339 has it, and as Cisco's devices write.
enum RFC3164 {
    /// Reads what stands before the text. False, and nothing but the time read, when there is neither a priority nor a
    /// time with a program's name.
    static func scan(
        _ scanner: inout ByteScanner, _ fields: inout SyslogFields, receivedTime: Timestamp, zoneOffsetSeconds: Int64
    ) -> Bool {
        var copy = scanner
        copy.skipSpaces()
        if fields.priority != nil { skipSequence(&copy) }
        var hasTime = time(&copy, &fields, receivedTime, zoneOffsetSeconds)
        if !hasTime, fields.priority != nil, let host = hostBeforeTime(&copy, &fields, receivedTime, zoneOffsetSeconds)
        {
            fields.host = host
            hasTime = true
        }
        guard hasTime else {
            guard fields.priority != nil else { return false }
            // Nothing says where a host would be; a program's name is told by what follows it.
            tag(&scanner, &fields, afterTime: false)
            return true
        }
        let isCisco = copy.take(UInt8(ascii: ":"))
        copy.skipSpaces()
        if !isCisco, fields.host.isEmpty { host(&copy, &fields) }
        if copy.current == UInt8(ascii: ":"), copy.peek(1) == 0x20 {
            // `host : %ASA-…`
            copy.position += 1
        }
        copy.skipSpaces()
        tag(&copy, &fields, afterTime: true)
        if fields.priority == nil, fields.application.isEmpty {
            // Some line that begins with a time: its second word is no host.
            fields.host = SyslogFields.nothing
            fields.messageID = SyslogFields.nothing
            return false
        }
        scanner = copy
        return true
    }

    /// Cisco counts its messages, `<187>29: `, or leaves the number out. Taken only when a time follows, or a host and
    /// a time.
    private static func skipSequence(_ scanner: inout ByteScanner) {
        var copy = scanner
        _ = copy.number(most: 18)
        guard copy.take(UInt8(ascii: ":")), copy.current == 0x20 else { return }
        copy.skipSpaces()
        var ahead = copy
        var fields = SyslogFields()
        let now = Timestamp(nanoseconds: 0)
        if time(&ahead, &fields, now, 0) || hostBeforeTime(&ahead, &fields, now, 0) != nil { scanner = copy }
    }

    /// `host: Oct 11 22:14:15`
    private static func hostBeforeTime(
        _ scanner: inout ByteScanner, _ fields: inout SyslogFields, _ receivedTime: Timestamp, _ offset: Int64
    ) -> UnsafeBufferPointer<UInt8>? {
        var copy = scanner
        let word = copy.word()
        guard word.count > 1, word[word.count - 1] == UInt8(ascii: ":"), copy.take(0x20) else { return nil }
        copy.skipSpaces()
        guard time(&copy, &fields, receivedTime, offset) else { return nil }
        scanner = copy
        return UnsafeBufferPointer(rebasing: word[..<(word.count - 1)])
    }

    private static func time(
        _ scanner: inout ByteScanner, _ fields: inout SyslogFields, _ receivedTime: Timestamp, _ offset: Int64
    ) -> Bool {
        var copy = scanner
        guard
            let time = RFC3339Time.scan(&copy, needsOffset: false)
                ?? BSDTime.scan(&copy, receivedTime: receivedTime, offsetSeconds: offset),
            copy.isAtEnd || copy.current == 0x20 || copy.current == UInt8(ascii: ":")
        else { return false }
        fields.time = time
        scanner = copy
        return true
    }

    /// The word behind the time, unless it is a tag already.
    private static func host(_ scanner: inout ByteScanner, _ fields: inout SyslogFields) {
        var copy = scanner
        let word = copy.word()
        guard let last = word.last, last != UInt8(ascii: ":"), !word.contains(UInt8(ascii: "[")), copy.take(0x20),
            word[0] != UInt8(ascii: "%")
        else { return }
        fields.host = word
        scanner = copy
    }

    /// `su[231]: `, `su: ` or `su[231] `, 48 bytes at most (the specification says 32, RFC 5424 names programs with
    /// 48). Cisco's `%SYS-5-CONFIG_I: ` names a kind of message and stays in the text.
    ///
    /// - Parameter afterTime: without a time in front a level, which many programs write there, is no program's name.
    private static func tag(_ scanner: inout ByteScanner, _ fields: inout SyslogFields, afterTime: Bool) {
        var copy = scanner
        let name = copy.take { $0 > 0x20 && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "[") && $0 < 0x7F }
        guard !name.isEmpty, name.count <= 48, name[0] != UInt8(ascii: "{"), name[0] != UInt8(ascii: "\"") else {
            return
        }
        if name[0] == UInt8(ascii: "%") {
            guard copy.current == UInt8(ascii: ":"), name.contains(UInt8(ascii: "-")) else { return }
            fields.messageID = UnsafeBufferPointer(rebasing: name[1...])
            return
        }
        var process = SyslogFields.nothing
        if copy.take(UInt8(ascii: "[")) {
            process = copy.take { $0 > 0x20 && $0 != UInt8(ascii: "]") && $0 < 0x7F }
            guard !process.isEmpty, process.count <= 128, copy.take(UInt8(ascii: "]")) else { return }
        }
        if copy.take(UInt8(ascii: ":")) {
            guard copy.isAtEnd || copy.current == 0x20 else { return }
        } else {
            guard !process.isEmpty, copy.isAtEnd || copy.current == 0x20 else { return }
        }
        if process.isEmpty, !afterTime, isLevel(name) { return }
        _ = copy.take(0x20)
        fields.application = name
        fields.process = process
        scanner = copy
    }

    private static let levels = [
        "trace", "debug", "info", "notice", "warn", "warning", "err", "error", "crit", "critical", "alert", "emerg",
        "fatal", "panic", "exception", "failed", "note", "hint",
    ]

    private static func isLevel(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        let lower = SyslogFields.text(name).lowercased()
        return levels.contains(lower)
    }
}
