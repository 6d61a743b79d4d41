import TelemetryModel

/// What the message says as text: ids and the fields of the seeds.
///
/// - Spec: the seeds' Filebeat: `trace_id[=:]<32 hex>`, `span_id[=:]<16 hex>`, and for the service spacetimedb
///   `module id`, `database` and `operation`. Other spellings of the keys, spaces and quotes around the separator, and
///   the forms of `IdentifierText` are read too.
enum TextFields {
    /// Bytes of a message that are looked at.
    private static let bytesMax = 64 << 10

    static func read(_ draft: inout LogDraft, isSpacetime: Bool) {
        guard draft.traceID == nil || draft.spanID == nil || isSpacetime else { return }
        var found = Found(hasTrace: draft.traceID != nil, hasSpan: draft.spanID != nil, isSpacetime: isSpacetime)
        draft.body.withUTF8 { bytes in
            found.scan(Text(bytes).prefix(bytesMax))
        }
        if let id = found.traceID { draft.traceID = id }
        if let id = found.spanID { draft.spanID = id }
        if let flags = found.flags { draft.flags = flags }
        guard isSpacetime else { return }
        set("spacetimedb.module_id", draft["module_id"] ?? draft["moduleId"] ?? found.module, &draft)
        set("spacetimedb.database_name", draft["database"] ?? draft["database_name"] ?? found.database, &draft)
        set("spacetimedb.operation", draft["operation"] ?? found.operation, &draft)
    }

    private static func set(_ name: String, _ value: LogValue?, _ draft: inout LogDraft) {
        guard let value, value != .null, draft[name] == nil else { return }
        draft.attributes.append(LogAttribute(name, value))
    }

    private struct Found {
        let hasTrace: Bool
        let hasSpan: Bool
        let isSpacetime: Bool
        var traceID: TraceID?
        var spanID: SpanID?
        var flags: UInt32?
        var module: LogValue?
        var database: LogValue?
        var operation: LogValue?

        init(hasTrace: Bool, hasSpan: Bool, isSpacetime: Bool) {
            self.hasTrace = hasTrace
            self.hasSpan = hasSpan
            self.isSpacetime = isSpacetime
        }

        /// Looks at the word before each `=` and `:`.
        mutating func scan(_ text: Text) {
            var place = text.start
            while place < text.end {
                let byte = text.bytes[place]
                if byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") {
                    pair(text, separator: place)
                }
                place += 1
            }
        }

        private mutating func pair(_ text: Text, separator: Int) {
            var end = separator
            while end > text.start, isFiller(text.bytes[end - 1]) { end -= 1 }
            guard end > text.start, Bytes.isLetter(text.bytes[end - 1]) else { return }
            var start = end
            // The longest key has 13 bytes.
            let limit = max(text.start, end - 32)
            while start > limit, isKeyByte(text.bytes[start - 1]) { start -= 1 }
            let key = Text(text.bytes, start..<end)
            var value = Text(text.bytes, (separator + 1)..<text.end)
            while !value.isEmpty, isFiller(value.first) { value.skip(1) }
            guard !value.isEmpty else { return }
            read(key, value, text)
        }

        private mutating func read(_ key: Text, _ value: Text, _ text: Text) {
            let last = key.last | 0x20
            switch last {
            case UInt8(ascii: "d"):
                if !hasTrace, traceID == nil, isTraceKey(key) {
                    traceID = IdentifierText.traceID(hex(value, withDashes: true))
                } else if !hasSpan, spanID == nil, isSpanKey(key) {
                    spanID = IdentifierText.spanID(hex(value, withDashes: false))
                } else if isSpacetime, module == nil, isModuleKey(key, text) {
                    module = word(value)
                }
            case UInt8(ascii: "t"):
                guard key.equalsIgnoringCase("traceparent"), !hasTrace, traceID == nil,
                    let parent = IdentifierText.traceParent(value.prefix(55))
                else { return }
                traceID = parent.trace
                if !hasSpan, spanID == nil { spanID = parent.span }
                flags = parent.flags
            case UInt8(ascii: "e"):
                if isSpacetime, database == nil,
                    key.equalsIgnoringCase("database") || key.equalsIgnoringCase("database_name")
                {
                    database = word(value)
                }
            case UInt8(ascii: "n"):
                if isSpacetime, operation == nil, key.equalsIgnoringCase("operation") { operation = word(value) }
            default: break
            }
        }

        private func isTraceKey(_ key: Text) -> Bool {
            guard key.first | 0x20 == UInt8(ascii: "t") || key.count > 8 else { return false }
            return key.equalsIgnoringCase("trace_id") || key.equalsIgnoringCase("traceid")
                || key.equalsIgnoringCase("trace.id") || key.equalsIgnoringCase("trace-id")
                || key.equalsIgnoringCase("oteltraceid") || key.equalsIgnoringCase("otel.trace_id")
                || key.equalsIgnoringCase("dd.trace_id")
        }

        private func isSpanKey(_ key: Text) -> Bool {
            key.equalsIgnoringCase("span_id") || key.equalsIgnoringCase("spanid") || key.equalsIgnoringCase("span.id")
                || key.equalsIgnoringCase("span-id") || key.equalsIgnoringCase("otelspanid")
                || key.equalsIgnoringCase("otel.span_id") || key.equalsIgnoringCase("dd.span_id")
        }

        /// `module_id` in one word, or `module id` in two.
        private func isModuleKey(_ key: Text, _ text: Text) -> Bool {
            if key.equalsIgnoringCase("module_id") || key.equalsIgnoringCase("moduleid") { return true }
            guard key.equalsIgnoringCase("id"), key.start >= text.start + 7 else { return false }
            return Text(text.bytes, (key.start - 7)..<(key.start - 1)).equalsIgnoringCase("module")
                && text.bytes[key.start - 1] == UInt8(ascii: " ")
        }

        private func hex(_ text: Text, withDashes: Bool) -> Text {
            var rest = text
            let digits = rest.take { Bytes.isHexDigit($0) || (withDashes && $0 == UInt8(ascii: "-")) }
            // A longer word is no id.
            return Bytes.isWord(rest.first) ? Text(text.bytes, text.start..<text.start) : digits
        }

        private func word(_ text: Text) -> LogValue? {
            var rest = text
            let word = rest.take {
                Bytes.isWord($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 >= 0x80
            }
            return word.isEmpty ? nil : .string(word.string)
        }

        private func isFiller(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
        }

        private func isKeyByte(_ byte: UInt8) -> Bool {
            Bytes.isWord(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        }
    }
}
