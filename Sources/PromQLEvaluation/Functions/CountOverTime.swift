/// `count_over_time` and `present_over_time`
struct CountOverTime: RangeFunction {
    static let bodies: [String: FunctionBody] = [
        "count_over_time": FunctionTable.windows { CountOverTime(isPresence: false) },
        "present_over_time": FunctionTable.windows { CountOverTime(isPresence: true) },
    ]

    /// 1 whatever the count.
    let isPresence: Bool

    func value(_ samples: Samples, _ window: Window) -> Double { isPresence ? 1 : Double(window.count) }

    func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        .float(isPresence ? 1 : Double(window.count + histograms.boxes.count))
    }
}
