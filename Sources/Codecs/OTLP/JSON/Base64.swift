#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Base64 as the proto3 JSON mapping has it: written with the standard alphabet and padding, read in any variant.
///
/// - Spec: proto3 JSON mapping, `bytes`: "Either standard or URL-safe base64 encoding with/without paddings are
///   accepted."
package enum Base64 {
    /// The bytes of `text`; nil when it is no base64.
    package static func decode(_ text: UnsafeBufferPointer<UInt8>) -> Data? {
        var digits = text[...]
        if digits.last == UInt8(ascii: "=") {
            // Padding may be absent, but what is there has to fill the last group of four.
            guard text.count.isMultiple(of: 4) else { return nil }
            digits = digits.dropLast()
            if digits.last == UInt8(ascii: "=") { digits = digits.dropLast() }
        }
        // A single digit over holds six bits only, which is no byte.
        guard digits.count % 4 != 1 else { return nil }

        var data = Data(capacity: digits.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var bitCount = 0
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xFFFF
            bitCount += 6
            if bitCount >= 8 {
                bitCount -= 8
                data.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
            }
        }
        return data
    }

    /// With padding.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        encode(Data(bytes), into: &text)
        return String(decoding: text, as: UTF8.self)
    }

    static func encode(_ data: some Collection<UInt8>, into bytes: inout [UInt8]) {
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in data {
            bits = (bits << 8 | UInt32(byte)) & 0xFFFF
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                bytes.append(digit(bits >> UInt32(bitCount) & 0x3F))
            }
        }
        guard bitCount > 0 else { return }
        bytes.append(digit(bits << UInt32(6 - bitCount) & 0x3F))
        for _ in 0..<(3 - data.count % 3) {
            bytes.append(UInt8(ascii: "="))
        }
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        let value = UInt8(truncatingIfNeeded: value)
        return switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + (value - 26)
        case 52..<62: UInt8(ascii: "0") + (value - 52)
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
