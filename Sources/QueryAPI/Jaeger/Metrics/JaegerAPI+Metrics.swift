import Codecs
import QueryEngines
import TelemetryModel
import TraceQL

extension JaegerAPI {
    /// `/api/metrics/minstep`: milliseconds.
    func minimumStep() -> JaegerAnswer { JaegerEnvelope.success { $0.integer(1) } }

    /// `/api/metrics/{latencies,calls,errors}`: a family of gauges in the JSON of OpenMetrics' protobuf.
    func answer(_ metric: JaegerMetric, _ form: FormParameters) async throws -> JaegerAnswer {
        let request = try JaegerMetricRequest(metric, form, now: dependencies.now())
        let series: [JaegerMetricSeries]
        switch metric {
        case .latencies:
            series = try await latencies(request)
        case .calls:
            let counts = try await counts(request)
            let seconds = Double(request.steps * request.step) / 1e9
            series = counts.map { key, counts in
                JaegerMetricSeries(key: key, values: request.windows(of: counts).map { $0 / seconds })
            }
        case .errors:
            let calls = try await counts(request)
            let errors = try await counts(request, .intrinsic(.status, .equal, .status(.error)))
            series = calls.map { key, calls in
                let failed = request.windows(of: errors[key] ?? [:])
                return JaegerMetricSeries(
                    key: key, values: zip(failed, request.windows(of: calls)).map { $1 == 0 ? .nan : $0 / $1 })
            }
        }
        return .json(family(metric, request, series.sorted { $0.key < $1.key }))
    }

    /// Spans of each interval.
    private func counts(
        _ request: JaegerMetricRequest, _ condition: FieldExpression? = nil
    ) async throws -> [JaegerMetricKey: [Int64: Double]] {
        var counts: [JaegerMetricKey: [Int64: Double]] = [:]
        for series in try await run(request, .countOverTime, condition) {
            let key = JaegerMetricKey(series.labels, request)
            for (time, value) in series.samples { counts[key, default: [:]][time, default: 0] += value }
        }
        return counts
    }

    /// Milliseconds.
    ///
    /// Quantiles of intervals cannot be put together to one of a longer time, counts in buckets can: where a point looks
    /// back over several steps, it is made of the histogram, as Jaeger makes it of Prometheus's.
    private func latencies(_ request: JaegerMetricRequest) async throws -> [JaegerMetricSeries] {
        let duration = FieldExpression.attribute(Attribute(.intrinsic(.duration)))
        guard request.steps > 1 else {
            return try await run(request, .quantileOverTime(duration, [request.quantile])).map { series in
                let samples = Dictionary(series.samples.map { ($0.time, $0.value) }, uniquingKeysWith: { $1 })
                return JaegerMetricSeries(
                    key: JaegerMetricKey(series.labels, request),
                    values: request.points.map { samples[$0].map { $0 * 1000 } ?? .nan })
            }
        }
        var histograms: [JaegerMetricKey: LatencyHistogram] = [:]
        for series in try await run(request, .histogramOverTime(duration)) {
            guard let bound = LatencyHistogram.bound(series.labels) else { continue }
            let counts = Dictionary(series.samples.map { ($0.time, $0.value) }, uniquingKeysWith: +)
            histograms[JaegerMetricKey(series.labels, request), default: LatencyHistogram()].add(
                request.windows(of: counts), upTo: bound)
        }
        return histograms.map { key, histogram in
            JaegerMetricSeries(
                key: key,
                values: request.points.indices.map { histogram.quantile(request.quantile, at: $0) * 1000 })
        }
    }

    private func run(
        _ request: JaegerMetricRequest, _ kind: MetricsFunction.Kind, _ condition: FieldExpression? = nil
    ) async throws -> [TraceMetricsResult.Series] {
        var conditions: [FieldExpression] = [
            .any(request.services.map(JaegerSearch.isOf)), .any(request.kinds.map(Self.isOfKind)),
        ]
        if let condition { conditions.append(condition) }
        var groups = [Attribute(.attribute(.resource, "service.name"))]
        if request.groupsByOperation { groups.append(Attribute(.intrinsic(.name))) }
        let query = Query(
            body: .metrics(
                .pipeline(
                    Pipeline([.spansets(.filter(.all(conditions)))]), MetricsFunction(kind: kind, groups: groups))))
        return try await dependencies.queries.metrics(
            TraceMetricsRequest(query: query, start: request.start, end: request.lastPoint, step: request.step)
        ).series
    }

