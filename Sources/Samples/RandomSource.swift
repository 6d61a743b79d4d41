#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014), and the draws made with it.
///
/// The draws do not use the standard library's `random(in:using:)`: its algorithm is not promised to stay the same from
/// one Swift to the next, and a seed should. They do not use `exp` or `log` either: those differ in the last
/// digit between C libraries.
struct RandomSource: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// From 0 to `bound` - 1; 0 when there is no such number.
    mutating func below(_ bound: Int) -> Int {
        guard bound > 1 else { return 0 }
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func from(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// From 0 to just below 1, in steps of 2^-53.
    mutating func unit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// One of the elements, of which there must be at least one.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Around `median`, half of the draws below it, with a long tail above: about one in ten is four times as
    /// long, one in seventy ten times.
    ///
    /// A product of independent factors is log-normal in the limit; six factors from 1/2 to 2 come close enough.
    mutating func logNormal(median: Double) -> Double {
        var value = median
        for _ in 0..<6 {
            let factor = 1 + unit()
            value = next() & 1 == 0 ? value * factor : value / factor
        }
        return value
    }

    /// A log-normal number of nanoseconds, at least one.
    mutating func nanoseconds(median: Double) -> UInt64 {
        max(1, UInt64(logNormal(median: median)))
    }

    /// `count` bytes that are not all zero: OTLP calls an all-zero id invalid.
    mutating func identifier(bytes count: Int) -> Data {
        while true {
            var identifier = Data(capacity: count)
            while identifier.count < count {
                withUnsafeBytes(of: next().bigEndian) {
                    identifier.append(contentsOf: $0.prefix(count - identifier.count))
                }
            }
            if identifier.contains(where: { $0 != 0 }) { return identifier }
        }
    }

    /// A random (version 4) UUID in lowercase, RFC 9562 section 5.4.
    mutating func uuid() -> String {
        var bytes = identifier(bytes: 16)
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(bytes.lowercaseHex)
        return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
            .map { String($0) }.joined(separator: "-")
    }
}

extension Data {
    var lowercaseHex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * count)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
