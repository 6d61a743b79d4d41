/// Durations as Go writes them: `1.5s`, `1h10m`, `100us`, `-2ms`, `0`.
///
/// - Spec: Go, `time.ParseDuration`: numbers with a fraction and a unit of ns, us (or µs), ms, s, m, h, in any order; a
///   unit is required except for zero.
enum GoDuration {
    /// Nanoseconds; fractions of one are cut off.
    static func parse(_ text: String, parameter: String) throws(JaegerFailure) -> Int64 {
        switch parse(text) {
        case .success(let value): return value
        case .failure(let problem): throw .parameter(parameter, "'\(text)' \(problem.reason)")
        }
    }

    struct Problem: Error, Equatable {
        let reason: String

        static let malformed = Problem(reason: "is no duration such as 100ms or 1.5s")
        static let withoutUnit = Problem(reason: "has no unit, units are ns, us, ms, s, m, h")
        static let tooLarge = Problem(reason: "is too large")
    }

    static func parse(_ text: String) -> Result<Int64, Problem> {
        var rest = Array(text.utf8)[...]
        var isNegative = false
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest.removeFirst()
        }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return .success(0) }
        guard !rest.isEmpty else { return .failure(.malformed) }
        var total: Int64 = 0
        while !rest.isEmpty {
            let whole = digits(&rest)
            var fraction: [UInt8] = []
            if rest.first == UInt8(ascii: ".") {
                rest.removeFirst()
                fraction = digits(&rest)
            }
            guard !whole.isEmpty || !fraction.isEmpty else { return .failure(.malformed) }
            let unitText = rest.prefix { $0 != UInt8(ascii: ".") && !isDigit($0) }
            guard !unitText.isEmpty else { return .failure(.withoutUnit) }
            guard let unit = unit(unitText) else { return .failure(.malformed) }
            rest = rest.dropFirst(unitText.count)

            var value: Int64 = 0
            for digit in whole {
                let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, sumOverflow) = tens.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
                guard !overflow, !sumOverflow else { return .failure(.tooLarge) }
                value = sum
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: unit)
            let (partial, partialOverflow) = product.addingReportingOverflow(Self.fraction(fraction, of: unit))
            let (sum, sumOverflow) = total.addingReportingOverflow(partial)
            guard !overflow, !partialOverflow, !sumOverflow else { return .failure(.tooLarge) }
            total = sum
        }
        return .success(isNegative ? -total : total)
    }

    /// The first nine digits: no unit is longer than 2^63 / 10^9 nanoseconds, so the product fits, and later digits are
    /// less than a microsecond of an hour.
    private static func fraction(_ digits: [UInt8], of unit: Int64) -> Int64 {
        var value: Int64 = 0
        var scale: Int64 = 1
        for digit in digits.prefix(9) {
            value = value * 10 + Int64(digit - UInt8(ascii: "0"))
            scale *= 10
        }
        let (high, low) = value.multipliedFullWidth(by: unit)
        return scale.dividingFullWidth((high, low)).quotient
    }

    private static func digits(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count)
        return Array(digits)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func unit(_ text: ArraySlice<UInt8>) -> Int64? {
        switch String(decoding: text, as: UTF8.self) {
        case "ns": 1
        case "us", "\u{B5}s", "\u{3BC}s": 1000
        case "ms": 1_000_000
        case "s": 1_000_000_000
        case "m": 60_000_000_000
        case "h": 3_600_000_000_000
        default: nil
        }
    }
}
