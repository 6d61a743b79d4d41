/// A sum with little rounding error (Kahan, in Neumaier's variant), as all sums of PromQL are.
struct Summation {
    var sum = 0.0
    var compensation = 0.0

    @inline(__always)
    mutating func add(_ value: Double) {
        let total = sum + value
        if total.isInfinite {
            compensation = 0
        } else if sum.magnitude >= value.magnitude {
            compensation += (sum - total) + value
        } else {
            compensation += (value - total) + sum
        }
        sum = total
    }

    @inline(__always)
    var total: Double { sum + compensation }
}

/// A mean: the sum over the count as long as the sum does not overflow, from then on the mean moved value by value.
struct Mean {
    private var summation: Summation
    private var isIncremental = false
    private var count = 1.0

    @inline(__always)
    init(first: Double) { summation = Summation(sum: first) }

    @inline(__always)
    mutating func add(_ value: Double) {
        count += 1
        if !isIncremental {
            var next = summation
            next.add(value)
            if !next.sum.isInfinite {
                summation = next
                return
            }
            isIncremental = true
            summation.sum /= count - 1
            summation.compensation /= count - 1
        }
        let share = (count - 1) / count
        summation.sum *= share
        summation.compensation *= share
        summation.add(value / count)
    }

    @inline(__always)
    var value: Double {
        isIncremental ? summation.total : summation.sum / count + summation.compensation / count
    }
}
