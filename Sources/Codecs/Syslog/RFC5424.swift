import TelemetryModel

/// `<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 [id name="value"] BOM'su root' failed`
enum RFC5424 {
    /// Reads what stands between the priority and the message. False, and nothing read, when there is no version or no
    /// time: then it is no such message.
    ///
    /// Fields may be longer than the specification has it. A message that ends early, or without structured data, is
    /// taken as far as it goes.
    static func scan(_ scanner: inout ByteScanner, _ fields: inout SyslogFields) -> Bool {
        var copy = scanner
        guard let version = copy.number(most: 3), version > 0, copy.take(0x20) else { return false }
        var time: Timestamp?
        if !takeNil(&copy) {
            time = RFC3339Time.scan(&copy, needsOffset: false)
            guard time != nil else { return false }
        }
        guard copy.isAtEnd || copy.take(0x20) else { return false }
        fields.time = time
        fields.version = version
        fields.host = field(&copy)
        fields.application = field(&copy)
        fields.process = field(&copy)
        fields.messageID = field(&copy)
        structuredData(&copy, &fields)
        // UTF-8 is announced by a mark that is no part of the text (section 6.4).
        if copy.rest.starts(with: [0xEF, 0xBB, 0xBF]) { copy.position += 3 }
        scanner = copy
        return true
    }

    /// A word and the space behind it; empty for `-`.
    private static func field(_ scanner: inout ByteScanner) -> UnsafeBufferPointer<UInt8> {
        let word = scanner.word()
        _ = scanner.take(0x20)
        return word.count == 1 && word[0] == UInt8(ascii: "-") ? SyslogFields.nothing : word
    }

    /// Takes `-` when a space or the end follows.
    private static func takeNil(_ scanner: inout ByteScanner) -> Bool {
        guard scanner.current == UInt8(ascii: "-"), scanner.peek(1) == 0x20 || scanner.peek(1) == nil else {
            return false
        }
        scanner.position += 1
        return true
    }

    /// The elements, and the space behind them. What is malformed stays where it is, and is text.
    private static func structuredData(_ scanner: inout ByteScanner, _ fields: inout SyslogFields) {
        if takeNil(&scanner) {
            _ = scanner.take(0x20)
            return
        }
        var copy = scanner
        var attributes: [LogAttribute] = []
        while copy.current == UInt8(ascii: "[") {
            guard element(&copy, &attributes) else { return }
        }
        guard copy.position > scanner.position, copy.isAtEnd || copy.take(0x20) else { return }
        fields.attributes = attributes
        scanner = copy
    }

    /// `[id name="value" …]`
    private static func element(_ scanner: inout ByteScanner, _ attributes: inout [LogAttribute]) -> Bool {
        scanner.position += 1
        let id = scanner.take { !nameEnds.contains($0) }
        guard !id.isEmpty else { return false }
        let prefix = "syslog.structured_data." + SyslogFields.text(id)
        if scanner.current == UInt8(ascii: "]") {
            scanner.position += 1
            add(LogAttribute(prefix, .string("")), &attributes)
            return true
        }
        while scanner.take(0x20) {
            scanner.skipSpaces()
            // A space before the bracket is not allowed, and sent.
            if scanner.current == UInt8(ascii: "]") { break }
            let name = scanner.take { !nameEnds.contains($0) }
            guard !name.isEmpty, scanner.take(UInt8(ascii: "=")), scanner.take(UInt8(ascii: "\"")),
                let value = value(&scanner)
            else { return false }
            add(LogAttribute(prefix + "." + SyslogFields.text(name), .string(value)), &attributes)
        }
        return scanner.take(UInt8(ascii: "]"))
    }

    /// A space, `=`, `]` and `"` are not allowed in names (section 6.3.2).
    private static let nameEnds: [UInt8] = [0x20, UInt8(ascii: "="), UInt8(ascii: "]"), UInt8(ascii: "\"")]

    /// Up to the closing quote, which is taken. `\"`, `\\` and `\]` lose their backslash; before anything else it "MUST
    /// be treated as a regular backslash" (section 6.3.3).
    private static func value(_ scanner: inout ByteScanner) -> String? {
        var value: [UInt8] = []
        while let byte = scanner.current {
            scanner.position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                if let next = scanner.current,
                    [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "]")].contains(next)
                {
                    value.append(next)
                    scanner.position += 1
                } else {
                    value.append(byte)
                }
            default: value.append(byte)
            }
        }
        return nil
    }

    /// Parameters compared for a name that repeats: beyond it a message is hostile, and keeps them side by side.
    private static let comparedMax = 256

    private static func add(_ attribute: LogAttribute, _ attributes: inout [LogAttribute]) {
        guard let place = attributes.prefix(comparedMax).firstIndex(where: { $0.name == attribute.name }) else {
            attributes.append(attribute)
            return
        }
        if case .list(var values) = attributes[place].value {
            attributes[place].value = .null
            values.append(attribute.value)
            attributes[place].value = .list(values)
        } else {
            attributes[place].value = .list([attributes[place].value, attribute.value])
        }
    }
}
