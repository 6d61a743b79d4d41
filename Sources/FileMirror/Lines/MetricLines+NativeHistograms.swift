import PrometheusModel
import TelemetryModel

// Native histograms of Prometheus' kind as OTLP's exponential histograms; those with custom bounds as explicit ones.
extension MetricLines {
    /// The series of a row as what it becomes; -1 for the running total of an OTLP series, which Martlet has made.
    func nativeSeries(_ row: Int, _ number: Int32) -> Int32 {
        guard series.series[Int(number)].isPrometheus else { return -1 }
        let rows = batch.nativeHistograms
        guard rows.schema.values[row] == NativeHistogram.customBoundsSchema else { return number }
        return series.customNumber(rows.seriesID.values[row]) ?? -1
    }

    /// Buckets of one side, those between runs among them; a list of more would be made of a single far one.
    private static let bucketsMax = 600_000

    func writeNativeHistogram(_ row: Int, _ number: Int32, to buffer: LineBuffer) {
        let rows = batch.nativeHistograms
        let isStale = StaleMarker.isStale(rows.sum.values[row])
        let isCustom = rows.schema.values[row] == NativeHistogram.customBoundsSchema
        let positive = Self.dense(
            rows.positiveOffsets.numbers(row), rows.positiveLengths.numbers(row), rows.positiveCounts.numbers(row))
        let negative = Self.dense(
            rows.negativeOffsets.numbers(row), rows.negativeLengths.numbers(row), rows.negativeCounts.numbers(row))
        let bounds = rows.customBounds.numbers(row)
        let buckets = positive.counts.count + negative.counts.count + bounds.count
        let room = 768 + (buckets + 1) * (LinePen.doubleMax + 3)
        var pen = openPoint(number, rows.startTime.values[row], rows.time.values[row], room: room, buffer)
        if isStale {
            pen.member("\"flags\":", UInt32(1))
        } else {
            pen.count(Self.whole(rows.pointCount.values[row]))
            pen.member("\"sum\":", rows.sum.values[row])
            if isCustom {
                // Bucket `i` has the upper bound `i`, and the last none.
                var counts = [UInt64](repeating: 0, count: bounds.count + 1)
                for (place, count) in positive.counts.enumerated() {
                    let index = positive.first + Int64(place)
                    if index >= 0, index < Int64(counts.count) { counts[Int(index)] = count }
                }
                pen.counts("\"bucketCounts\":[", counts)
                pen.doubles("\"explicitBounds\":[", bounds)
                writeExemplars(rows.seriesID.values[row], number, rows.time.values[row], &pen, buffer)
            } else {
                pen.member("\"scale\":", rows.schema.values[row])
                pen.quotedMember("\"zeroCount\":\"", Self.whole(rows.zeroCount.values[row]))
                // An OTLP bucket is named by its lower bound, one of Prometheus by its upper: hence one less.
                if !positive.counts.isEmpty {
                    pen.buckets("\"positive\":{", Int32(clamping: positive.first - 1), positive.counts)
                }
                if !negative.counts.isEmpty {
                    pen.buckets("\"negative\":{", Int32(clamping: negative.first - 1), negative.counts)
                }
                writeExemplars(rows.seriesID.values[row], number, rows.time.values[row], &pen, buffer)
                if rows.zeroThreshold.values[row].bitPattern != 0 {
                    pen.member("\"zeroThreshold\":", rows.zeroThreshold.values[row])
                }
            }
        }
        pen.closeObject()
        buffer.take(pen)
    }

    /// Runs of buckets as the index of the first and the counts of all from there on.
    private static func dense(
        _ offsets: UnsafeBufferPointer<Int32>, _ lengths: UnsafeBufferPointer<UInt32>,
        _ counts: UnsafeBufferPointer<Double>
    ) -> (first: Int64, counts: [UInt64]) {
        var dense: [UInt64] = []
        var (first, index): (Int64, Int64) = (0, 0)
        var next = 0
        for (place, (offset, length)) in zip(offsets, lengths).enumerated() {
            index += Int64(offset)
            if place == 0 { first = index }
            guard Int(length) <= counts.count - next, index - first + Int64(length) <= Int64(bucketsMax),
                index - first >= Int64(dense.count)
            else { break }
            while first + Int64(dense.count) < index { dense.append(0) }
            for _ in 0..<length {
                dense.append(whole(counts[next]))
                next += 1
            }
            index += Int64(length)
        }
        return (first, dense)
    }

    private static func whole(_ count: Double) -> UInt64 {
        guard count > 0 else { return 0 }
        return UInt64(exactly: count.rounded()) ?? .max
    }
}
