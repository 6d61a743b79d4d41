import PrometheusModel

/// `irate` and `idelta`: of the last two samples.
enum InstantRateFunctions {
    static let bodies: [String: FunctionBody] = [
        "irate": FunctionTable.windows { InstantRate(isRate: true) },
        "idelta": FunctionTable.windows { InstantRate(isRate: false) },
    ]
}

struct InstantRate: RangeFunction {
    let isRate: Bool

    func value(_ samples: Samples, _ window: Window) -> Double {
        guard window.count > 1 else { return absent }
        let (last, before) = (window.end - 1, window.end - 2)
        return value(
            samples.values[before], samples.values[last], milliseconds: samples.times[last] &- samples.times[before])
    }

    private func value(_ before: Double, _ last: Double, milliseconds: Int64) -> Double {
        guard milliseconds != 0 else { return absent }
        // A counter that went down began anew at zero.
        let difference = isRate && last < before ? last : last - before
        return isRate ? difference / (Double(milliseconds) / 1000) : difference
    }

    mutating func value(
        _ samples: Samples, _ window: Window, _ histograms: HistogramWindow, _ notes: inout Annotations
    ) -> WindowValue {
        guard window.count + histograms.boxes.count > 1 else { return .none }
        // The last two samples of both kinds together.
        var latest: [(time: Int64, value: Double, box: HistogramBox?)] = []
        for index in max(window.first, window.end - 2)..<window.end {
            latest.append((samples.times[index], samples.values[index], nil))
        }
        for (time, box) in zip(histograms.times.suffix(2), histograms.boxes.suffix(2)) { latest.append((time, 0, box)) }
        latest.sort { $0.time < $1.time }
        let last = latest[latest.count - 1], before = latest[latest.count - 2]
        let milliseconds = last.time &- before.time
        guard milliseconds != 0 else { return .none }
        switch (before.box, last.box) {
        case (nil, nil):
            return WindowValue(value(before.value, last.value, milliseconds: milliseconds))
        case (let before?, let last?):
            return value(before.value, last.value, milliseconds: milliseconds, histograms, &notes)
        default:
            notes.mixedFloatsAndHistograms(metric: histograms.metric, at: histograms.place)
            return .none
        }
    }

    private func value(
        _ before: NativeHistogram, _ last: NativeHistogram, milliseconds: Int64, _ window: HistogramWindow,
        _ notes: inout Annotations
    ) -> WindowValue {
        if isRate, before.counterReset == .gauge || last.counterReset == .gauge {
            notes.notCounter(metric: window.metric, at: window.place)
        }
        if !isRate, before.counterReset != .gauge || last.counterReset != .gauge {
            notes.notGauge(metric: window.metric, at: window.place)
        }
        var result = last
        if !isRate || !last.detectReset(previous: before) {
            do throws(HistogramError) {
                try result.subtract(before)
            } catch {
                notes.incompatible(error, metric: window.metric, at: window.place)
                return .none
            }
        }
        result.counterReset = .gauge
        result.compact(maxEmpty: 0)
        if isRate { result.divide(by: Double(milliseconds) / 1000) }
        return .histogram(result)
    }
}
