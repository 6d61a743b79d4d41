#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The regularised incomplete beta function, from which the distributions of Student and of binomial counts follow.
enum IncompleteBeta {
    private static let termsMax = 500
    private static let precision = 1e-15

    /// I_x(a, b) for positive a and b.
    ///
    /// Spec: NIST Digital Library of Mathematical Functions, 8.17.22: the continued fraction, evaluated from the front
    /// by Lentz's method; it converges fast for x < (a + 1) / (a + b + 2), and 8.17.4 turns the other side around.
    static func regularized(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        if x > (a + 1) / (a + b + 2) { return 1 - regularized(1 - x, b, a) }
        let front =
            exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * log(x) + b * log1p(-x)) / a
        return min(max(front / fraction(x, a, b), 0), 1)
    }

    /// 1 + d1/(1 + d2/(1 + …)), the d of 8.17.23.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        // Where a denominator is zero, Lentz's method goes on with something tiny in its place.
        let tiny = 1e-300
        var value = 1.0
        var numerator = 1.0
        var denominator = 0.0
        for index in 1...termsMax {
            let m = Double(index / 2)
            let coefficient =
                index.isMultiple(of: 2)
                ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            denominator = 1 + coefficient * denominator
            if abs(denominator) < tiny { denominator = tiny }
            denominator = 1 / denominator
            numerator = 1 + coefficient / numerator
            if abs(numerator) < tiny { numerator = tiny }
            let factor = numerator * denominator
            value *= factor
            if abs(factor - 1) < precision { break }
        }
        return value
    }

    /// ln Γ(x) for positive x: Stirling's series after the argument was raised to 10 or more.
    ///
    /// Spec: NIST Digital Library of Mathematical Functions, 5.11.1. The C library's `lgamma` writes a global variable.
    static func logGamma(_ x: Double) -> Double {
        var x = x
        var shift = 0.0
        while x < 10 {
            shift += log(x)
            x += 1
        }
        let square = 1 / (x * x)
        let series = (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680)))) / x
        return (x - 0.5) * log(x) - x + 0.918_938_533_204_672_74 + series - shift
    }
}
