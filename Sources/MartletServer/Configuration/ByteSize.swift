/// Sizes in bytes, as text: `64MiB`, `10 MB`, `4096`.
package enum ByteSize {
    /// Largest first, which is the order in which `print` tries them.
    private static let units: [(name: String, bytes: Int)] = [
        ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("KB", 1_000),
        ("B", 1),
    ]

    package static func mebibytes(_ count: Int) -> Int { count << 20 }
    package static func gibibytes(_ count: Int) -> Int { count << 30 }

    /// Parses a whole number with an optional unit; capital and small letters are the same (`64mib`, `10kB`).
    ///
    /// - Throws: when the text is no size, or a size that does not fit 63 bits.
    static func parse(_ text: String) throws(SettingValueError) -> Int {
        let digits = text.prefix(while: \.isDecimalDigit)
        let unit = text.dropFirst(digits.count).drop(while: { $0 == " " })
        guard !digits.isEmpty else { throw .malformed }
        guard let count = Int(digits) else { throw .invalid("is too large") }
        if unit.isEmpty { return count }
        guard let match = units.first(where: { $0.name.lowercased() == unit.lowercased() }) else {
            throw .invalid("has an unknown unit `\(unit)`, units are B, KiB, MiB, GiB, KB, MB, GB")
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: match.bytes)
        guard !overflow else { throw .invalid("is too large") }
        return bytes
    }

    /// Prints the size in the largest unit that divides it, so that no digit is lost.
    static func print(_ bytes: Int) -> String {
        guard bytes > 0, let unit = units.first(where: { bytes.isMultiple(of: $0.bytes) }) else { return "\(bytes)" }
        return "\(bytes / unit.bytes)\(unit.name)"
    }
}

extension Character {
    /// `isNumber` and `isWholeNumber` also accept digits of other scripts, which `Int` does not read.
    var isDecimalDigit: Bool { ("0"..."9").contains(self) }
}
