import Codecs
import TelemetryModel

/// The exemplars of a block by the points that they belong to.
///
/// One that came with OTLP names its point. One of Prometheus' names a series only, and goes with the first point of it
/// in the block.
struct ExemplarIndex {
    private struct Key: Hashable {
        let series: UInt64
        /// Of an exemplar of Prometheus', nil.
        let pointTime: Int64?
    }

    private var heads: [Key: Int32] = [:]
    private var next: [Int32] = []
    private var tails: [Key: Int32] = [:]
    private var seriesOfNative: [UInt64: UInt64] = [:]

    var isEmpty: Bool { heads.isEmpty }

    /// - Parameters:
    ///   - hasNative: whether the block has native histograms, whose exemplars name the series that they are a form of.
    ///   - isPrometheus: whether a series is in Prometheus' terms.
    mutating func begin(_ block: ExemplarBlock, hasNative: Bool, isPrometheus: (UInt64) -> Bool) {
        heads.removeAll(keepingCapacity: true)
        tails.removeAll(keepingCapacity: true)
        next.removeAll(keepingCapacity: true)
        seriesOfNative.removeAll(keepingCapacity: true)
        for row in 0..<block.rows {
            let series = block.seriesID[row]
            let isPrometheus = isPrometheus(series)
            let key = Key(series: series, pointTime: isPrometheus ? nil : block.pointTime[row].nanoseconds)
            if isPrometheus, hasNative { seriesOfNative[ColumnAppender.nativeSeriesID(of: series)] = series }
            let number = Int32(truncatingIfNeeded: row)
            next.append(-1)
            if let tail = tails[key] { next[Int(tail)] = number } else { heads[key] = number }
            tails[key] = number
        }
    }

    /// The rows of the exemplars of a point, which no other point gets then.
    mutating func take(_ series: UInt64, _ time: Int64, isPrometheus: Bool) -> [Int] {
        guard !heads.isEmpty,
            var row = heads.removeValue(
                forKey: Key(series: seriesOfNative[series] ?? series, pointTime: isPrometheus ? nil : time))
        else { return [] }
        var rows: [Int] = []
        while row >= 0 {
            rows.append(Int(row))
            row = next[Int(row)]
        }
        return rows
    }
}
