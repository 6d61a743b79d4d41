/// IP addresses as text.
package enum IPAddressText {
    /// Of four bytes; nil for another count.
    static func version4(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard bytes.count == 4 else { return nil }
        return bytes.map { "\($0)" }.joined(separator: ".")
    }

    /// Of sixteen bytes, in the canonical form of RFC 5952; nil for another count.
    static func version6(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard bytes.count == 16 else { return nil }
        let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        let gap = longestRunOfZeros(groups)
        var text = ""
        var index = 0
        while index < 8 {
            if index == gap.lowerBound, gap.count > 1 {
                text += "::"
                index = gap.upperBound
                continue
            }
            if !text.isEmpty, !text.hasSuffix(":") { text += ":" }
            text += String(groups[index], radix: 16)
            index += 1
        }
        return text
    }

    /// The first of the longest runs; RFC 5952, section 4.2.3.
    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int> {
        var best = 0..<0
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > best.count { best = start..<end }
            start = max(end, start) + 1
        }
        return best
    }

    /// Whether a text is an address and not a name.
    package static func isAddress(_ text: String) -> Bool { isVersion4(text) || isVersion6(text) }

    private static func isVersion4(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                part.count <= 3 && part.allSatisfy { (0x30...0x39).contains($0) } && UInt8(Substring(part)) != nil
            }
    }

    /// Good enough to tell one from a host name, which has no colon.
    private static func isVersion6(_ text: String) -> Bool {
        var colons = 0
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: ":"): colons += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "."):
                break
            default: return false
            }
        }
        return colons >= 2
    }
}
