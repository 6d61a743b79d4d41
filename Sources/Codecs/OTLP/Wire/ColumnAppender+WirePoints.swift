import PrometheusModel
import TelemetryModel

// Points stand at level 6: request, resource group, scope group, metric, kind, point.
private let pointLevel = 6

extension ColumnAppender {
    /// A `NumberDataPoint`. Spec: OTLP metrics.proto.
    mutating func appendNumberPoint(_ cursor: inout WireCursor, _ metric: WireMetric) {
        var (start, time): (UInt64, UInt64) = (0, 0)
        var number = WireNumber()
        var flags: UInt32 = 0
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x11: start = cursor.fixed64()
            case 0x19: time = cursor.fixed64()
            case 0x21: number = WireNumber(double: cursor.double())
            case 0x2A: wire.exemplars.append(cursor.bytes())
            case 0x31: number = WireNumber(int: Int64(bitPattern: cursor.fixed64()))
            case 0x3A: wire.attributes.append(cursor.bytes())
            case 0x40: flags = UInt32(truncatingIfNeeded: cursor.varint())
            default: cursor.skip(tag, level: pointLevel)
            }
        }
        guard cursor.failure == .none else { return }
        let series = seriesID(metric, level: pointLevel, &cursor)
        appendExemplars(of: series, pointTime: time, level: pointLevel + 1, &cursor)
        guard let series, cursor.failure == .none else { return }
        let rows = batch.samples
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.hour.append(Timestamp(clamping: time).hours)
        rows.time.append(Timestamp(clamping: time))
        rows.startTime.append(Timestamp(clamping: start))
        rows.value.append(number.kind == .none && flags & 1 == 1 ? StaleMarker.value : number.double)
        rows.intValue.append(number.int)
        rows.valueKind.append(number.kind.rawValue)
        rows.flags.append(flags)
        let isDelta = metric.isDelta(start: start, time: time)
        rows.total.append(isDelta ? total(of: series, number.double, start: start, time: time, flags: flags) : 0)
        target.note(Timestamp(clamping: time))
    }

    /// A `HistogramDataPoint`.
    mutating func appendHistogramPoint(_ cursor: inout WireCursor, _ metric: WireMetric) {
        let rows = batch.histograms
        var (start, time, count): (UInt64, UInt64, UInt64) = (0, 0, 0)
        var (sum, min, max) = (0.0, 0.0, 0.0)
        var presence: HistogramPresence = []
        var flags: UInt32 = 0
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x11: start = cursor.fixed64()
            case 0x19: time = cursor.fixed64()
            case 0x21: count = cursor.fixed64()
            case 0x29: (sum, presence) = (cursor.double(), presence.union(.sum))
            case 0x31: rows.bucketCounts.items.append(cursor.fixed64())
            case 0x32: cursor.packedFixed64 { rows.bucketCounts.items.append($0) }
            case 0x39: rows.bounds.items.append(cursor.double())
            case 0x3A: cursor.packedFixed64 { rows.bounds.items.append(Double(bitPattern: $0)) }
            case 0x42: wire.exemplars.append(cursor.bytes())
            case 0x4A: wire.attributes.append(cursor.bytes())
            case 0x50: flags = UInt32(truncatingIfNeeded: cursor.varint())
            case 0x59: (min, presence) = (cursor.double(), presence.union(.min))
            case 0x61: (max, presence) = (cursor.double(), presence.union(.max))
            default: cursor.skip(tag, level: pointLevel)
            }
        }
        guard cursor.failure == .none else { return }
        let rejection = metric.name.isEmpty ? nil : rows.rejectionOfOpenRow
        if let rejection { outcome.reject(rejection) }
        if rejection != nil { checkAttributes(level: pointLevel + 1, &cursor) }
        let series = rejection == nil ? seriesID(metric, level: pointLevel, &cursor) : nil
        appendExemplars(of: series, pointTime: time, level: pointLevel + 1, &cursor)
        guard let series, cursor.failure == .none else {
            rows.bounds.discardOpenRow()
            rows.bucketCounts.discardOpenRow()
            return
        }
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.hour.append(Timestamp(clamping: time).hours)
        rows.time.append(Timestamp(clamping: time))
        rows.startTime.append(Timestamp(clamping: start))
        rows.pointCount.append(count)
        rows.sum.append(sum)
        rows.min.append(min)
        rows.max.append(max)
        rows.presence.append(presence.rawValue)
        rows.bounds.closeRow()
        rows.bucketCounts.closeRow()
        rows.flags.append(flags)
        appendTotals(ofLastRowIn: rows, isDelta: metric.isDelta(start: start, time: time))
        target.note(Timestamp(clamping: time))
    }

    /// An `ExponentialHistogramDataPoint`.
    mutating func appendExponentialPoint(_ cursor: inout WireCursor, _ metric: WireMetric) {
        let rows = batch.exponentialHistograms
        var (start, time, count, zeroCount): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        var (sum, min, max, zeroThreshold) = (0.0, 0.0, 0.0, 0.0)
        var (scale, positiveOffset, negativeOffset): (Int32, Int32, Int32) = (0, 0, 0)
        var presence: HistogramPresence = []
        var flags: UInt32 = 0
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x0A: wire.attributes.append(cursor.bytes())
            case 0x11: start = cursor.fixed64()
            case 0x19: time = cursor.fixed64()
            case 0x21: count = cursor.fixed64()
            case 0x29: (sum, presence) = (cursor.double(), presence.union(.sum))
            case 0x30: scale = cursor.zigZag32()
            case 0x39: zeroCount = cursor.fixed64()
            case 0x42: readBuckets(&cursor, &positiveOffset, rows.positiveCounts)
            case 0x4A: readBuckets(&cursor, &negativeOffset, rows.negativeCounts)
            case 0x50: flags = UInt32(truncatingIfNeeded: cursor.varint())
            case 0x5A: wire.exemplars.append(cursor.bytes())
            case 0x61: (min, presence) = (cursor.double(), presence.union(.min))
            case 0x69: (max, presence) = (cursor.double(), presence.union(.max))
            case 0x71: zeroThreshold = cursor.double()
            default: cursor.skip(tag, level: pointLevel)
            }
        }
        guard cursor.failure == .none else { return }
        let series = seriesID(metric, level: pointLevel, &cursor)
        appendExemplars(of: series, pointTime: time, level: pointLevel + 1, &cursor)
        guard let series, cursor.failure == .none else {
            rows.positiveCounts.discardOpenRow()
            rows.negativeCounts.discardOpenRow()
            return
        }
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.hour.append(Timestamp(clamping: time).hours)
        rows.time.append(Timestamp(clamping: time))
        rows.startTime.append(Timestamp(clamping: start))
        rows.pointCount.append(count)
        rows.sum.append(sum)
        rows.min.append(min)
        rows.max.append(max)
        rows.presence.append(presence.rawValue)
        rows.scale.append(scale)
        rows.zeroCount.append(zeroCount)
        rows.zeroThreshold.append(zeroThreshold)
        rows.positiveOffset.append(positiveOffset)
        rows.positiveCounts.closeRow()
        rows.negativeOffset.append(negativeOffset)
        rows.negativeCounts.closeRow()
        rows.flags.append(flags)
        if metric.isDelta(start: start, time: time) { appendTotals(ofLastRowIn: rows) }
        target.note(Timestamp(clamping: time))
    }

    /// A `SummaryDataPoint`.
    mutating func appendSummaryPoint(_ cursor: inout WireCursor, _ metric: WireMetric) {
        let rows = batch.summaries
        var (start, time, count): (UInt64, UInt64, UInt64) = (0, 0, 0)
        var sum = 0.0
        var flags: UInt32 = 0
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x11: start = cursor.fixed64()
            case 0x19: time = cursor.fixed64()
            case 0x21: count = cursor.fixed64()
            case 0x29: sum = cursor.double()
            case 0x32:
                var quantile = cursor.message()
                readQuantile(&quantile, rows)
                cursor.absorb(quantile)
            case 0x3A: wire.attributes.append(cursor.bytes())
            case 0x40: flags = UInt32(truncatingIfNeeded: cursor.varint())
            default: cursor.skip(tag, level: pointLevel)
            }
        }
        guard cursor.failure == .none else { return }
        guard let series = seriesID(metric, level: pointLevel, &cursor), cursor.failure == .none else {
            rows.quantiles.discardOpenRow()
            rows.quantileValues.discardOpenRow()
            return
        }
        rows.seriesID.append(series)
        rows.receivedTime.append(receivedTime)
        rows.time.append(Timestamp(clamping: time))
        rows.startTime.append(Timestamp(clamping: start))
        rows.pointCount.append(count)
        rows.sum.append(sum)
        rows.quantiles.closeRow()
        rows.quantileValues.closeRow()
        rows.flags.append(flags)
        target.note(Timestamp(clamping: time))
    }

    private mutating func readQuantile(_ cursor: inout WireCursor, _ rows: SummaryBlock) {
        count(&cursor)
        var (quantile, value) = (0.0, 0.0)
        while !cursor.isAtEnd {
            let tag = cursor.tag()
            switch tag {
            case 0x09: quantile = cursor.double()
            case 0x11: value = cursor.double()
            default: cursor.skip(tag, level: pointLevel + 1)
            }
        }
        rows.quantiles.items.append(quantile)
        rows.quantileValues.items.append(value)
    }

    /// `Buckets` that occur twice are merged: the last offset, all counts.
    private func readBuckets(
        _ cursor: inout WireCursor, _ offset: inout Int32, _ counts: ListColumn<FixedColumn<UInt64>>
    ) {
        var buckets = cursor.message()
        while !buckets.isAtEnd {
            let tag = buckets.tag()
            switch tag {
            case 0x08: offset = buckets.zigZag32()
            case 0x10: counts.items.append(buckets.varint())
            case 0x12:
                var packed = buckets.message()
                while !packed.isAtEnd { counts.items.append(packed.varint()) }
                buckets.absorb(packed)
            default: buckets.skip(tag, level: pointLevel + 1)
            }
        }
        cursor.absorb(buckets)
    }
}

