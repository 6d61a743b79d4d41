import OTLPMessages
import PrometheusModel
import TelemetryModel

/// Sums of delta series, so that PromQL finds them cumulative.
///
/// A delta point is stored as it was sent, with the sum of all points so far beside it. A reader can see from the two
/// where a sum begins (`total == value`): there it puts a sample of zero before it, so that neither the first value nor
/// one after a restart, when sums begin anew, is lost to `rate` and `increase`.
///
/// A point that is earlier than the one before it goes into the sum, but has none of its own (NaN): a cumulative series
/// that goes back in time would look like a reset. What it brought shows in the next point. A point with the time of one
/// of the eight before it is that one sent again, and is not added, unless it has no interval (its start is its time): senders
/// whose clock counts milliseconds have several of these at once. The level of a sum that also goes down (an UpDownCounter with
/// delta temporality) is right only while the process lives.
///
/// Spec: OTLP metrics data model, "Sums: Delta-to-Cumulative", which would drop late points.
struct RunningTotals {
    /// Series remembered of each kind. Past it all sums begin anew, which costs nothing but a zero in each series.
    private static let seriesMax = 1 << 20
    /// Bytes of buckets remembered of histograms, and of exponential ones.
    private static let bucketBytesMax = 128 << 20
    /// Buckets of an exponential sum, both sides together; of more, neighbours are merged.
    private static let bucketsMax = 320

    /// The times of the last points, by which one that is sent again is known.
    private struct RecentTimes {
        private var times = SIMD8<UInt64>(repeating: 0)
        private var next: UInt8 = 0
        private(set) var newest: UInt64 = 0

        init(_ time: UInt64) { add(time) }

        func contains(_ time: UInt64) -> Bool { any(times .== time) && time > 0 }

        mutating func add(_ time: UInt64) {
            times[Int(next)] = time
            next = (next + 1) % 8
            newest = max(newest, time)
        }
    }

    private struct Number {
        var total: Double
        var times: RecentTimes
    }

    private struct Histogram {
        var count: UInt64
        var sum: Double
        var bounds: [Double]
        var bucketCounts: [UInt64]
        var times: RecentTimes
    }

    private struct Exponential {
        var total: NativeHistogram
        var times: RecentTimes
    }

    private var numbers: [UInt64: Number] = [:]
    private var histograms: [UInt64: Histogram] = [:]
    private var exponentials: [UInt64: Exponential] = [:]
    private var histogramBytes = 0
    private var exponentialBytes = 0

    /// The column's value for a point: the sum with it, -0 when that is zero, NaN when the point is late.
    mutating func add(_ value: Double, time: UInt64, hasInterval: Bool, to series: UInt64) -> Double {
        if var last = numbers[series] {
            guard !hasInterval || !last.times.contains(time) else { return .nan }
            let total = last.total + value
            guard total.isFinite else {
                // Nothing can be added to infinity; the next point begins anew.
                numbers[series] = nil
                return value
            }
            let isLate = time < last.times.newest
            last.total = total
            last.times.add(time)
            numbers[series] = last
            return isLate ? .nan : total == 0 ? -0.0 : total
        }
        if numbers.count >= Self.seriesMax { numbers.removeAll() }
        numbers[series] = Number(total: value, times: RecentTimes(time))
        return value == 0 ? -0.0 : value
    }

    /// Sums of a histogram; nil when the point is late. Another set of bounds begins anew.
    mutating func add(
        count: UInt64, sum: Double, bounds: UnsafeBufferPointer<Double>, bucketCounts: UnsafeBufferPointer<UInt64>,
        time: UInt64, hasInterval: Bool, to series: UInt64
    ) -> (count: UInt64, sum: Double, bucketCounts: [UInt64])? {
        if var last = histograms[series], last.bucketCounts.count == bucketCounts.count,
            last.bounds.elementsEqual(bounds)
        {
            guard !hasInterval || !last.times.contains(time) else { return nil }
            histograms[series] = nil
            let isLate = time < last.times.newest
            last.count &+= count
            last.sum += sum
            for index in bucketCounts.indices { last.bucketCounts[index] &+= bucketCounts[index] }
            last.times.add(time)
            histograms[series] = last
            return isLate ? nil : (last.count, last.sum, last.bucketCounts)
        }
        if let old = histograms[series] { histogramBytes -= 16 * old.bucketCounts.count }
        if histograms.count >= Self.seriesMax || histogramBytes > Self.bucketBytesMax {
            histograms.removeAll()
            histogramBytes = 0
        }
        histogramBytes += 16 * bucketCounts.count
        let first = Histogram(
            count: count, sum: sum, bounds: Array(bounds), bucketCounts: Array(bucketCounts),
            times: RecentTimes(time))
        histograms[series] = first
        return (count, sum, first.bucketCounts)
    }

