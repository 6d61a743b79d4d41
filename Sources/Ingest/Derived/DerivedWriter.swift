import Codecs
import PrometheusModel

/// A family of derived metrics: a table of label sets, and the metrics of each.
protocol DerivedFamily {
    /// Writes the samples of a slot.
    ///
    /// - Returns: a bit for each metric that was written.
    mutating func write(_ slot: Int, _ writer: inout DerivedWriter) -> UInt16

    /// Writes the staleness markers of a slot that ends.
    func writeEnd(_ slot: Int, _ writer: inout DerivedWriter)

    mutating func withTable<R>(_ body: (inout SlotTable) -> R) -> R
}

extension DerivedFamily {
    /// Visits some slots and writes those that are due.
    mutating func emit(_ range: Range<Int>, _ writer: inout DerivedWriter, repeatAfter: Int64, endAfter: Int64) {
        for slot in range {
            let tick = writer.tick
            let visit = withTable { table in
                guard slot < table.slots.count else { return SlotTable.Visit.skip }
                return table.visit(slot, tick: tick, repeatAfter: repeatAfter, endAfter: endAfter)
            }
            switch visit {
            case .skip: break
            case .emit:
                let metrics = write(slot, &writer)
                withTable { $0.wasEmitted(slot, tick: tick, metrics: metrics) }
            case .end:
                writeEnd(slot, &writer)
                withTable { $0.remove(slot) }
            }
        }
    }
}

struct DerivedMetricName: Sendable {
    let label: Label
    let metadata: MetricMetadata

    init(_ name: String, _ type: MetricType, _ help: String) {
        label = Label(Labels.nameLabel, name)
        metadata = MetricMetadata(type: type, help: help)
    }
}

struct DerivedHistogramName: Sendable {
    let bucket: DerivedMetricName
    let sum: DerivedMetricName
    let count: DerivedMetricName

    init(_ name: String, _ help: String) {
        bucket = DerivedMetricName(name + "_bucket", .histogram, help)
        sum = DerivedMetricName(name + "_sum", .histogram, help)
        count = DerivedMetricName(name + "_count", .histogram, help)
    }
}

/// Writes samples of one emission into a Remote Write request.
struct DerivedWriter {
    /// What stands before the sample of the emission.
    enum Moment {
        /// The series goes on.
        case none
        /// The series begins: zero, so that `rate` sees the first increment.
        case zero
        /// The series comes after a pause: what it was, so that the increment is not spread over the pause.
        case before
    }

    var builder = RemoteWriteBuilder()
    /// Of the emission, milliseconds since the Unix epoch.
    let tick: Int64
    /// Right after the emission before, so that it is no second sample of that time.
    let earlier: Int64

    init(tick: Int64, lastTick: Int64) {
        self.tick = tick
        earlier = min(lastTick + 1, tick - 1)
    }

    func moment(of slot: SlotTable.Slot, _ metric: UInt16) -> Moment {
        slot.emitted & metric == 0 ? .zero : slot.hasBefore ? .before : .none
    }

    private func samples(_ value: Double, before: Double, _ moment: Moment) -> [RemoteWriteBuilder.Sample] {
        switch moment {
        case .none: [.init(time: tick, value: value)]
        case .zero: [.init(time: earlier, value: 0), .init(time: tick, value: value)]
        case .before: [.init(time: earlier, value: before), .init(time: tick, value: value)]
        }
    }

    mutating func counter(
        _ name: DerivedMetricName, _ labels: LabelTemplate, _ value: UInt64, before: UInt64, _ moment: Moment
    ) {
        builder.add(
            labels.named(name.label), metadata: name.metadata,
            samples: samples(Double(value), before: Double(before), moment))
    }

    mutating func histogram(
        _ name: DerivedHistogramName, _ labels: LabelTemplate, _ histograms: inout LatencyHistograms, _ slot: Int,
        _ moment: Moment
    ) {
        var (sum, sumBefore): (UInt64, UInt64) = (0, 0)
        for (cell, bound) in zip(histograms.cells(slot), histograms.buckets.boundLabels) {
            sum &+= histograms.counts[cell]
            sumBefore &+= histograms.countsBefore[cell]
            let exemplars = histograms.takeExample(cell).map { [exemplar($0)] } ?? []
            builder.add(
                labels.named(name.bucket.label, bound: bound), metadata: name.bucket.metadata,
                samples: samples(Double(sum), before: Double(sumBefore), moment), exemplars: exemplars)
        }
        builder.add(
            labels.named(name.sum.label), metadata: name.sum.metadata,
            samples: samples(histograms.sums[slot], before: histograms.sumsBefore[slot], moment))
        builder.add(
            labels.named(name.count.label), metadata: name.count.metadata,
            samples: samples(Double(sum), before: Double(sumBefore), moment))
    }

    /// A span that ended in the last hour stands at its end, any other at the emission: its clock may be wrong, and
    /// nobody would look for it there.
    private func exemplar(_ example: LatencyHistograms.Example) -> Exemplar {
        let end = example.time / 1_000_000
        let isRecent = end <= tick && end > tick - 3_600_000
        return Exemplar(
            labels: Labels(sorted: [Label("trace_id", example.trace.hex)]),
            value: LatencyBuckets.seconds(example.duration), time: isRecent ? end : tick)
    }

    private var marker: [RemoteWriteBuilder.Sample] { [.init(time: tick, value: StaleMarker.value)] }

    mutating func end(_ name: DerivedMetricName, _ labels: LabelTemplate) {
        builder.add(labels.named(name.label), metadata: name.metadata, samples: marker)
    }

    mutating func end(_ name: DerivedHistogramName, _ labels: LabelTemplate, _ buckets: LatencyBuckets) {
        for bound in buckets.boundLabels {
            builder.add(
                labels.named(name.bucket.label, bound: bound), metadata: name.bucket.metadata, samples: marker)
        }
        end(name.sum, labels)
        end(name.count, labels)
    }
}
