/// The buckets of `histogram_over_time`: powers of two.
package enum HistogramBucket {
    /// The least power of two that is not below a number. Of a duration it is one of nanoseconds, given in seconds, as in
    /// Tempo: 1 s lies in the bucket 1.073741824. Zero and less are in no bucket.
    ///
    /// - Parameter number: in seconds for durations.
    package static func upperBound(_ number: Double, isDuration: Bool) -> Double? {
        let number = isDuration ? (number * 1e9).rounded() : number
        guard number > 0, number.isFinite else { return nil }
        let power = Double(sign: .plus, exponent: number.exponent, significand: 1)
        let bound = power == number ? number : power * 2
        guard bound.isFinite else { return nil }
        return isDuration ? bound / 1e9 : bound
    }
}
