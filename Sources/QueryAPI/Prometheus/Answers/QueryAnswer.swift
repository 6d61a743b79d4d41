import Codecs
import PromQLEvaluation
import PrometheusModel

/// Figures of a query, for `stats`.
struct QueryStatistics: Sendable {
    var seconds: Double
    var samplesRead: Int
}

/// The JSON text of a query's result, written in pieces so that a large matrix is never held twice.
struct QueryAnswer: Sendable {
    private enum Step { case head, items, end, done }

    static let truncated = "results truncated due to limit"

    private let value: QueryValue
    private let warnings: [String]
    private let infos: [String]
    private let statistics: QueryStatistics?
    private var step = Step.head
    /// The next item of the vector or series of the matrix.
    private var item = 0
    /// Inside a series: which list is being written, and its next sample.
    private var isInSeries = false
    private var writesHistograms = false
    private var sample = 0
    private var writtenInList = 0

    /// - Parameter limit: items or series at most, 0 for all of them.
    init(_ result: QueryResult, limit: Int = 0, statistics: QueryStatistics? = nil) {
        var warnings = result.warnings
        var value = result.value
        if limit > 0 {
            switch value {
            case .vector(let items) where items.count > limit:
                value = .vector(Array(items.prefix(limit)))
                warnings.append(Self.truncated)
            case .matrix(var set) where set.seriesCount > limit:
                set.labels = Array(set.labels.prefix(limit))
                set.bounds = Array(set.bounds.prefix(limit + 1))
                value = .matrix(set)
                warnings.append(Self.truncated)
            default: break
            }
        }
        self.value = value
        self.warnings = warnings
        infos = result.infos
        self.statistics = statistics
    }

    /// Roughly what the text takes.
    var bytesExpected: Int {
        switch value {
        case .scalar: return 128
        case .string(_, let text): return 128 + text.utf8.count
        case .vector(let items): return 128 + items.count * 192
        case .matrix(let set): return 128 + set.seriesCount * 192 + set.sampleCount * 24
        }
    }

    /// All of it at once.
    func bytes() -> [UInt8] {
        var writer = JSONWriter()
        writer.bytes.reserveCapacity(min(bytesExpected, 64 << 20))
        var copy = self
        while copy.write(into: &writer, bytesMax: .max) {}
        return writer.bytes
    }

    /// Appends what follows, until there are `bytesMax` bytes or somewhat more.
    ///
    /// - Returns: false when that was the end.
    mutating func write(into writer: inout JSONWriter, bytesMax: Int) -> Bool {
        if step == .head {
            writeHead(into: &writer)
            step = .items
        }
        if step == .items {
            switch value {
            case .scalar, .string: break
            case .vector(let items):
                while item < items.count {
                    guard writer.bytes.count < bytesMax else { return true }
                    if item > 0 { writer.raw(",") }
                    Self.write(items[item], into: &writer)
                    item += 1
                }
            case .matrix(let set):
                while item < set.seriesCount {
                    guard writer.bytes.count < bytesMax, writeSeries(of: set, into: &writer, bytesMax: bytesMax) else {
                        return true
                    }
                }
            }
            step = .end
        }
        if step == .end {
            writeEnd(into: &writer)
            step = .done
        }
        return false
    }

    private func writeHead(into writer: inout JSONWriter) {
        writer.raw("{\"status\":\"success\",\"data\":{\"resultType\":")
        switch value {
        case .scalar(let time, let value):
            writer.raw("\"scalar\",\"result\":[")
            writer.time(time)
            writer.raw(",")
            writer.sample(value)
        case .string(let time, let text):
            writer.raw("\"string\",\"result\":[")
            writer.time(time)
            writer.raw(",")
            writer.string(text)
        case .vector: writer.raw("\"vector\",\"result\":[")
        case .matrix: writer.raw("\"matrix\",\"result\":[")
        }
    }

    private func writeEnd(into writer: inout JSONWriter) {
        writer.raw("]")
        if let statistics {
            writer.raw(",\"stats\":{\"timings\":{\"evalTotalTime\":")
            writer.number(statistics.seconds)
            writer.raw(",\"resultSortTime\":0,\"queryPreparationTime\":0,\"innerEvalTime\":")
            writer.number(statistics.seconds)
            writer.raw(",\"execQueueTime\":0,\"execTotalTime\":")
            writer.number(statistics.seconds)
            writer.raw("},\"samples\":{\"totalQueryableSamples\":")
            writer.integer(statistics.samplesRead)
            writer.raw(",\"peakSamples\":")
            writer.integer(statistics.samplesRead)
            writer.raw("}}")
        }
        writer.raw("}")
        Envelope.end(&writer, warnings: warnings, infos: infos)
    }

    private static func write(_ item: VectorSample, into writer: inout JSONWriter) {
        writer.raw("{\"metric\":")
        writer.labels(item.labels)
        if let histogram = item.histogram {
            writer.raw(",\"histogram\":[")
            writer.time(item.time)
            writer.raw(",")
            writer.histogram(histogram.value)
        } else {
            writer.raw(",\"value\":[")
            writer.time(item.time)
            writer.raw(",")
            writer.sample(item.value)
        }
        writer.raw("]}")
    }

    /// Writes the series `item`, or what is left of it; false when the bound was reached first.
    private mutating func writeSeries(
        of set: SeriesSet, into writer: inout JSONWriter, bytesMax: Int
    ) -> Bool {
        let start = set.bounds[item]
        let end = set.bounds[item + 1]
        if !isInSeries {
            if item > 0 { writer.raw(",") }
            writer.raw("{\"metric\":")
            writer.labels(set.labels[item])
            isInSeries = true
            writesHistograms = false
            sample = start
            writtenInList = 0
        }
        // Plain numbers first, then histograms: a series may have both.
        if !writesHistograms {
            while sample < end {
                if set.histograms.isEmpty || set.histograms[sample] == nil {
                    writer.raw(writtenInList == 0 ? ",\"values\":[" : ",")
                    writer.pair(set.times[sample], set.values[sample])
                    writtenInList += 1
                }
                sample += 1
                if writer.bytes.count >= bytesMax, sample < end { return false }
            }
            if writtenInList > 0 { writer.raw("]") }
            writesHistograms = true
            sample = set.histograms.isEmpty ? end : start
            writtenInList = 0
        }
        while sample < end {
            if let histogram = set.histograms[sample] {
                writer.raw(writtenInList == 0 ? ",\"histograms\":[[" : ",[")
                writer.time(set.times[sample])
                writer.raw(",")
                writer.histogram(histogram.value)
                writer.raw("]")
                writtenInList += 1
            }
            sample += 1
            if writer.bytes.count >= bytesMax, sample < end { return false }
        }
        if writtenInList > 0 { writer.raw("]") }
        writer.raw("}")
        isInSeries = false
        item += 1
        return true
    }
}
