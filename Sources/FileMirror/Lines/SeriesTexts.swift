import Codecs
import TelemetryModel

/// Metric series as JSON, by their ids: the attributes of their points, and the metrics that they are of.
///
/// Series in Prometheus' terms are written as `PrometheusSeriesExport` has them in OTLP's.
///
/// - Bound: `bytesMax`. Past it all are forgotten, and come from the store when a point names them.
final class SeriesTexts {
    struct Series {
        /// Into `metrics`.
        let metric: Int32
        let isPrometheus: Bool
        fileprivate let attributes: Range<Int>
    }

    struct Metric {
        let resourceID: UInt64
        let scopeID: UInt64
        /// Of a series whose resource is not stored.
        let service: String
        let kind: MetricKind
        /// All up to the first point.
        let opening: [UInt8]
        /// All behind the last point, with a comma.
        let closing: [UInt8]
    }

    private struct MetricKey: Hashable {
        var series: StoredSeries
        init(_ series: StoredSeries) {
            self.series = series
            self.series.attributes = []
        }
    }

    private static let bytesMax = 96 << 20

    private(set) var series: [Series] = []
    private(set) var metrics: [Metric] = []
    private var numbers = NumberTable()
    /// Native histograms with custom bounds: the same series as histograms with explicit ones.
    private var customNumbers = NumberTable()
    private var metricNumbers: [MetricKey: Int32] = [:]
    /// Series that are known and not written.
    private var leftOut: Set<UInt64> = []
    /// `"attributes":[…],` of all series.
    private var attributeTexts: [UInt8] = []
    private var bytes = 0
    private let buffer = LineBuffer()

    func number(_ id: UInt64) -> Int32? { numbers.number(of: id) }
    func customNumber(_ id: UInt64) -> Int32? { customNumbers.number(of: id) }
    func isLeftOut(_ id: UInt64) -> Bool { leftOut.contains(id) }

    @inline(__always)
    func withAttributes(_ number: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let range = series[Int(number)].attributes
        attributeTexts.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    var isFull: Bool { bytes + attributeTexts.count + leftOut.count * 16 > Self.bytesMax }

    func removeAll() {
        series.removeAll()
        metrics.removeAll()
        numbers.removeAll()
        customNumbers.removeAll()
        metricNumbers.removeAll()
        leftOut.removeAll()
        attributeTexts.removeAll()
        bytes = 0
    }

    // MARK: Learning

    /// What a block brings; a series that is known has a new description perhaps.
    func learn(_ block: SeriesBlock, _ references: ReferenceTexts) {
        for row in 0..<block.rows {
            var stored = StoredSeries()
            stored.form = SeriesForm(rawValue: block.form.string(at: row)) ?? .otlp
            stored.name = block.name.string(at: row)
            stored.type = block.type.string(at: row)
            stored.unit = block.unit.string(at: row)
            stored.description = block.description.string(at: row)
            stored.temporality = block.temporality[row]
            stored.isMonotonic = block.isMonotonic[row] == 1
            stored.service = block.service.string(at: row)
            stored.resourceID = block.resourceID[row]
            stored.scopeID = block.scopeID[row]
            stored.attributes = block.attributes.stored(row)
            let metadata = block.metadata
            for entry in Int(metadata.offsets[row])..<Int(metadata.offsets[row + 1]) {
                stored.metadata.append(
                    StoredAttribute(
                        key: metadata.keys.string(at: entry), text: metadata.values.string(at: entry), type: .string))
            }
            learn(block.id[row], stored, references)
        }
    }

    func learn(_ id: UInt64, _ stored: StoredSeries, _ references: ReferenceTexts) {
        // Whoever reads the file has the spans of which they are made.
        if stored.isDerived {
            leftOut.insert(id)
            return
        }
        switch stored.form {
        case .target: leftOut.insert(id)
        case .otlp, .prometheus: set(id, add(stored, .gauge, references), in: \.numbers)
        case .prometheusNative:
            set(id, add(stored, .exponentialHistogram, references), in: \.numbers)
            set(id, add(stored, .histogram, references), in: \.customNumbers)
        }
    }

    private func set(_ id: UInt64, _ number: Int32, in table: ReferenceWritableKeyPath<SeriesTexts, NumberTable>) {
        if self[keyPath: table].number(of: id) == nil {
            self[keyPath: table].insert(id, number)
        } else {
            self[keyPath: table].replace(id, number)
        }
    }

    private func add(
        _ stored: StoredSeries, _ kind: MetricKind, _ references: ReferenceTexts
    ) -> Int32 {
        let exported = PrometheusSeriesExport.exported(stored, kind: kind)
        if let resource = exported.resource {
            references.learn(exported.series.resourceID, resource)
            references.learnEmpty(scope: exported.series.scopeID)
        }
        let start = attributeTexts.count
        if !exported.series.attributes.isEmpty {
            buffer.truncate(to: 0)
            buffer.append("\"attributes\":[")
            for attribute in exported.series.attributes {
                ValueText.attribute(attribute, to: buffer)
                buffer.append(",")
            }
            buffer.closeMembers("],")
            attributeTexts.append(contentsOf: buffer.bytes)
        }
        series.append(
            Series(
                metric: metric(exported.series), isPrometheus: stored.form != .otlp,
                attributes: start..<attributeTexts.count))
        bytes += 64
        return Int32(truncatingIfNeeded: series.count - 1)
    }

    private func metric(_ stored: StoredSeries) -> Int32 {
        let key = MetricKey(stored)
        if let known = metricNumbers[key] { return known }
        let kind = MetricKind(rawValue: stored.type) ?? .gauge
        buffer.truncate(to: 0)
        buffer.append("{")
        ValueText.member("name", stored.name, to: buffer)
        ValueText.member("description", stored.description, to: buffer)
        ValueText.member("unit", stored.unit, to: buffer)
        let member: StaticString =
            switch kind {
            case .gauge: "\"gauge\":{\"dataPoints\":["
            case .sum: "\"sum\":{\"dataPoints\":["
            case .histogram: "\"histogram\":{\"dataPoints\":["
            case .exponentialHistogram: "\"exponentialHistogram\":{\"dataPoints\":["
            case .summary: "\"summary\":{\"dataPoints\":["
            }
        buffer.append(member)
        let opening = buffer.array
        buffer.truncate(to: 0)
        buffer.append("],")
        if kind != .gauge, kind != .summary, stored.temporality != 0 {
            var pen = buffer.pen(room: 64)
            pen.literal("\"aggregationTemporality\":")
            pen.integer(Int64(stored.temporality))
            pen.byte(0x2C)
            buffer.take(pen)
        }
        if kind == .sum, stored.isMonotonic { buffer.append("\"isMonotonic\":true,") }
        buffer.closeMembers("},")
        if !stored.metadata.isEmpty {
            buffer.append("\"metadata\":[")
            for attribute in stored.metadata {
                ValueText.attribute(attribute, to: buffer)
                buffer.append(",")
            }
            buffer.closeMembers("],")
        }
        buffer.closeMembers("},")
        let number = Int32(truncatingIfNeeded: metrics.count)
        metrics.append(
            Metric(
                resourceID: stored.resourceID, scopeID: stored.scopeID, service: stored.service, kind: kind,
                opening: opening, closing: buffer.array))
        metricNumbers[key] = number
        bytes += 2 * (opening.count + buffer.count) + 256
        return number
    }
}
