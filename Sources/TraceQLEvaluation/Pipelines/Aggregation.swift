import TraceQL

/// `avg`, `min`, `max` and `sum` over the spans of a spanset. Spans without a number are passed over; of several values
/// of one span each counts. Without any number there is no result.
enum Aggregation {
    static func result(_ aggregate: Aggregate, _ column: ValueColumn, _ rows: [Int32]) -> Value {
        var totals = Totals()
        for row in rows {
            switch column.value(at: Int(row)) {
            case .list(let elements): for element in elements { totals.add(element) }
            case let value: totals.add(value)
            }
        }
        guard totals.count > 0 else { return .none }
        switch aggregate {
        case .count: return .int(totals.count)
        case .minimum: return totals.minimum
        case .maximum: return totals.maximum
        case .sum: return totals.sum
        case .average: return totals.average
        }
    }

    private struct Totals {
        var count: Int64 = 0
        var minimum = Value.none
        var maximum = Value.none
        private var durations: Int64 = 0
        private var doubles: Int64 = 0
        /// Nil once it does not fit.
        private var exact: Int64? = 0
        private var approximate = 0.0

        mutating func add(_ value: Value) {
            guard let number = value.number, !number.isNaN else { return }
            count += 1
            switch value {
            case .duration: durations += 1
            case .double: doubles += 1
            default: break
            }
            approximate += number
            if let integer = value.integer, let known = exact {
                let (sum, overflow) = known.addingReportingOverflow(integer)
                exact = overflow ? nil : sum
            }
            if minimum.isNone || Comparison.holds(value, .less, minimum) { minimum = value }
            if maximum.isNone || Comparison.holds(value, .greater, maximum) { maximum = value }
        }

        /// An integer of integers, a duration of durations.
        var sum: Value {
            guard doubles == 0, let exact else { return .double(approximate) }
            return durations == count ? .duration(exact) : durations == 0 ? .int(exact) : .double(approximate)
        }

        /// A duration of durations, cut to whole nanoseconds as in Tempo.
        var average: Value {
            if durations == count, let exact { return .duration(exact / count) }
            let total = doubles == 0 ? exact.map(Double.init) ?? approximate : approximate
            return .double(total / Double(count))
        }
    }
}

extension Value {
    /// The value as a key of a dictionary: NaN equals nothing, itself neither, and would make a new group each time.
    var groupKey: Value {
        if case .double(let number) = self, number.isNaN { .string("NaN") } else { self }
    }
}
