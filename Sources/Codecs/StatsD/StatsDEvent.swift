/// `_e{titleBytes,textBytes}:title|text|d:seconds|h:host|k:key|p:priority|s:source|t:alert|#tags|c:container`
///
/// Spec: DogStatsD datagram format, "Events". The lengths count bytes of UTF-8; `\n` in title and text stands for a line
/// end. Optional fields in any order, unknown ones ignored.
package enum StatsDEvent {
    package static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, receivedTime: Int64
    ) throws(StatsDProblem) -> StatsDLogRecord {
        var position = 3
        let titleCount = try number(bytes, &position, until: UInt8(ascii: ","))
        let textCount = try number(bytes, &position, until: UInt8(ascii: "}"))
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else { throw .badEvent }
        let titleBegin = position + 1
        // Lengths are below 2^20, so that no sum overflows.
        let titleEnd = titleBegin + titleCount
        let textEnd = titleEnd + 1 + textCount
        guard titleCount > 0, textEnd <= bytes.count, bytes[titleEnd] == UInt8(ascii: "|") else { throw .badEvent }
        guard textEnd == bytes.count || bytes[textEnd] == UInt8(ascii: "|") else { throw .badEvent }
        var event = StatsDLogRecord.Event()
        var record = StatsDLogRecord(
            kind: .event(event), title: StatsDFields.unescaped(bytes, titleBegin..<titleEnd),
            text: StatsDFields.unescaped(bytes, titleEnd + 1..<textEnd), receivedTime: receivedTime)
        StatsDFields.forEach(bytes, from: textEnd) { key, value in
            if StatsDFields.take(bytes, key, value, into: &record) { return }
            let text = StatsDTags.text(bytes, value)
            switch key {
            case UInt8(ascii: "k"): event.aggregationKey = text
            case UInt8(ascii: "p"): event.priority = text
            case UInt8(ascii: "s"): event.sourceType = text
            case UInt8(ascii: "t"): event.alert = StatsDLogRecord.Event.Alert(rawValue: text) ?? event.alert
            default: break
            }
        }
        record.kind = .event(event)
        return record
    }

    /// At most six digits.
    private static func number(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, until end: UInt8
    ) throws(StatsDProblem) -> Int {
        var value = 0
        let begin = position
        while position < bytes.count, position - begin < 6, bytes[position] >= 0x30, bytes[position] <= 0x39 {
            value = value * 10 + Int(bytes[position] - 0x30)
            position += 1
        }
        guard position > begin, position < bytes.count, bytes[position] == end else { throw .badEvent }
        position += 1
        return value
    }
}
