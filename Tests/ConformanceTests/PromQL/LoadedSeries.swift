import PrometheusModel
import PromQLEvaluation

/// The samples that a script loaded, in memory.
struct LoadedSeries: SeriesSource {
    enum Value: Sendable {
        case number(Double)
        case histogram(HistogramBox)
    }

    /// Sorted by time.
    private(set) var series: [Labels: [(time: Int64, value: Value)]] = [:]

    mutating func load(_ load: PromQLScript.Load) throws {
        for notation in load.series {
            for (place, sample) in notation.samples.enumerated() {
                let time = Int64(place) * load.interval
                switch sample {
                case .none: continue
                case .number(let value): insert(.number(value), at: time, into: notation.labels)
                case .histogram(let notated):
                    try notated.histogram.validate()
                    insert(.histogram(HistogramBox(notated.histogram)), at: time, into: notation.labels)
                }
            }
        }
        if load.withNHCB { try loadCustomBounds(load) }
    }

    private mutating func insert(_ value: Value, at time: Int64, into labels: Labels) {
        var samples = series[labels] ?? []
        series[labels] = nil
        if let last = samples.last, last.time >= time {
            let place = samples.firstIndex { $0.time >= time } ?? samples.endIndex
            if samples[place].time == time {
                samples[place].value = value
            } else {
                samples.insert((time, value), at: place)
            }
        } else {
            samples.append((time, value))
        }
        series[labels] = samples
    }

    /// What is known of one classic histogram at one time.
    private struct Collected {
        var buckets: [(upperBound: Double, cumulativeCount: Double)] = []
        var count: Double?
        var sum = 0.0
    }

    private mutating func loadCustomBounds(_ load: PromQLScript.Load) throws {
        var collected: [Labels: [Int64: Collected]] = [:]
        for notation in load.series {
            let name = notation.labels.metricName
            let suffix = ["_bucket", "_count", "_sum"].first { name.hasSuffix($0) }
            guard let suffix else { continue }
            let base = notation.labels.removing("le")
                .setting(Labels.nameLabel, String(name.dropLast(suffix.count)))
            let bound = ScriptNumber.parse(notation.labels["le"])
            for (place, sample) in notation.samples.enumerated() {
                guard case .number(let value) = sample else { continue }
                let time = Int64(place) * load.interval
                var histogram = collected[base]?[time] ?? Collected()
                switch suffix {
                case "_bucket":
                    guard let bound, !bound.isNaN else { continue }
                    histogram.buckets.append((bound, value))
                case "_count": histogram.count = value
                default: histogram.sum = value
                }
                collected[base, default: [:]][time] = histogram
            }
        }
        for (labels, times) in collected {
            for (time, parts) in times.sorted(by: { $0.key < $1.key }) {
                let histogram = try NativeHistogram(
                    classicBuckets: parts.buckets, count: parts.count, sum: parts.sum)
                try histogram.validate()
                insert(.histogram(HistogramBox(histogram)), at: time, into: labels)
            }
        }
    }

    func select(_ request: SeriesRequest) async throws -> SeriesSet {
        var set = SeriesSet()
        var hasHistograms = false
        for (labels, samples) in series where request.matchers.allSatisfy({ $0.matches(labels) }) {
            let before = set.times.count
            for (time, value) in samples where time > request.startExclusive && time <= request.end {
                set.times.append(time)
                switch value {
                case .number(let value):
                    set.values.append(value)
                    set.histograms.append(nil)
                case .histogram(let box):
                    set.values.append(0)
                    set.histograms.append(box)
                    hasHistograms = true
                }
            }
            if set.times.count > before {
                set.labels.append(labels)
                set.bounds.append(set.times.count)
            }
        }
        if !hasHistograms { set.histograms = [] }
        return set
    }
}
