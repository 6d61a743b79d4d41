import PromQL
import PrometheusModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension BinaryOperator {
    /// Whether the result is something else than the operands measured, so that their name does not fit it.
    var changesMeaning: Bool { !isComparison && !isSetOperation }

    /// - Precondition: neither a comparison nor a set operation (those yield NaN).
    @inline(__always)
    func compute(_ left: Double, _ right: Double) -> Double {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .quotient: right == 0 ? .nan : left / right
        case .modulo: fmod(left, right)
        case .power: pow(left, right)
        case .atan2: Self.arcTangent(left, right)
        default: .nan
        }
    }

    /// - Precondition: a comparison.
    @inline(__always)
    func holds(_ left: Double, _ right: Double) -> Bool {
        switch self {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        default: false
        }
    }

    // In a function of its own: `atan2` is a case of this type too.
    private static func arcTangent(_ y: Double, _ x: Double) -> Double {
        #if canImport(Glibc)
        Glibc.atan2(y, x)
        #elseif canImport(Musl)
        Musl.atan2(y, x)
        #else
        Darwin.atan2(y, x)
        #endif
    }
}

/// One side of an operation at one time.
struct Operand {
    var value: Double
    var histogram: HistogramBox?

    var kind: String { histogram == nil ? "float" : "histogram" }
}

/// What an operation gives at one time.
enum ElementResult {
    /// `isKept` is false for a comparison that does not hold.
    case value(Double, isKept: Bool)
    case histogram(HistogramBox, isKept: Bool)
    case incompatibleTypes
    case incompatibleBuckets
}

enum ElementOperation {
    /// Of floats and histograms in any combination.
    static func apply(_ operation: BinaryOperator, _ left: Operand, _ right: Operand) -> ElementResult {
        switch (left.histogram, right.histogram) {
        case (nil, nil):
            if operation.isComparison {
                return .value(left.value, isKept: operation.holds(left.value, right.value))
            }
            return .value(operation.compute(left.value, right.value), isKept: true)
        case (nil, let histogram?):
            guard operation == .multiply else { return .incompatibleTypes }
            return .histogram(scaled(histogram, by: left.value), isKept: true)
        case (let histogram?, nil):
            switch operation {
            case .multiply: return .histogram(scaled(histogram, by: right.value), isKept: true)
            case .divide:
                var result = histogram.value
                result.divide(by: right.value)
                result.compact(maxEmpty: 0)
                return .histogram(HistogramBox(result), isKept: true)
            default: return .incompatibleTypes
            }
        case (let left?, let right?):
            return apply(operation, left, right)
        }
    }

    private static func apply(
        _ operation: BinaryOperator, _ left: HistogramBox, _ right: HistogramBox
    ) -> ElementResult {
        var result = left.value
        switch operation {
        case .equal: return .histogram(left, isKept: left.value.equals(right.value))
        case .notEqual: return .histogram(left, isKept: !left.value.equals(right.value))
        case .add:
            guard (try? result.add(right.value)) != nil else { return .incompatibleBuckets }
        case .subtract:
            guard (try? result.subtract(right.value)) != nil else { return .incompatibleBuckets }
            result.counterReset = .gauge
        default: return .incompatibleTypes
        }
        result.compact(maxEmpty: 0)
        return .histogram(HistogramBox(result), isKept: true)
    }

    private static func scaled(_ box: HistogramBox, by factor: Double) -> HistogramBox {
        var result = box.value
        result.scale(by: factor)
        result.compact(maxEmpty: 0)
        return HistogramBox(result)
    }
}
