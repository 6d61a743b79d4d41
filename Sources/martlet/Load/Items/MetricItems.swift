/// Requests of metric points: `seriesCount` series, one point each in every round, then the next round. Numbers of fields
/// are those of OTLP's metrics.proto.
///
/// Series are ordered as a program exports them: by service, by metric, by attributes. Within a series no two points have
/// one time.
struct MetricItems: LoadItems {
    /// Points of a metric of a service in a round, told apart by their attributes.
    static let pointsPerMetric: UInt64 = 20
    static var metricsPerService: UInt64 { UInt64(LoadMetric.all.count) }
    static var seriesCount: UInt64 { UInt64(LoadContext.services) * metricsPerService * pointsPerMetric }

    private let context: LoadContext
    private let metrics: [(head: [UInt8], tail: [UInt8], data: UInt8, point: Fragment)]
    private let resources: [[UInt8]]

    init(_ context: LoadContext) {
        self.context = context
        metrics = LoadMetric.all.map { ($0.head, $0.tail, $0.dataField, $0.point(startTime: context.startTime)) }
        resources = (0..<LoadContext.services).map(context.resource)
    }

    /// Consecutive points of one metric of one service.
    private struct Run {
        let service: Int
        let metric: Int
        let first: UInt64
        let count: Int
        /// Of the content of the Gauge, Sum or Histogram, and of the Metric around it.
        var dataBytes = 0
        var metricBytes = 0
    }

    func request(first: UInt64, count: Int) -> [UInt8] {
        let runs = runs(first: first, count: count)
        // Runs of one service and round follow each other; they share the resource.
        var groups: [Range<Int>] = []
        for index in runs.indices {
            if let last = groups.last, runs[index].service == runs[last.lowerBound].service {
                groups[groups.count - 1] = last.lowerBound..<index + 1
            } else {
                groups.append(index..<index + 1)
            }
        }
        func scopeBytes(_ group: Range<Int>) -> Int {
            runs[group].reduce(LoadContext.scope.count) { $0 + RequestWriter.size(field: $1.metricBytes) }
        }
        func groupBytes(_ group: Range<Int>) -> Int {
            resources[runs[group.lowerBound].service].count + RequestWriter.size(field: scopeBytes(group))
        }
        let bytes = groups.reduce(0) { $0 + RequestWriter.size(field: groupBytes($1)) }
        return RequestWriter.request(bytes: bytes) { writer in
            var offset = 0
            for group in groups {
                writer.header(1, length: groupBytes(group), at: &offset)
                writer.bytes(resources[runs[group.lowerBound].service], at: &offset)
                writer.header(2, length: scopeBytes(group), at: &offset)
                writer.bytes(LoadContext.scope, at: &offset)
                for run in runs[group] { write(run, writer, &offset) }
            }
        }
    }

    private func write(_ run: Run, _ writer: RequestWriter, _ offset: inout Int) {
        let metric = metrics[run.metric]
        writer.header(2, length: run.metricBytes, at: &offset)
        writer.bytes(metric.head, at: &offset)
        writer.header(metric.data, length: run.dataBytes, at: &offset)
        for item in run.first..<run.first + UInt64(run.count) {
            var values = ItemValues()
            values.series = item % Self.pointsPerMetric
            values.round = item / Self.seriesCount
            values.startTime = context.startTime
            values.endTime = context.startTime + (values.round + 1) * Self.seriesCount * context.itemNanoseconds
            values.noise = RunIdentity.mix(context.identity.id ^ item &* 0x9E37_79B9_7F4A_7C15)
            writer.fragment(metric.point, values, at: &offset)
        }
        writer.bytes(metric.tail, at: &offset)
    }

    private func runs(first: UInt64, count: Int) -> [Run] {
        var runs: [Run] = []
        var item = first
        let end = first + UInt64(count)
        while item < end {
            let next = min(end, (item / Self.pointsPerMetric + 1) * Self.pointsPerMetric)
            let series = item % Self.seriesCount / Self.pointsPerMetric
            let metric = metrics[Int(series % Self.metricsPerService)]
            var run = Run(
                service: Int(series / Self.metricsPerService), metric: Int(series % Self.metricsPerService),
                first: item, count: Int(next - item))
            run.dataBytes = run.count * metric.point.bytes.count + metric.tail.count
            run.metricBytes = metric.head.count + RequestWriter.size(field: run.dataBytes)
            runs.append(run)
            item = next
        }
        return runs
    }
}

/// A metric that every service has.
private struct LoadMetric {
    enum Kind {
        case gauge, integerSum, doubleSum, histogram
    }

    let name: String
    let unit: String
    let kind: Kind

    /// Every tenth is a histogram.
    static let all: [LoadMetric] = [
        .init(name: "process.cpu.utilization", unit: "1", kind: .gauge),
        .init(name: "process.memory.usage", unit: "By", kind: .gauge),
        .init(name: "shop.queue.depth", unit: "{item}", kind: .gauge),
        .init(name: "db.client.connection.usage", unit: "{connection}", kind: .gauge),
        .init(name: "shop.cache.ratio", unit: "1", kind: .gauge),
        .init(name: "shop.requests", unit: "{request}", kind: .integerSum),
        .init(name: "system.network.io", unit: "By", kind: .integerSum),
        .init(name: "messaging.client.sent.messages", unit: "{message}", kind: .integerSum),
        .init(name: "process.cpu.time", unit: "s", kind: .doubleSum),
        .init(name: "http.server.request.duration", unit: "s", kind: .histogram),
    ]

    /// The field of Metric that holds the points.
    var dataField: UInt8 {
        switch kind {
        case .gauge: 5
        case .integerSum, .doubleSum: 7
        case .histogram: 9
        }
    }

    /// Metric before its points.
    var head: [UInt8] {
        var writer = FragmentWriter()
        writer.text(1, name)
        writer.text(2, "\(name) of the load")
        writer.text(3, unit)
        return writer.fragment.bytes
    }

    /// What follows the points in a Sum or Histogram: cumulative, and for a sum monotonic.
    var tail: [UInt8] {
        var writer = FragmentWriter()
        if kind != .gauge { writer.integer(2, 2) }
        if kind == .integerSum || kind == .doubleSum { writer.integer(3, 1) }
        return writer.fragment.bytes
    }

    /// A data point as field 1 of a Gauge, Sum or Histogram.
    func point(startTime: UInt64) -> Fragment {
        var writer = FragmentWriter()
        writer.message(1) { point in
            if kind != .gauge { point.fixed64(2, .startTime) }
            point.fixed64(3, .endTime)
            switch kind {
            case .gauge: point.fraction(4)
            case .integerSum: point.fixed64(6, .cumulativeInteger)
            case .doubleSum: point.fixed64(4, .cumulativeDouble)
            case .histogram:
                point.fixed64(4, .histogramCount)
                point.fixed64(5, .histogramSum)
                point.packed(6, MetricHistogram.weights, slot: .histogramBuckets)
                point.packed(7, MetricHistogram.bounds.map(\.bitPattern))
            }
            let attributes: UInt32 = kind == .histogram ? 9 : 7
            point.attribute(attributes, "http.route", "/api/v1/resource-@@/{id}")
            point.attribute(attributes, "http.request.method", "GET")
            point.attribute(attributes, "server.instance", "instance-@@")
        }
        return writer.fragment
    }
}
