import PrometheusModel
import PromQLEvaluation

/// Series that are given; it answers as storage would, and keeps what it was asked.
final class FixedSeries: SeriesSource {
    struct Series: Sendable {
        var labels: Labels
        /// Milliseconds.
        var times: [Int64]
        var values: [Double]
        var histograms: [HistogramBox?] = []
    }

    let series: [Series]
    let failure: QueryError?
    private let asked = AskedRequests()

    init(_ series: [Series], failure: QueryError? = nil) {
        self.series = series
        self.failure = failure
    }

    /// Samples of each series a minute apart from 0 on; nil leaves one out.
    convenience init(minutes: [(Labels, [Double?])]) {
        self.init(
            minutes.map { labels, values in
                let places = values.indices.filter { values[$0] != nil }
                return Series(
                    labels: labels, times: places.map { Int64($0) * 60_000 }, values: values.compactMap { $0 })
            })
    }

    func requests() async -> [SeriesRequest] { await asked.all }

    func select(_ request: SeriesRequest) async throws -> SeriesSet {
        await asked.add(request)
        if let failure { throw failure }
        var set = SeriesSet()
        let hasHistograms = series.contains { !$0.histograms.isEmpty }
        for series in series where request.matchers.allSatisfy({ $0.matches(series.labels) }) {
            let places = series.times.indices.filter {
                series.times[$0] > request.startExclusive && series.times[$0] <= request.end
            }
            if places.isEmpty { continue }
            set.labels.append(series.labels)
            set.times += places.map { series.times[$0] }
            set.values += places.map { series.values[$0] }
            if hasHistograms {
                set.histograms += places.map { series.histograms.isEmpty ? nil : series.histograms[$0] }
            }
            set.bounds.append(set.times.count)
        }
        return set
    }
}

private actor AskedRequests {
    private(set) var all: [SeriesRequest] = []
    func add(_ request: SeriesRequest) { all.append(request) }
}

extension PromQLEngine {
    /// Labels and values of an instant vector.
    func vector(_ query: String, at time: Int64) async throws -> [Labels: Double] {
        guard case .vector(let samples) = try await instant(query, at: time).value else { return [:] }
        return Dictionary(uniqueKeysWithValues: samples.map { ($0.labels, $0.value) })
    }

    /// The only value of an instant vector or scalar.
    func number(_ query: String, at time: Int64) async throws -> Double? {
        switch try await instant(query, at: time).value {
        case .scalar(_, let value): return value
        case .vector(let samples): return samples.count == 1 ? samples[0].value : nil
        default: return nil
        }
    }

    /// The values of each series of a range query, by time.
    func matrix(
        _ query: String, start: Int64, end: Int64, step: Int64
    ) async throws -> [Labels: [Int64: Double]] {
        guard case .matrix(let set) = try await range(query, start: start, end: end, step: step).value else {
            return [:]
        }
        var result: [Labels: [Int64: Double]] = [:]
        for series in 0..<set.seriesCount {
            for place in set.bounds[series]..<set.bounds[series + 1] {
                result[set.labels[series], default: [:]][set.times[place]] = set.values[place]
            }
        }
        return result
    }

    /// The message of the error that a query ends with.
    func failure(_ query: String, at time: Int64) async -> String? {
        do {
            _ = try await instant(query, at: time)
            return nil
        } catch {
            return error.message
        }
    }
}
