import PrometheusModel
import TelemetryModel

// Points as JSON, each with a comma behind it; members in the order of metrics.proto.
extension MetricLines {
    func write(_ table: Table, _ row: Int, _ number: Int32, to buffer: LineBuffer) {
        switch table {
        case .samples: writeSample(row, number, to: buffer)
        case .histograms: writeHistogram(row, number, to: buffer)
        case .exponentialHistograms: writeExponentialHistogram(row, number, to: buffer)
        case .summaries: writeSummary(row, number, to: buffer)
        case .nativeHistograms: writeNativeHistogram(row, number, to: buffer)
        }
    }

    private func writeSample(_ row: Int, _ number: Int32, to buffer: LineBuffer) {
        let rows = batch.samples
        var pen = open(number, rows.startTime.values[row], rows.time.values[row], room: 192, buffer)
        var flags = rows.flags.values[row]
        switch NumberKind(rawValue: rows.valueKind.values[row]) {
        case .int:
            pen.literal("\"asInt\":\"")
            pen.integer(rows.intValue.values[row])
            pen.literal("\",")
        case .double:
            let value = rows.value.values[row]
            if StaleMarker.isStale(value), series.series[Int(number)].isPrometheus {
                // A point without a value, which says so, is what the Collector makes of it.
                flags |= 1
            } else {
                pen.literal("\"asDouble\":")
                pen.double(value)
                pen.byte(0x2C)
            }
        case nil, .some(.none): break
        }
        writeExemplars(rows.seriesID.values[row], number, rows.time.values[row], &pen, buffer)
        pen.member("\"flags\":", flags)
        pen.closeObject()
        buffer.take(pen)
    }

    private func writeHistogram(_ row: Int, _ number: Int32, to buffer: LineBuffer) {
        let rows = batch.histograms
        let counts = rows.bucketCounts.numbers(row)
        let bounds = rows.bounds.numbers(row)
        let presence = HistogramPresence(rawValue: rows.presence.values[row])
        let room = 512 + counts.count * (LinePen.integerMax + 3) + bounds.count * (LinePen.doubleMax + 1)
        var pen = open(number, rows.startTime.values[row], rows.time.values[row], room: room, buffer)
        pen.count(rows.pointCount.values[row])
        if presence.contains(.sum) { pen.member("\"sum\":", rows.sum.values[row]) }
        pen.counts("\"bucketCounts\":[", counts)
        pen.doubles("\"explicitBounds\":[", bounds)
        writeExemplars(rows.seriesID.values[row], number, rows.time.values[row], &pen, buffer)
        pen.member("\"flags\":", rows.flags.values[row])
        if presence.contains(.min) { pen.member("\"min\":", rows.min.values[row]) }
        if presence.contains(.max) { pen.member("\"max\":", rows.max.values[row]) }
        pen.closeObject()
        buffer.take(pen)
    }

    private func writeExponentialHistogram(_ row: Int, _ number: Int32, to buffer: LineBuffer) {
        let rows = batch.exponentialHistograms
        let positive = rows.positiveCounts.numbers(row)
        let negative = rows.negativeCounts.numbers(row)
        let presence = HistogramPresence(rawValue: rows.presence.values[row])
        let room = 768 + (positive.count + negative.count) * (LinePen.integerMax + 3)
        var pen = open(number, rows.startTime.values[row], rows.time.values[row], room: room, buffer)
        pen.count(rows.pointCount.values[row])
        if presence.contains(.sum) { pen.member("\"sum\":", rows.sum.values[row]) }
        pen.member("\"scale\":", rows.scale.values[row])
        pen.quotedMember("\"zeroCount\":\"", rows.zeroCount.values[row])
        pen.buckets("\"positive\":{", rows.positiveOffset.values[row], positive)
        pen.buckets("\"negative\":{", rows.negativeOffset.values[row], negative)
        pen.member("\"flags\":", rows.flags.values[row])
        writeExemplars(rows.seriesID.values[row], number, rows.time.values[row], &pen, buffer)
        if presence.contains(.min) { pen.member("\"min\":", rows.min.values[row]) }
        if presence.contains(.max) { pen.member("\"max\":", rows.max.values[row]) }
        if rows.zeroThreshold.values[row].bitPattern != 0 {
            pen.member("\"zeroThreshold\":", rows.zeroThreshold.values[row])
        }
        pen.closeObject()
        buffer.take(pen)
    }

    private func writeSummary(_ row: Int, _ number: Int32, to buffer: LineBuffer) {
        let rows = batch.summaries
        let quantiles = rows.quantiles.numbers(row)
        let values = rows.quantileValues.numbers(row)
        let room = 256 + quantiles.count * (2 * LinePen.doubleMax + 32)
        var pen = open(number, rows.startTime.values[row], rows.time.values[row], room: room, buffer)
        pen.count(rows.pointCount.values[row])
        if rows.sum.values[row].bitPattern != 0 { pen.member("\"sum\":", rows.sum.values[row]) }
        if !quantiles.isEmpty {
            pen.literal("\"quantileValues\":[")
            for (quantile, value) in zip(quantiles, values) {
                pen.byte(0x7B)
                if quantile.bitPattern != 0 { pen.member("\"quantile\":", quantile) }
                if value.bitPattern != 0 { pen.member("\"value\":", value) }
                pen.closeObject()
            }
            pen.takeBack()
            pen.literal("],")
        }
        pen.member("\"flags\":", rows.flags.values[row])
        pen.closeObject()
        buffer.take(pen)
    }