    /// The sum of an exponential histogram, and whether it begins here; nil when the point is late, or has buckets so far
    /// apart that no sum of `bucketsMax` can hold them.
    mutating func add(
        _ value: NativeHistogram, time: UInt64, hasInterval: Bool, to series: UInt64
    ) -> (total: NativeHistogram, isFirst: Bool)? {
        var value = value
        guard Self.shrink(&value) else { return nil }
        if var last = exponentials[series] {
            guard !hasInterval || !last.times.contains(time) else { return nil }
            exponentials[series] = nil
            exponentialBytes -= Self.bytes(last.total)
            if (try? last.total.add(value)) != nil, Self.shrink(&last.total) {
                let isLate = time < last.times.newest
                last.times.add(time)
                exponentials[series] = last
                exponentialBytes += Self.bytes(last.total)
                return isLate ? nil : (last.total, false)
            }
        }
        if exponentials.count >= Self.seriesMax || exponentialBytes > Self.bucketBytesMax {
            exponentials.removeAll()
            exponentialBytes = 0
        }
        exponentials[series] = Exponential(total: value, times: RecentTimes(time))
        exponentialBytes += Self.bytes(value)
        return (value, true)
    }

    private static func bytes(_ histogram: NativeHistogram) -> Int {
        8 * (histogram.positiveBuckets.count + histogram.negativeBuckets.count)
            + 8 * (histogram.positiveSpans.count + histogram.negativeSpans.count)
    }

    private static func shrink(_ histogram: inout NativeHistogram) -> Bool {
        while histogram.positiveBuckets.count + histogram.negativeBuckets.count > bucketsMax {
            guard histogram.schema > -4 else { return false }
            histogram.reduceResolution(to: histogram.schema - 1)
        }
        return true
    }
}

/// Which points are what came since the one before.
enum DeltaRule {
    /// - Parameter saysCumulativeForDelta: of the resource; then a point of a cumulative counter or histogram is a delta
    ///   when its start is its time. Of an exponential histogram every point is, because the sums are the only rows that
    ///   are read of it.
    static func isDelta(
        _ temporality: Int32, _ type: MetricKind, _ isMonotonic: Bool, saysCumulativeForDelta: Bool, startIsTime: Bool
    ) -> Bool {
        if temporality == 1 { return true }
        guard saysCumulativeForDelta, temporality == 2, isMonotonic || type != .sum else { return false }
        return startIsTime || type == .exponentialHistogram
    }
}

extension ColumnAppender {
    /// For the column `total` of a delta point.
    mutating func total(of series: UInt64, _ value: Double, start: UInt64, time: UInt64, flags: UInt32) -> Double {
        // Without a value there is nothing to add; the point says that the series has ended.
        guard flags & 1 == 0, !value.isNaN else { return .nan }
        touchesValues = true
        return totals.add(value, time: time, hasInterval: start != time, to: series)
    }

