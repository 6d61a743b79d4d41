/// Bytes to text.
enum TextDecoder {
    /// The text of the bytes; what is no character of the encoding becomes U+FFFD and is counted once each.
    ///
    /// NUL stays what it is: U+0000 is a character of UTF-8.
    static func decode(
        _ bytes: UnsafeBufferPointer<UInt8>, _ encoding: TextEncoding, repairs: inout Int
    ) -> String {
        switch encoding {
        case .utf8: utf8(bytes, repairs: &repairs)
        case .utf16LittleEndian: utf16(bytes, isBigEndian: false, repairs: &repairs)
        case .utf16BigEndian: utf16(bytes, isBigEndian: true, repairs: &repairs)
        case .latin1: latin1(bytes)
        }
    }

    private static func utf8(_ bytes: UnsafeBufferPointer<UInt8>, repairs: inout Int) -> String {
        var bytes = bytes
        if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            bytes = UnsafeBufferPointer(rebasing: bytes[3...])
        }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let text = String(decoding: bytes, as: UTF8.self)
        let written = bytes.indices.reduce(into: 0) { count, index in
            // EF BF BD: a U+FFFD that the text had before.
            if bytes[index] == 0xEF, index + 2 < bytes.count, bytes[index + 1] == 0xBF, bytes[index + 2] == 0xBD {
                count += 1
            }
        }
        repairs += max(1, text.unicodeScalars.reduce(0) { $0 + ($1 == "\u{FFFD}" ? 1 : 0) } - written)
        return text
    }

    private static func utf16(_ bytes: UnsafeBufferPointer<UInt8>, isBigEndian: Bool, repairs: inout Int) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = 0
        while index + 1 < bytes.count {
            let first = UInt16(bytes[index]), second = UInt16(bytes[index + 1])
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
            index += 2
        }
        if bytes.count % 2 != 0 { repairs += 1 }
        if units.first == 0xFEFF { units.removeFirst() }
        var position = 0
        while position < units.count {
            let unit = units[position]
            if UTF16.isLeadSurrogate(unit), position + 1 < units.count, UTF16.isTrailSurrogate(units[position + 1]) {
                position += 2
                continue
            }
            if UTF16.isSurrogate(unit) { repairs += 1 }
            position += 1
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func latin1(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 4)
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
            } else {
                text.append(0xC0 | byte >> 6)
                text.append(0x80 | byte & 0x3F)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
