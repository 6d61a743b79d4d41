/// `_sc|name|status|d:seconds|h:host|#tags|c:container|m:message`
///
/// Spec: DogStatsD datagram format, "Service checks": status 0 to 3; the message is the last field.
package enum StatsDServiceCheck {
    package static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, receivedTime: Int64
    ) throws(StatsDProblem) -> StatsDLogRecord {
        let nameBegin = 4
        guard let nameEnd = bytes[min(nameBegin, bytes.count)...].firstIndex(of: UInt8(ascii: "|")),
            nameEnd > nameBegin,
            nameEnd + 1 < bytes.count,
            let status = StatsDLogRecord.CheckStatus(rawValue: bytes[nameEnd + 1] &- 0x30),
            nameEnd + 2 == bytes.count || bytes[nameEnd + 2] == UInt8(ascii: "|")
        else { throw .badServiceCheck }
        var record = StatsDLogRecord(
            kind: .serviceCheck(status), title: StatsDTags.text(bytes, nameBegin..<nameEnd), receivedTime: receivedTime)
        StatsDFields.forEach(bytes, from: nameEnd + 2) { key, value in
            if StatsDFields.take(bytes, key, value, into: &record) { return }
            if key == UInt8(ascii: "m") { record.text = StatsDFields.message(bytes, value) }
        }
        return record
    }
}