    /// Fills the columns of sums for the histogram that was appended last.
    mutating func appendTotals(ofLastRowIn rows: HistogramBlock, isDelta: Bool) {
        let row = rows.seriesID.count - 1
        guard isDelta, rows.flags.values[row] & 1 == 0 else {
            rows.totalCount.append(0)
            rows.totalSum.append(0)
            return rows.totalBucketCounts.closeRow()
        }
        func range(_ offsets: GrowableBuffer<Int32>) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }
        let bounds = UnsafeBufferPointer(rebasing: rows.bounds.items.values.elements[range(rows.bounds.offsets)])
        let counts = UnsafeBufferPointer(
            rebasing: rows.bucketCounts.items.values.elements[range(rows.bucketCounts.offsets)])
        touchesValues = true
        let total = totals.add(
            count: rows.pointCount.values[row], sum: rows.sum.values[row], bounds: bounds, bucketCounts: counts,
            time: UInt64(clamping: rows.time.values[row].nanoseconds),
            hasInterval: rows.startTime.values[row] != rows.time.values[row], to: rows.seriesID.values[row])
        if let total {
            rows.totalCount.append(total.count == 0 ? -0.0 : Double(total.count))
            rows.totalSum.append(total.sum)
            for count in total.bucketCounts { rows.totalBucketCounts.items.append(count) }
        } else {
            rows.totalCount.append(.nan)
            rows.totalSum.append(.nan)
        }
        rows.totalBucketCounts.closeRow()
    }

    /// Appends the sum up to the exponential histogram that was appended last, as a native histogram of its series.
    mutating func appendTotals(ofLastRowIn rows: ExponentialHistogramBlock) {
        let row = rows.seriesID.count - 1
        let time = rows.time.values[row]
        guard rows.flags.values[row] & 1 == 0 else {
            return append(
                .staleMarker(), to: batch.nativeHistograms, series: rows.seriesID.values[row], time: time,
                startTime: rows.startTime.values[row])
        }
        // A point of some bytes becomes a row with all the sum's buckets; see `WireScratch.messagesBetweenChecks`.
        wire.messages += 16
        touchesValues = true
        func counts(_ column: ListColumn<FixedColumn<UInt64>>) -> [UInt64] {
            Array(column.items.values.elements[Int(column.offsets[row])..<Int(column.offsets[row + 1])])
        }
        // What PromQL cannot have (a scale below -4) has no sum either.
        guard
            let point = try? NativeHistogram(
                scale: rows.scale.values[row],
                positive: .init(offset: rows.positiveOffset.values[row], counts: counts(rows.positiveCounts)),
                negative: .init(offset: rows.negativeOffset.values[row], counts: counts(rows.negativeCounts)),
                zeroCount: rows.zeroCount.values[row], count: rows.pointCount.values[row], sum: rows.sum.values[row],
                zeroThreshold: .zeroThreshold(ofOTLP: rows.zeroThreshold.values[row]))
        else { return }
        guard
            let (total, isFirst) = totals.add(
                point, time: UInt64(clamping: time.nanoseconds),
                hasInterval: rows.startTime.values[row] != time, to: rows.seriesID.values[row])
        else { return }
        if isFirst {
            // The zero that a sum begins with; see `RunningTotals`.
            var zero = NativeHistogram(schema: total.schema, zeroThreshold: total.zeroThreshold)
            zero.counterReset = .reset
            let start = rows.startTime.values[row]
            append(
                zero, to: batch.nativeHistograms, series: rows.seriesID.values[row],
                time: start.nanoseconds > 0 && start < time
                    ? start : Timestamp(nanoseconds: time.nanoseconds - 1_000_000),
                startTime: start)
        }
        append(
            total, to: batch.nativeHistograms, series: rows.seriesID.values[row], time: time,
            startTime: rows.startTime.values[row])
    }

    func append(
        _ histogram: NativeHistogram, to rows: NativeHistogramBlock, series: UInt64, time: Timestamp,
        startTime: Timestamp
    ) {
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.hour.append(time.hours)
        rows.time.append(time)
        rows.startTime.append(startTime)
        rows.pointCount.append(histogram.count)
        rows.sum.append(histogram.sum)
        rows.schema.append(histogram.schema)
        rows.zeroThreshold.append(histogram.zeroThreshold)
        rows.zeroCount.append(histogram.zeroCount)
        rows.counterReset.append(histogram.counterReset.rawValue)
        for span in histogram.positiveSpans {
            rows.positiveOffsets.items.append(span.offset)
            rows.positiveLengths.items.append(span.length)
        }
        for span in histogram.negativeSpans {
            rows.negativeOffsets.items.append(span.offset)
            rows.negativeLengths.items.append(span.length)
        }
        for count in histogram.positiveBuckets { rows.positiveCounts.items.append(count) }
        for count in histogram.negativeBuckets { rows.negativeCounts.items.append(count) }
        for bound in histogram.customBounds { rows.customBounds.items.append(bound) }
        rows.positiveOffsets.closeRow()
        rows.positiveLengths.closeRow()
        rows.positiveCounts.closeRow()
        rows.negativeOffsets.closeRow()
        rows.negativeLengths.closeRow()
        rows.negativeCounts.closeRow()
        rows.customBounds.closeRow()
    }
}
