import TraceQL

/// What is kept of one series while spans come in: one number an interval, or a few.
struct Accumulator {
    enum Form {
        case count, minimum, maximum, sum, average

        /// Numbers held per interval.
        var width: Int {
            switch self {
            case .count, .minimum, .maximum: 1
            case .sum: 2
            case .average: 3
            }
        }
    }

    private let form: Form
    private var values: [Double]
    /// What rounding lost of each sum (Neumaier).
    private var lost: [Double] = []
    private var counts: [Double] = []

    init(_ form: Form, intervals: Int) {
        self.form = form
        values = [Double](repeating: form == .count ? 0 : .nan, count: intervals)
        if form == .sum || form == .average { lost = [Double](repeating: 0, count: intervals) }
        if form == .average { counts = lost }
    }

    mutating func add(_ number: Double, at interval: Int) {
        switch form {
        case .count: values[interval] += 1
        case .minimum: if !(values[interval] <= number) { values[interval] = number }
        case .maximum: if !(values[interval] >= number) { values[interval] = number }
        case .sum: addSum(number, at: interval)
        case .average:
            addSum(number, at: interval)
            counts[interval] += 1
        }
    }

    /// NaN where there is no sample.
    func value(at interval: Int) -> Double {
        switch form {
        case .count, .minimum, .maximum: values[interval]
        case .sum: sum(at: interval)
        case .average: counts[interval] == 0 ? .nan : sum(at: interval) / counts[interval]
        }
    }

    private func sum(at interval: Int) -> Double {
        values[interval].isFinite ? values[interval] + lost[interval] : values[interval]
    }

    private mutating func addSum(_ number: Double, at interval: Int) {
        let known = values[interval]
        guard !known.isNaN else {
            values[interval] = number
            return
        }
        let sum = known + number
        lost[interval] += abs(known) >= abs(number) ? (known - sum) + number : (number - sum) + known
        values[interval] = sum
    }
}
