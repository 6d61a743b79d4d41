#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Floating point as Go's fmt prints it.
package enum GoFloat {
    /// `%v` and `%g` without a precision: the shortest digits that read back.
    package static func shortest(_ value: Double) -> String { NumberText.general(value) }

    /// `%.4f` and the like.
    ///
    /// - Parameter verb: `e`, `f` or `g`.
    package static func text(_ value: Double, verb: Character, precision: Int) -> String {
        if let special = special(value) { return special }
        // C's printf agrees with Go's here: two digits of exponent at least, `g` without trailing zeros.
        let format = "%.*\(verb)"
        let precision = min(max(precision, 0), 1_000_000)
        var buffer = [CChar](repeating: 0, count: precision + 340)
        let written = withVaList([Int32(precision), value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        let length = min(max(Int(written), 0), buffer.count - 1)
        return String(decoding: buffer[..<length].lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `%.4g`, which the functions that make numbers readable use.
    static func fourDigits(_ value: Double) -> String { text(value, verb: "g", precision: 4) }

    static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return nil
    }
}
