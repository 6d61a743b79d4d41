/// The functions there are, by name. Each family stands in a file of its own.
enum FunctionTable {
    static func body(_ name: String) -> FunctionBody? { all[name] }

    private static let all: [String: FunctionBody] = {
        let families: [[String: FunctionBody]] = [
            RateFunctions.bodies, InstantRateFunctions.bodies, TrendFunctions.bodies, SmoothingFunctions.bodies,
            SumOverTime.bodies, AverageOverTime.bodies, ExtremeOverTime.bodies, CountOverTime.bodies,
            LastOverTime.bodies, QuantileOverTime.bodies, DeviationOverTime.bodies, MedianDeviationOverTime.bodies,
            TimestampsOverTime.bodies, ResetFunctions.bodies, ChangeFunctions.bodies, AbsenceFunctions.bodies,
            LabelReplaceFunction.bodies, LabelJoinFunction.bodies, InfoFunction.bodies, ClampFunctions.bodies,
            RoundingFunctions.bodies, ExponentialFunctions.bodies, TrigonometricFunctions.bodies,
            CalendarFunctions.bodies, TimeFunctions.bodies, ConversionFunctions.bodies, SortFunctions.bodies,
            SortByLabelFunctions.bodies, HistogramFunctions.bodies, HistogramQuantileFunction.bodies,
            HistogramFractionFunction.bodies,
        ]
        return families.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
    }()

    /// A function of each float of an instant vector; histograms are left out.
    static func floats(_ transform: @escaping @Sendable (Double) -> Double) -> FunctionBody {
        { (evaluator, call, times) throws(QueryError) in
            .vector(try evaluator.vector(call.arguments[0], on: times).mappingFloats(transform))
        }
    }

    /// A function of range vectors that drops the metric's name.
    static func windows<F: RangeFunction>(_ make: @escaping @Sendable () -> F) -> FunctionBody {
        { (evaluator, call, times) throws(QueryError) in
            let source = try evaluator.windowSource(call.arguments[0], on: times)
            var function = make()
            return .vector(try evaluator.slide(&function, over: source, on: times))
        }
    }
}

extension Grid {
    /// Each float transformed, histograms left out, names to be dropped.
    consuming func mappingFloats(_ transform: (Double) -> Double) -> Grid {
        var result = self
        result.removeHistograms()
        result.dropNames()
        result.values.withUnsafeMutableBufferPointer { values in
            for slot in values.indices where !isAbsent(values[slot]) { values[slot] = transform(values[slot]) }
        }
        return result
    }

    mutating func dropNames() {
        for series in dropsName.indices { dropsName[series] = true }
    }
}