    private static func isOfKind(_ kind: JaegerSpanKind?) -> FieldExpression {
        .intrinsic(.kind, .equal, .kind(kind.flatMap { Value.Kind(rawValue: $0.name) } ?? .unspecified))
    }

    private func family(
        _ metric: JaegerMetric, _ request: JaegerMetricRequest, _ series: [JaegerMetricSeries]
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("name")
        writer.string(metric.name(byOperation: request.groupsByOperation))
        writer.raw(",\"type\":\"GAUGE\"")
        writer.key("help")
        writer.string(metric.help(byOperation: request.groupsByOperation, quantile: request.quantile))
        writer.key("metrics")
        writer.open("[")
        // A last point past the end would lie in the future of who asks.
        let times = request.points.map { Timestamp(nanoseconds: min($0, request.end)).protobufText }
        for series in series {
            writer.separate()
            writer.open("{")
            writer.key("labels")
            writer.open("[")
            if let operation = series.key.operation { writer.label("operation", operation) }
            writer.label("service_name", series.key.service)
            writer.close("]")
            writer.key("metricPoints")
            writer.open("[")
            for (time, value) in zip(times, series.values) {
                writer.separate()
                writer.raw("{\"gaugeValue\":{\"doubleValue\":")
                writer.double(value)
                writer.raw("},\"timestamp\":")
                writer.string(time)
                writer.close("}")
            }
            writer.raw("]}")
        }
        writer.raw("]}")
        return writer.bytes
    }
}

struct JaegerMetricKey: Hashable, Comparable {
    var service: String
    var operation: String?

    init(_ labels: [(key: String, value: Value)], _ request: JaegerMetricRequest) {
        var service = ""
        var operation = ""
        // A group without a value has no label.
        for (key, value) in labels {
            switch key {
            case LatencyHistogram.label, "p", "__name__": continue
            case _ where key.hasSuffix("service.name"): service = Self.text(value)
            default: operation = Self.text(value)
            }
        }
        self.service = JaegerService.shown(service)
        self.operation = request.groupsByOperation ? operation : nil
    }

    private static func text(_ value: Value) -> String { if case .string(let text) = value { text } else { "" } }

    static func < (left: JaegerMetricKey, right: JaegerMetricKey) -> Bool {
        (left.service, left.operation ?? "") < (right.service, right.operation ?? "")
    }
}

struct JaegerMetricSeries {
    var key: JaegerMetricKey
    /// One a point; NaN where there is nothing to say.
    var values: [Double]
}

extension JaegerMetricRequest {
    var points: [Int64] { Array(stride(from: firstPoint, through: lastPoint, by: Int(step))) }

    /// For each point the sum over its window of what ended in it.
    func windows(of samples: [Int64: Double]) -> [Double] {
        let first = start + step
        let count = Int((lastPoint - first) / step) + 1
        var intervals = [Double](repeating: 0, count: count)
        for (time, value) in samples where time >= first && time <= lastPoint && value.isFinite {
            intervals[Int((time - first + step - 1) / step)] += value
        }
        var sum = 0.0
        var sums: [Double] = []
        let width = Int(steps)
        for index in intervals.indices {
            sum += intervals[index]
            if index >= width { sum -= intervals[index - width] }
            if index >= width - 1 { sums.append(sum) }
        }
        return sums
    }
}

extension JSONWriter {
    fileprivate mutating func label(_ name: StaticString, _ value: String) {
        separate()
        raw("{\"name\":\"")
        raw(name)
        raw("\",\"value\":")
        string(value)
        close("}")
    }
}

extension Timestamp {
    /// As proto3 JSON has times: no fraction when it is zero.
    var protobufText: String {
        let text = rfc3339
        return text.hasSuffix(".000Z") ? String(text.dropLast(5)) + "Z" : text
    }
}
