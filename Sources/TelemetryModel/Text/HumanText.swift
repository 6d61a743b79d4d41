/// Numbers as people read them: three digits and a unit.
///
/// Integers throughout: rounding is half away from zero, and a value that rounds up to the next unit is shown in it
/// (`1.00 ms`, never `1000 µs`).
package enum HumanText {
    /// A duration given in nanoseconds: `850 ns`, `1.23 ms`, `59.9 s`, then `2 min 05 s`, `3 h 07 min`, `2 d 04 h`.
    package static func duration(_ nanoseconds: Int64) -> String {
        let sign = nanoseconds < 0 ? "-" : ""
        let magnitude = nanoseconds.magnitude
        if magnitude < 1_000 { return "\(sign)\(magnitude) ns" }
        let units: [(String, UInt64, UInt64)] = [
            ("µs", 1_000, 1_000), ("ms", 1_000_000, 1_000), ("s", 1_000_000_000, 60),
        ]
        for (unit, size, limit) in units {
            if let digits = threeDigits(magnitude, unit: size, limit: limit) { return "\(sign)\(digits) \(unit)" }
        }
        let seconds = magnitude / 1_000_000_000 + (magnitude % 1_000_000_000 >= 500_000_000 ? 1 : 0)
        if seconds < 3_600 { return "\(sign)\(seconds / 60) min \(twoDigits(seconds % 60)) s" }
        let minutes = (seconds + 30) / 60
        if minutes < 24 * 60 { return "\(sign)\(minutes / 60) h \(twoDigits(minutes % 60)) min" }
        let hours = (seconds + 1_800) / 3_600
        return "\(sign)\(count(hours / 24)) d \(twoDigits(hours % 24)) h"
    }

    /// A size in bytes, in powers of 1024: `512 B`, `12.3 MiB`.
    package static func bytes(_ bytes: UInt64) -> String {
        if bytes < 1_024 { return "\(bytes) B" }
        for (exponent, unit) in ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].enumerated() {
            let size = UInt64(1) << (10 * (UInt64(exponent) + 1))
            if let digits = threeDigits(bytes, unit: size, limit: 1_024) { return "\(digits) \(unit)" }
        }
        // Not reached: 2^64 bytes are 16 EiB.
        return "\(bytes) B"
    }

    /// An integer with a comma at every third digit: `1,234,567`.
    package static func count(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (position, digit) in digits.enumerated() {
            if position > 0, (digits.utf8.count - position).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// `value / unit` with three digits, four from 1000 on; nil when that, rounded, reaches `limit`.
    private static func threeDigits(_ value: UInt64, unit: UInt64, limit: UInt64) -> String? {
        for (scale, decimals, below) in [(100, 2, 10), (10, 1, 100), (1, 0, limit)] as [(UInt64, Int, UInt64)] {
            // 100 times a UInt64 needs more than 64 bits.
            let rounded = (UInt128(value) * UInt128(scale) * 2 + UInt128(unit)) / (2 * UInt128(unit))
            guard rounded < UInt128(min(below, limit)) * UInt128(scale) else { continue }
            guard decimals > 0 else { return String(rounded) }
            let fraction = String(rounded % UInt128(scale))
            return "\(rounded / UInt128(scale))." + String(repeating: "0", count: decimals - fraction.count) + fraction
        }
        return nil
    }

    private static func twoDigits(_ value: UInt64) -> String {
        value < 10 ? "0\(value)" : "\(value)"
    }
}
