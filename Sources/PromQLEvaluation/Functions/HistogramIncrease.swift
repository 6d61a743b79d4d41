import PrometheusModel

/// The difference of the last and the first histogram of a window, for `rate` and the like.
struct HistogramIncrease {
    let isCounter: Bool

    /// - Returns: nil when the histograms do not go together; the notes then tell why.
    func value(_ window: HistogramWindow, _ notes: inout Annotations) -> NativeHistogram? {
        let boxes = window.boxes
        guard let firstBox = boxes.first, let lastBox = boxes.last, boxes.count > 1 else { return nil }
        let last = lastBox.value
        var previous = firstBox.value
        if isCounter, previous.counterReset == .gauge || last.counterReset == .gauge {
            notes.notCounter(metric: window.metric, at: window.place)
        }
        // With a reset after the first sample the layout of that sample does not matter.
        if isCounter {
            let second = boxes[boxes.startIndex + 1].value
            if second.detectReset(previous: previous) {
                previous = NativeHistogram(schema: second.schema, customBounds: second.customBounds)
            }
        }
        let usesCustomBounds = previous.usesCustomBounds
        guard last.usesCustomBounds == usesCustomBounds else {
            notes.mixedSchemas(metric: window.metric, at: window.place)
            return nil
        }
        var schema = min(last.schema, previous.schema)
        if isCounter {
            for box in boxes.dropFirst().dropLast() {
                if box.value.counterReset == .gauge { notes.notCounter(metric: window.metric, at: window.place) }
                schema = min(schema, box.value.schema)
                guard box.value.usesCustomBounds == usesCustomBounds else {
                    notes.mixedSchemas(metric: window.metric, at: window.place)
                    return nil
                }
            }
        }
        var result = last.copied(toSchema: schema)
        do throws(HistogramError) {
            try result.subtract(previous)
            if isCounter {
                for box in boxes.dropFirst() {
                    if box.value.detectReset(previous: previous) { try result.add(previous) }
                    previous = box.value
                }
            }
        } catch {
            notes.incompatible(error, metric: window.metric, at: window.place)
            return nil
        }
        if !isCounter, firstBox.value.counterReset != .gauge || last.counterReset != .gauge {
            notes.notGauge(metric: window.metric, at: window.place)
        }
        result.counterReset = .gauge
        result.compact(maxEmpty: 0)
        return result
    }
}