extension HistogramBlock {
    /// Why the point whose bounds and counts are open cannot be stored.
    ///
    /// "The number of elements in bucket_counts array must be by one greater than the number of elements in
    /// explicit_bounds array. The exception to this rule is when the length of bucket_counts is 0" (metrics.proto).
    fileprivate var rejectionOfOpenRow: RejectionReason? {
        let openBounds = Int(bounds.offsets[bounds.offsets.count - 1])..<bounds.items.count
        let counts = bucketCounts.items.count - Int(bucketCounts.offsets[bucketCounts.offsets.count - 1])
        guard counts == 0 || counts == openBounds.count + 1 else { return .bucketCountMismatch }
        let values = bounds.items.values.elements
        for index in openBounds.dropFirst() where !(values[index - 1] < values[index]) { return .boundsNotIncreasing }
        if let first = openBounds.first, values[first].isNaN { return .boundsNotIncreasing }
        return nil
    }
}

extension WireCursor {
    /// A packed list of fixed-width values of eight bytes.
    @inline(__always)
    mutating func packedFixed64(_ append: (UInt64) -> Void) {
        var packed = message()
        while !packed.isAtEnd {
            let value = packed.fixed64()
            if packed.failure == .none { append(value) }
        }
        absorb(packed)
    }

    /// A `sint32`.
    @inline(__always)
    mutating func zigZag32() -> Int32 {
        let value = UInt32(truncatingIfNeeded: varint())
        return Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
    }
}
