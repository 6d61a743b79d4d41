extension RangeWindows {
    /// `sum_over_time`, and with the bytes of lines as values `bytes_over_time`.
    func sumOverTime(_ times: [Int64], _ values: [Double]) -> [Double?] {
        foldWindows(times, values, SumFold.self) { fold, _ in fold.sum }
    }
}

/// A sum whose rounding errors are carried along (Neumaier's variant of Kahan's).
struct SumFold: SampleFold {
    private var total: Double
    private var compensation: Double = 0

    init(_ value: Double) { total = value }

    var sum: Double { total.isFinite ? total + compensation : total }

    mutating func append(_ later: SumFold) {
        let next = total + later.total
        // Infinity less infinity would spoil what is right already.
        if next.isFinite {
            compensation +=
                total.magnitude >= later.total.magnitude
                ? (total - next) + later.total : (later.total - next) + total
            compensation += later.compensation
        }
        total = next
    }
}
