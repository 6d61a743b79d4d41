import PrometheusModel
import PromQLEvaluation
import Testing

/// What a range query gives at a step is what an instant query gives at that time.
@Suite struct StepEqualityTests {
    /// Counters with resets, gauges, gaps, stale markers, NaN and histograms, at irregular times.
    private static let source: FixedSeries = {
        var random = SplitMix(state: 11)
        var series: [FixedSeries.Series] = []
        for name in ["a_total", "b_total"] {
            for instance in 0..<4 {
                for job in ["x", "y"] where random.next() % 7 != 0 {
                    var (times, values): ([Int64], [Double]) = ([], [])
                    var (time, value) = (Int64(random.next() % 40_000), 0.0)
                    while time < 1_800_000 {
                        time += Int64(10_000 + random.next() % 20_000)
                        if random.next() % 23 == 0 { time += Int64(random.next() % 500_000) }
                        value = random.next() % 11 == 0 ? 0 : value + Double(random.next() % 50)
                        let isSpecial = random.next() % 31 == 0
                        times.append(time)
                        values.append(isSpecial ? (random.next() % 2 == 0 ? StaleMarker.value : .nan) : value)
                    }
                    series.append(
                        FixedSeries.Series(
                            labels: ["__name__": name, "instance": "\(instance)", "job": job], times: times,
                            values: values))
                }
            }
        }
        for instance in 0..<2 {
            var count = 0.0
            let times = (0..<60).map { Int64($0) * 30_000 }
            let boxes = times.map { _ -> HistogramBox? in
                if random.next() % 9 == 0 { return nil }
                count = random.next() % 13 == 0 ? 1 : count + Double(1 + random.next() % 5)
                return HistogramBox(
                    NativeHistogram(
                        schema: 0, count: count, sum: count * 2,
                        positiveSpans: [NativeHistogram.Span(offset: 0, length: 2)],
                        positiveBuckets: [count / 2, count / 2]))
            }
            series.append(
                FixedSeries.Series(
                    labels: ["__name__": "h", "instance": "\(instance)", "job": "x"], times: times,
                    values: times.map { Double($0) }, histograms: boxes))
        }
        return FixedSeries(series)
    }()

    @Test(
        "a step of a range query equals an instant query",
        arguments: [
            "a_total", "a_total offset 90s", "a_total @ 700", "a_total offset -45s", "-a_total", "a_total * 2 > 20",
            "rate(a_total[3m])", "increase(a_total[2m] offset 1m)", "delta(a_total[4m])", "irate(a_total[2m])",
            "idelta(a_total[2m])", "sum_over_time(a_total[3m])", "avg_over_time(a_total[3m])",
            "min_over_time(a_total[3m])", "max_over_time(a_total[3m])", "count_over_time(a_total[3m])",
            "last_over_time(a_total[30s])", "stddev_over_time(a_total[3m])", "quantile_over_time(0.7, a_total[5m])",
            "mad_over_time(a_total[5m])", "changes(a_total[5m])", "resets(a_total[5m])", "deriv(a_total[5m])",
            "predict_linear(a_total[5m], 60)", "double_exponential_smoothing(a_total[5m], 0.4, 0.3)",
            "ts_of_max_over_time(a_total[5m])", "timestamp(a_total)", "timestamp(a_total @ 600)",
            "rate(h[5m])", "sum(h)", "histogram_quantile(0.8, sum by (instance) (rate(h[5m])))",
            "histogram_count(h) or histogram_avg(rate(h[3m]))", "avg_over_time(h[2m])", "h == h", "changes(h[5m])",
            "sum by (job) (rate(a_total[3m]))", "avg without (instance) (a_total)", "count(a_total)",
            "stddev by (job) (a_total)", "quantile by (job) (0.3, a_total)", "topk(3, a_total)",
            "bottomk by (job) (1, a_total)", "limitk(2, a_total)", "limit_ratio(0.5, a_total)",
            "count_values(\"v\", a_total % 5)", "group by (instance) (a_total)", "min(a_total) + max(a_total)",
            "a_total / on (instance, job) b_total", "a_total > bool on (instance, job) b_total",
            "a_total * on (job) group_left sum by (job) (b_total)", "a_total and on (job) (b_total > 100)",
            "a_total or b_total", "a_total unless on (instance) b_total > 50",
            "scalar(a_total{instance=\"1\",job=\"x\"})",
            "vector(time())", "absent(a_total > 300)", "absent_over_time(a_total{job=\"x\"}[20s])",
            "max_over_time(rate(a_total[2m])[6m:45s])", "sum_over_time(a_total[5m:20s] offset 30s)",
            "sum_over_time(sum(a_total)[3m:1m] @ 900)", "minute(a_total)", "hour()", "clamp(a_total, 10, time() / 10)",
            "label_replace(a_total, \"i\", \"$1-$1\", \"instance\", \"(.*)\")",
            "label_join(a_total, \"all\", \"/\", \"job\", \"instance\")", "round(a_total, 7)", "sgn(a_total - 50)",
            "info(a_total, {__name__=\"b_total\"})", "sort(a_total)",
        ])
    func steps(query: String) async throws {
        let engine = PromQLEngine(source: Self.source)
        let (start, step, count) = (Int64(-60_000), Int64(37_000), Int64(55))
        let ranged = try await engine.range(query, start: start, end: start + step * (count - 1), step: step)
        guard case .matrix(let set) = ranged.value else { throw Unexpected("no matrix") }
        var byTime: [Int64: [Labels: String]] = [:]
        for series in 0..<set.seriesCount {
            for place in set.bounds[series]..<set.bounds[series + 1] {
                let box = set.histograms.isEmpty ? nil : set.histograms[place]
                byTime[set.times[place], default: [:]][set.labels[series]] = Self.text(set.values[place], box)
            }
        }
        for index in 0..<count {
            let time = start + index * step
            var expected: [Labels: String] = [:]
            // start() and end() would differ; no query here has them.
            switch try await engine.instant(query, at: time).value {
            case .vector(let samples):
                for sample in samples { expected[sample.labels] = Self.text(sample.value, sample.histogram) }
            case .scalar(_, let value): expected[[:]] = Self.text(value, nil)
            default: throw Unexpected("neither vector nor scalar")
            }
            #expect(byTime[time] ?? [:] == expected, "\(query) at \(time)")
        }
    }

    private static func text(_ value: Double, _ box: HistogramBox?) -> String {
        box?.value.description ?? (value.isNaN ? "NaN" : "\(value)")
    }
}

/// Numbers that look random and are the same each time.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