    // MARK: Parts of points

    /// Bytes for the times, the flags and the names of all members of a point.
    private static let fixedRoom = 256

    /// Opens a point with its attributes and times.
    private func open(
        _ number: Int32, _ start: Timestamp, _ time: Timestamp, room: Int, _ buffer: LineBuffer
    ) -> LinePen {
        var pen = buffer.pen(room: room + Self.fixedRoom)
        pen.byte(0x7B)
        series.withAttributes(number) { text in
            buffer.take(pen)
            pen = buffer.pen(room: room + Self.fixedRoom + text.count)
            pen.bytes(text)
        }
        if start.nanoseconds > 0 {
            pen.literal("\"startTimeUnixNano\":\"")
            pen.integer(start.nanoseconds)
            pen.literal("\",")
        }
        pen.literal("\"timeUnixNano\":\"")
        pen.integer(max(0, time.nanoseconds))
        pen.literal("\",")
        return pen
    }

    func openPoint(_ number: Int32, _ start: Timestamp, _ time: Timestamp, room: Int, _ buffer: LineBuffer) -> LinePen {
        open(number, start, time, room: room, buffer)
    }

    func writeExemplars(
        _ id: UInt64, _ number: Int32, _ time: Timestamp, _ pen: inout LinePen, _ buffer: LineBuffer
    ) {
        guard !exemplars.isEmpty else { return }
        let isPrometheus = series.series[Int(number)].isPrometheus
        let found = exemplars.take(id, time.nanoseconds, isPrometheus: isPrometheus)
        guard !found.isEmpty else { return }
        pen.literal("\"exemplars\":[")
        buffer.take(pen)
        for row in found { writeExemplar(row, to: buffer) }
        buffer.closeMembers("],")
        // What comes behind the exemplars of any point.
        pen = buffer.pen(room: Self.fixedRoom + 4 * LinePen.doubleMax)
    }

    private func writeExemplar(_ row: Int, to buffer: LineBuffer) {
        let rows = batch.exemplars
        let room = 320 + exemplarAttributes.room(row)
        var pen = buffer.pen(room: room)
        pen.byte(0x7B)
        if !exemplarAttributes.isEmpty(row) {
            pen.literal("\"filteredAttributes\":[")
            _ = exemplarAttributes.write(row, &pen, buffer, room: room)
            pen.takeBack()
            pen.literal("],")
        }
        if rows.time.values[row].nanoseconds > 0 {
            pen.literal("\"timeUnixNano\":\"")
            pen.integer(rows.time.values[row].nanoseconds)
            pen.literal("\",")
        }
        switch NumberKind(rawValue: rows.valueKind.values[row]) {
        case .int:
            pen.literal("\"asInt\":\"")
            pen.integer(rows.intValue.values[row])
            pen.literal("\",")
        case .double: pen.member("\"asDouble\":", rows.value.values[row])
        case nil, .some(.none): break
        }
        let spanID: UnsafePointer<UInt64> = rows.spanID.cells()
        if spanID[row] != 0 {
            pen.literal("\"spanId\":\"")
            pen.hex(spanID[row])
            pen.literal("\",")
        }
        let traceID: UnsafePointer<UInt64> = rows.traceID.cells()
        if traceID[row * 2] | traceID[row * 2 + 1] != 0 {
            pen.literal("\"traceId\":\"")
            pen.hex(traceID[row * 2])
            pen.hex(traceID[row * 2 + 1])
            pen.literal("\",")
        }
        pen.closeObject()
        buffer.take(pen)
    }
}

extension LinePen {
    mutating func count(_ value: UInt64) { quotedMember("\"count\":\"", value) }

    /// - Parameter name: with the quote that opens the value. Zero is left out.
    mutating func quotedMember(_ name: StaticString, _ value: UInt64) {
        guard value != 0 else { return }
        literal(name)
        integer(value)
        literal("\",")
    }

    mutating func member(_ name: StaticString, _ value: Int32) {
        guard value != 0 else { return }
        literal(name)
        integer(Int64(value))
        byte(0x2C)
    }

    /// Written also when it is zero.
    mutating func member(_ name: StaticString, _ value: Double) {
        literal(name)
        double(value)
        byte(0x2C)
    }

    mutating func counts(_ opening: StaticString, _ values: some Collection<UInt64>) {
        guard !values.isEmpty else { return }
        literal(opening)
        for value in values {
            byte(0x22)
            integer(value)
            literal("\",")
        }
        takeBack()
        literal("],")
    }

    mutating func doubles(_ opening: StaticString, _ values: some Collection<Double>) {
        guard !values.isEmpty else { return }
        literal(opening)
        for value in values {
            double(value)
            byte(0x2C)
        }
        takeBack()
        literal("],")
    }

    /// A side without anything is left out: nobody knows any more whether it was sent.
    mutating func buckets(_ opening: StaticString, _ offset: Int32, _ values: some Collection<UInt64>) {
        guard offset != 0 || !values.isEmpty else { return }
        literal(opening)
        member("\"offset\":", offset)
        counts("\"bucketCounts\":[", values)
        closeObject()
    }
}

extension ListColumn {
    /// The numbers of a row, in place.
    func numbers<Number: FixedValue>(
        _ row: Int
    ) -> UnsafeBufferPointer<Number> where Items == FixedColumn<Number> {
        UnsafeBufferPointer(rebasing: items.values.elements[Int(offsets[row])..<Int(offsets[row + 1])])
    }
}
