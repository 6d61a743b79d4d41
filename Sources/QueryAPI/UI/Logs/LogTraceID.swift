import TelemetryModel

/// Ids of traces in the forms that programs write them in.
enum LogTraceID {
    /// 1 to 32 hex digits in either case, a UUID, 64 hex digits (of which the first 32 are the id, as at intake), or 16
    /// bytes in base64; nil for other texts.
    static func parse(_ text: String) -> TraceID? {
        var hex = text
        if text.utf8.count == 36, text.utf8.count(where: { $0 == UInt8(ascii: "-") }) == 4 {
            hex = text.filter { $0 != "-" }
        }
        if hex.utf8.count == 64, hex.utf8.allSatisfy(isHex) { hex = String(hex.prefix(32)) }
        if let id = TraceID(hex: hex), !id.isZero { return id }
        guard let bytes = base64(text), bytes.count == 16 else { return nil }
        let id = TraceID(
            hex: bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())
        return id?.isZero == true ? nil : id
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// Of 16 bytes, with or without padding, in the alphabet of URLs, too.
    ///
    /// - Spec: RFC 4648, sections 4 and 5.
    private static func base64(_ text: String) -> [UInt8]? {
        let digits = text.utf8.reversed().drop { $0 == UInt8(ascii: "=") }.reversed()
        guard digits.count == 22, text.utf8.count == 22 || text.utf8.count == 24 else { return nil }
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in digits {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            default: return nil
            }
            bits = bits << 6 & 0xFFFF | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return bytes
    }
}
