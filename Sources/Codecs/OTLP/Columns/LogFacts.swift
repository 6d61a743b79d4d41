import TelemetryModel

/// What is known of a log record besides what its fields say: its level, and the trace and span that its attributes or
/// its text name.
///
/// Many senders have no trace context in the record itself: ids are attributes (Automagik's clients) or stand in the
/// text (`trace_id=…`). They are found here, once, so that the logs of a trace are found whatever form the id had.
///
/// - Cost: a look into a table for each attribute; the text is read only when ids or the level are missing.
struct LogFacts {
    private enum KeyClass: UInt8 {
        case notLookedAt, other, traceID, spanID, traceParent, level
    }

    /// By the key's index in the interner of the block's attributes.
    private var classes: [KeyClass] = []

    /// Called when rows go to another block, or to the same emptied: keys have other indexes then.
    mutating func forgetKeys() { classes.removeAll(keepingCapacity: true) }

    /// Completes the last row of a block, whose other columns are all there.
    ///
    /// - Parameter streamLevel: what the labels of the record's stream say; of a stream, not of an OTLP resource.
    mutating func complete(_ block: LogBlock, streamLevel: LogLevel) {
        let row = block.time.count - 1
        let keys = block.attributes.text.keys
        let offsets = block.attributes.text.offsets
        let values = block.attributes.text.values.writer
        var level = LogLevel(severityNumber: block.severityNumber.values[row])
        if level == .unknown {
            level = LogLevel(name: block.severityText.interner.values.utf8(at: Int(block.severityText.indexes[row])))
        }
        let needsLevel = level == .unknown
        if needsLevel { level = streamLevel }
        for entry in Int(offsets[row])..<Int(offsets[row + 1]) {
            switch keyClass(keys.indexes[entry], keys.interner) {
            case .other, .notLookedAt: continue
            case .level:
                if level == .unknown { level = LogLevel(name: values.utf8(at: entry)) }
            case .traceID:
                guard block.traceID.values[row].isZero, let id = LogText.traceID(values.utf8(at: entry)) else {
                    continue
                }
                block.traceID.values.base[row] = id
            case .spanID:
                guard block.spanID.values[row].isZero, let id = LogText.spanID(values.utf8(at: entry)) else {
                    continue
                }
                block.spanID.values.base[row] = id
            case .traceParent:
                guard block.traceID.values[row].isZero, let ids = LogText.traceParent(values.utf8(at: entry)) else {
                    continue
                }
                block.traceID.values.base[row] = ids.trace
                if block.spanID.values[row].isZero { block.spanID.values.base[row] = ids.span }
            }
        }
        let text = block.body.utf8(at: row)
        if block.traceID.values[row].isZero, let found = LogText.ids(in: text) {
            block.traceID.values.base[row] = found.trace
            if block.spanID.values[row].isZero, let span = found.span { block.spanID.values.base[row] = span }
        }
        if level == .unknown, needsLevel { level = LogText.level(of: text) }
        block.level.append(level.name)
    }

    private mutating func keyClass(_ index: Int32, _ interner: StringInterner) -> KeyClass {
        let index = Int(index)
        while classes.count <= index { classes.append(.notLookedAt) }
        if classes[index] == .notLookedAt { classes[index] = Self.keyClass(interner.values.utf8(at: index)) }
        return classes[index]
    }

    private static func keyClass(_ key: UnsafeBufferPointer<UInt8>) -> KeyClass {
        var key = key
        // `syslog.structured_data.<id>.trace_id`: the parameter's own name.
        if String(decoding: key.prefix(23), as: UTF8.self) == "syslog.structured_data.",
            let last = key.lastIndex(of: UInt8(ascii: "."))
        {
            key = UnsafeBufferPointer(rebasing: key[(last + 1)...])
        }
        guard key.count <= 24 else { return .other }
        // Spellings differ in case and in what joins the words.
        var text = ""
        for byte in key where byte != UInt8(ascii: "_") && byte != UInt8(ascii: ".") && byte != UInt8(ascii: "-") {
            text.unicodeScalars.append(Unicode.Scalar(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte))
        }
        return switch text {
        case "traceid", "oteltraceid", "ddtraceid", "xb3traceid", "logtraceid": .traceID
        case "spanid", "otelspanid", "ddspanid", "xb3spanid", "logspanid": .spanID
        case "traceparent": .traceParent
        case "level", "loglevel", "severity", "severitytext", "lvl", "levelname", "detectedlevel": .level
        default: .other
        }
    }
}
