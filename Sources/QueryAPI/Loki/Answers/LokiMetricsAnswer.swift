import Codecs
import QueryEngines

/// Series as JSON, in Prometheus's shapes.
struct LokiMetricsAnswer: LokiPieces {
    enum Shape: Sendable { case scalar, vector, matrix }

    /// Those with samples.
    private let series: [LogMetricsResult.Series]
    private let statistics: LogQueryStatistics
    private let shape: Shape
    /// The next series and the next of its samples; nil before the beginning.
    private var place: (item: Int, sample: Int)?

    init(_ result: LogMetricsResult, as shape: Shape) {
        series = result.series.filter { !$0.samples.isEmpty }
        statistics = result.statistics
        self.shape = shape
    }

    var bytesExpected: Int {
        series.reduce(4096) { $0 + 256 + $1.samples.count * 24 }
    }

    mutating func write(into writer: inout JSONWriter, bytesMax: Int) -> Bool {
        var (item, sample) = place ?? (0, 0)
        if place == nil { writeHead(into: &writer) }
        if shape == .scalar {
            if let only = series.first?.samples.last {
                writer.plainPair(only.time, only.value)
            } else {
                writer.raw("[]")
            }
            item = series.count
        }
        while item < series.count {
            let samples = series[item].samples
            if sample == 0 {
                guard writer.bytes.count < bytesMax else {
                    place = (item, 0)
                    return true
                }
                if item > 0 { writer.raw(",") }
                writer.raw(#"{"metric":"#)
                writer.labels(series[item].labels)
                writer.raw(shape == .vector ? #","value":"# : #","values":["#)
            }
            if shape == .vector {
                // The newest is the one of the time asked for.
                if let last = samples.last { writer.plainPair(last.time, last.value) }
                writer.raw("}")
            } else {
                while sample < samples.count {
                    if sample > 0 { writer.raw(",") }
                    writer.plainPair(samples[sample].time, samples[sample].value)
                    sample += 1
                    if writer.bytes.count >= bytesMax, sample < samples.count {
                        place = (item, sample)
                        return true
                    }
                }
                writer.raw("]}")
            }
            sample = 0
            item += 1
        }
        writer.raw(shape == .scalar ? #","stats":"# : #"],"stats":"#)
        LokiStatistics(query: statistics, entries: series.count).write(into: &writer)
        writer.raw("}}")
        return false
    }

    private func writeHead(into writer: inout JSONWriter) {
        writer.raw(#"{"status":"success","data":{"resultType":"#)
        switch shape {
        case .scalar: writer.raw(#""scalar","result":"#)
        case .vector: writer.raw(#""vector","result":["#)
        case .matrix: writer.raw(#""matrix","result":["#)
        }
    }
}
