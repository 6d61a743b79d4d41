package import TraceQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Arithmetic of two values as TraceQL does it.
///
/// - Two integers give an integer: `/` cuts towards zero, `%` has the sign of its left side, `^` with a negative
///   exponent is a fraction. A result that no longer fits is a `Double` (Tempo's wraps around).
/// - Durations added to or subtracted from a duration or an integer, or multiplied by an integer, stay durations; every
///   other mixture is a `Double`, with durations as nanoseconds.
/// - Division by zero, a result that is no number, and anything but numbers give no value, which then matches nothing.
package enum Arithmetic {
    package static func result(_ left: Value, _ operation: ArithmeticOperator, _ right: Value) -> Value {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            if let result = integer(left, operation, right) { return .int(result) }
        case (.duration(let left), .duration(let right)):
            if operation == .add || operation == .subtract, let result = integer(left, operation, right) {
                return .duration(result)
            }
        case (.duration(let left), .int(let right)), (.int(let left), .duration(let right)):
            if operation == .add || operation == .subtract || operation == .multiply,
                let result = integer(left, operation, right)
            {
                return .duration(result)
            }
        default: break
        }
        guard let left = left.number, let right = right.number else { return .none }
        let number = double(left, operation, right)
        return number.isNaN ? .none : .double(number)
    }

    package static func negated(_ value: Value) -> Value {
        switch value {
        case .int(let number): number == .min ? .double(-Double(number)) : .int(-number)
        case .duration(let number): number == .min ? .double(-Double(number)) : .duration(-number)
        case .double(let number): .double(-number)
        default: .none
        }
    }

    /// NaN for a division by zero.
    package static func double(_ left: Double, _ operation: ArithmeticOperator, _ right: Double) -> Double {
        switch operation {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: right == 0 ? .nan : left / right
        case .modulo: right == 0 ? .nan : fmod(left, right)
        case .power: pow(left, right)
        }
    }

    /// Nil when the result is not an integer that fits, or there is none.
    private static func integer(_ left: Int64, _ operation: ArithmeticOperator, _ right: Int64) -> Int64? {
        let (result, overflow) =
            switch operation {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            case .multiply: left.multipliedReportingOverflow(by: right)
            case .divide: left.dividedReportingOverflow(by: right)
            case .modulo: left.remainderReportingOverflow(dividingBy: right)
            case .power: power(left, right)
            }
        return overflow ? nil : result
    }

    /// By squaring: sixty-four steps at most, whatever the exponent.
    private static func power(_ base: Int64, _ exponent: Int64) -> (partialValue: Int64, overflow: Bool) {
        guard exponent >= 0 else { return (0, true) }
        var result: Int64 = 1
        var factor = base
        var rest = exponent
        while true {
            if rest & 1 == 1 {
                let product = result.multipliedReportingOverflow(by: factor)
                guard !product.overflow else { return (0, true) }
                result = product.partialValue
            }
            rest >>= 1
            guard rest > 0 else { return (result, false) }
            let square = factor.multipliedReportingOverflow(by: factor)
            guard !square.overflow else { return (0, true) }
            factor = square.partialValue
        }
    }
}
