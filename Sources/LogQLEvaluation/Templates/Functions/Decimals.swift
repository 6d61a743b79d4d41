#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import PrometheusModel

extension LineFunctions {
    /// Arithmetic of numbers with fractions. Operands may be texts; what is no number is 0. Sums, products and quotients
    /// are those of decimal fractions: `addf 0.1 0.2` is 0.3.
    static let decimals: TemplateFunctions = [
        "float64": TemplateFunction(.any) { arguments throws(TemplateError) in .float(float(arguments[0])) },
        "addf": TemplateFunction(rest: .any) { arguments throws(TemplateError) in
            .float(try fold([.float(0)] + arguments, { $0 + $1 }, DecimalFraction.adding))
        },
        "subf": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .float(try fold(arguments, { $0 - $1 }, DecimalFraction.subtracting))
        },
        "mulf": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .float(try fold(arguments, { $0 * $1 }, DecimalFraction.multiplied))
        },
        "divf": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            for divisor in arguments.dropFirst() where float(divisor) == 0 {
                throw TemplateError("decimal division by 0")
            }
            return .float(try fold(arguments, { $0 / $1 }, DecimalFraction.divided))
        },
        "maxf": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .float(extreme(arguments) { $0 > $1 })
        },
        "minf": TemplateFunction(.any, rest: .any) { arguments throws(TemplateError) in
            .float(extreme(arguments) { $0 < $1 })
        },
        "floor": TemplateFunction(.any) { arguments throws(TemplateError) in
            .float(float(arguments[0]).rounded(.down))
        },
        "ceil": TemplateFunction(.any) { arguments throws(TemplateError) in .float(float(arguments[0]).rounded(.up)) },
        "round": TemplateFunction(.any, .int, rest: .float) { arguments throws(TemplateError) in
            guard case .int(let places) = arguments[1] else { return .none }
            var threshold = 0.5
            if arguments.count > 2, case .float(let value) = arguments[2] { threshold = value }
            return .float(rounded(float(arguments[0]), places, threshold))
        },
    ]

    static func float(_ value: TemplateValue) -> Double {
        switch value {
        case .float(let value): return value
        case .int(let value): return Double(value)
        case .bool(let value): return value ? 1 : 0
        case .string(let text):
            var text = text
            return text.withUTF8 { LogQLConversions.number($0) } ?? 0
        default: return 0
        }
    }

    /// Goes on in binary where decimal digits get too many.
    private static func fold(
        _ arguments: [TemplateValue], _ binary: (Double, Double) -> Double,
        _ decimal: (DecimalFraction) -> (DecimalFraction) -> DecimalFraction?
    ) throws(TemplateError) -> Double {
        let values = arguments.map(float)
        guard values.allSatisfy(\.isFinite) else { throw TemplateError("cannot create a Decimal from NaN or Inf") }
        guard let first = values.first else { return 0 }
        var exact = DecimalFraction(first)
        var result = first
        for value in values.dropFirst() {
            if let left = exact, let right = DecimalFraction(value), let next = decimal(left)(right) {
                exact = next
                result = next.double
            } else {
                exact = nil
                result = binary(result, value)
            }
        }
        return result
    }

    private static func extreme(_ arguments: [TemplateValue], _ isBetter: (Double, Double) -> Bool) -> Double {
        var result = Double.nan
        for (index, argument) in arguments.enumerated() {
            let value = float(argument)
            // NaN stays, as in Go's math.Max and math.Min.
            if value.isNaN { return .nan }
            if index == 0 || isBetter(value, result) { result = value }
        }
        return result
    }

    /// To so many digits after the point; up where what is left is at least the threshold.
    private static func rounded(_ value: Double, _ places: Int, _ threshold: Double) -> Double {
        let power = pow(10, Double(max(-400, min(places, 400))))
        let digits = power * value
        let isUp = digits - digits.rounded(.towardZero) >= threshold
        return digits.rounded(isUp ? .up : .down) / power
    }
}

/// A number in decimal notation: `digits × 10^exponent`.
struct DecimalFraction: Sendable, Equatable {
    private let digits: Int128
    private let exponent: Int

    private init(_ digits: Int128, _ exponent: Int) {
        self.digits = digits
        self.exponent = exponent
    }

    /// By the shortest digits that read back as the value; nil where the exponent is too far off.
    init?(_ value: Double) {
        guard value.isFinite else { return nil }
        var digits: Int128 = 0
        var exponent = 0
        var isAfterPoint = false
        let text = value.description.utf8
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == UInt8(ascii: ".") {
                isAfterPoint = true
            } else if byte == UInt8(ascii: "e") {
                exponent += Int(String(decoding: text[index...], as: UTF8.self)) ?? 0
                break
            } else if byte &- UInt8(ascii: "0") < 10 {
                digits = digits * 10 + Int128(byte &- UInt8(ascii: "0"))
                if isAfterPoint { exponent -= 1 }
            }
        }
        while exponent < 0, digits != 0, digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
        guard exponent.magnitude < 100 else { return nil }
        self.init(value < 0 ? -digits : digits, digits == 0 ? 0 : exponent)
    }

    var double: Double { Double("\(digits)e\(exponent)") ?? .nan }

    func adding(_ other: DecimalFraction) -> DecimalFraction? { combined(other) { $0.addingReportingOverflow($1) } }

    func subtracting(_ other: DecimalFraction) -> DecimalFraction? {
        combined(other) { $0.subtractingReportingOverflow($1) }
    }

    func multiplied(_ other: DecimalFraction) -> DecimalFraction? {
        let (product, overflow) = digits.multipliedReportingOverflow(by: other.digits)
        let exponent = exponent + other.exponent
        return overflow || exponent.magnitude > 1000 ? nil : DecimalFraction(product, exponent)
    }

    /// To 16 places after the point, halves away from zero.
    func divided(_ other: DecimalFraction) -> DecimalFraction? {
        guard other.digits != 0, let dividend = Self.scaled(digits, exponent - other.exponent + 16) else { return nil }
        let (quotient, rest) = dividend.quotientAndRemainder(dividingBy: other.digits)
        let isUp = rest.magnitude >= other.digits.magnitude - rest.magnitude
        guard isUp else { return DecimalFraction(quotient, -16) }
        return DecimalFraction(quotient + ((dividend < 0) == (other.digits < 0) ? 1 : -1), -16)
    }

    private func combined(
        _ other: DecimalFraction, _ operation: (Int128, Int128) -> (partialValue: Int128, overflow: Bool)
    ) -> DecimalFraction? {
        let common = min(exponent, other.exponent)
        guard let left = Self.scaled(digits, exponent - common),
            let right = Self.scaled(other.digits, other.exponent - common)
        else { return nil }
        let (result, overflow) = operation(left, right)
        return overflow ? nil : DecimalFraction(result, common)
    }

    private static func scaled(_ digits: Int128, _ power: Int) -> Int128? {
        guard power >= 0, power <= 38 else { return nil }
        var result = digits
        for _ in 0..<power {
            let (next, overflow) = result.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            result = next
        }
        // Away from the ends, so that a division or a rounding cannot leave the range.
        return result.magnitude < 1 << 126 ? result : nil
    }
}
