import ClickHouse
package import PromQLEvaluation
import PrometheusModel
import SQLSyntax
import Synchronization
import TelemetryModel
import TelemetryStore

extension MetricStore: SeriesSource {
    /// Reads the samples of the matching series.
    ///
    /// - Cost: one statement for each table that has some of them; their memory grows with the samples.
    package func select(_ request: SeriesRequest) async throws -> SeriesSet {
        try await refresh()
        var read = SampleRead(request, limits)
        let places = selection(request.matchers)
        guard !places.isEmpty else { return SeriesSet() }
        index.withLock { index in
            for place in places {
                let entry = index.entries[Int(place)]
                let labels = index.labels(of: place)
                for source in entry.sources { read.add(source, place, labels) }
            }
        }
        for part in read.parts { try await self.read(part, &read) }
        return read.finish()
    }

    private func read(_ part: SampleRead.Table, _ read: inout SampleRead) async throws {
        var failure: (any Error)?
        var inner = read
        read = SampleRead(inner.request, limits)
        try await store.engine.query(
            inner.select(part).statement, access: .own(settings: limits.settings)
        ) { batch in
            inner.take(batch, of: part)
            do { try inner.collector.checkLimit() } catch { failure = error }
            if let failure { throw failure }
        }
        read = inner
    }
}

/// One read of samples: what is looked for, and what was found.
struct SampleRead {
    /// A statement's worth of samples.
    enum Table: Int, CaseIterable {
        case numbers, sums, histograms, exponential, native, summaries
    }

    /// A stored series that is looked for, in one table.
    private struct Wanted {
        var ids: [UInt64] = []
        var slots: [Int32] = []
    }

    let request: SeriesRequest
    var collector: SampleCollector
    /// For tables that give one series an id.
    private var wanted: [Table: Wanted] = [:]
    private var tables: [Table: SlotTable] = [:]
    private var slotOfEntry: [Int32: Int32] = [:]
    /// For histograms and summaries: which of their series are asked for.
    private var families: [UInt64: Family] = [:]
    private var needsTotals = false

    init(_ request: SeriesRequest, _ limits: MetricStoreLimits) {
        self.request = request
        collector = SampleCollector(
            startExclusive: request.startExclusive, end: request.end, samplesMax: limits.samplesMax)
    }

    var parts: [Table] { Table.allCases.filter { wanted[$0] != nil } }

    mutating func add(_ source: SeriesIndex.Source, _ entry: Int32, _ labels: Labels) {
        let table = Table(source)
        if wanted[table]?.ids.isEmpty ?? true { wanted[table] = Wanted() }
        switch source.part {
        case .number, .native, .exponential:
            wanted[table]?.ids.append(source.id)
            let slot = slot(of: entry, labels)
            wanted[table]?.slots.append(slot)
        case .bucket, .quantile:
            if families[source.id] == nil { wanted[table]?.ids.append(source.id) }
            families[source.id, default: Family()].base = labels
        case .histogramSum, .summarySum:
            if families[source.id] == nil { wanted[table]?.ids.append(source.id) }
            families[source.id, default: Family()].sum = slot(of: entry, labels)
        case .histogramCount, .summaryCount:
            if families[source.id] == nil { wanted[table]?.ids.append(source.id) }
            families[source.id, default: Family()].count = slot(of: entry, labels)
        }
        if table == .histograms, source.isSummedUp { needsTotals = true }
    }

    private mutating func slot(of entry: Int32, _ labels: Labels) -> Int32 {
        if let known = slotOfEntry[entry] { return known }
        let made = collector.addSlot(labels)
        slotOfEntry[entry] = made
        return made
    }

    func finish() -> SeriesSet { collector.finish() }

    // MARK: Statements

    /// ```sql
    /// SELECT series_id, time, value FROM telemetry.metric_samples
    /// WHERE (hour >= a AND hour <= b AND time >= … AND time < … AND series_id IN {p0:Array(UInt64)})
    /// ```
    ///
    /// The range is of whole milliseconds, as PromQL counts.
    func select(_ table: Table) -> Select {
        let from = Timestamp(clampingMilliseconds: request.startExclusive &+ 1)
        let to = Timestamp(clampingMilliseconds: request.end &+ 1)
        func time(_ value: Timestamp) -> Expression { .call("fromUnixTimestamp64Nano", .integer(value.nanoseconds)) }
        var conditions: [Expression] = []
        if table.hasHour {
            conditions += [
                .comparison(.column("hour"), .greaterOrEqual, .integer(Int64(from.hours))),
                .comparison(.column("hour"), .lessOrEqual, .integer(Int64(to.hours))),
            ]
        }
        conditions += [
            .comparison(.column("time"), .greaterOrEqual, time(from)), .comparison(.column("time"), .less, time(to)),
        ]
        let ids = wanted[table]?.ids ?? []
        if ids.count <= Self.listedIDsMax {
            conditions.append(.inArray(.column("series_id"), .unsigned(ids.sorted())))
        }
        return Select(
            table.columns(withTotals: needsTotals).map { .init(.column($0)) }, from: table.name, where: .and(conditions)
        )
    }

    /// With more series than these everything in the range is read and sorted out here: the list would be longer than a
    /// statement may be.
    private static let listedIDsMax = 8_000

    // MARK: Rows

    mutating func take(_ batch: ResultBatch, of table: Table) {
        guard batch.rows > 0, let ids = batch.columns[0].fixed(UInt64.self),
            let times = batch.columns[1].fixed(Int64.self)
        else { return }
        if tables[table] == nil {
            var made = SlotTable(capacity: wanted[table]?.ids.count ?? 0)
            if let wanted = wanted[table], !wanted.slots.isEmpty {
                for (id, slot) in zip(wanted.ids, wanted.slots) { made.insert(id, slot) }
            }
            tables[table] = made
        }
        switch table {
        case .numbers: takeNumbers(batch, ids, times)
        case .sums: takeSums(batch, ids, times)
        case .histograms: takeHistograms(batch, ids, times)
        case .exponential: takeExponential(batch, ids, times)
        case .native: takeNative(batch, ids, times)
        case .summaries: takeSummaries(batch, ids, times)
        }
    }

    private mutating func takeNumbers(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) {
        guard let values = batch.columns[2].fixed(Double.self), let slots = tables[.numbers] else { return }
        var row = 0
        while row < ids.count {
            let id = ids[row]
            var end = row + 1
            while end < ids.count, ids[end] == id { end += 1 }
            let slot = slots.slot(of: id)
            if slot >= 0 {
                collector.append(
                    slot, nanoseconds: UnsafeBufferPointer(rebasing: times[row..<end]),
                    values: UnsafeBufferPointer(rebasing: values[row..<end]))
            }
            row = end
        }
    }

    /// Delta series, as sums; see `RunningTotals`.
    private mutating func takeSums(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) {
        guard let values = batch.columns[2].fixed(Double.self), let totals = batch.columns[3].fixed(Double.self),
            let starts = batch.columns[4].fixed(Int64.self), let slots = tables[.sums]
        else { return }
        for row in ids.indices {
            let slot = slots.slot(of: ids[row])
            guard slot >= 0 else { continue }
            let time = SampleCollector.milliseconds(times[row])
            if StaleMarker.isStale(values[row]) {
                collector.append(slot, time: time, value: StaleMarker.value)
                continue
            }
            guard let total = RunningTotal(totals[row]) else { continue }
            if total.isSummedUp, total.value == values[row] {
                collector.append(slot, time: RunningTotal.timeOfZero(start: starts[row], time: times[row]), value: 0)
            }
            collector.append(slot, time: time, value: total.isSummedUp ? total.value : values[row])
        }
    }

    private mutating func takeHistograms(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) {
        let columns = batch.columns
        guard let counts = columns[2].fixed(UInt64.self), let sums = columns[3].fixed(Double.self),
            let presences = columns[4].fixed(UInt8.self), let flags = columns[5].fixed(UInt32.self),
            let (boundOffsets, boundItems) = columns[6].list, let (countOffsets, countItems) = columns[7].list
        else { return }
        let bounds = boundItems.fixed(Double.self)
        let bucketCounts = countItems.fixed(UInt64.self)
        let totals = needsTotals ? HistogramTotals(columns) : nil
        for row in ids.indices {
            guard var family = families[ids[row]] else { continue }
            let time = SampleCollector.milliseconds(times[row])
            let isStale = flags[row] & 1 == 1
            var count = Double(counts[row])
            var sum = sums[row]
            var buckets = bucketCounts.map {
                UnsafeBufferPointer(rebasing: $0[Int(countOffsets[row])..<Int(countOffsets[row + 1])])
            }
            var zeroTime: Int64?
            if let totals, !isStale {
                guard let total = RunningTotal(totals.counts[row]) else { continue }
                if total.isSummedUp {
                    if total.value == count {
                        zeroTime = RunningTotal.timeOfZero(start: totals.starts[row], time: times[row])
                    }
                    count = total.value
                    sum = totals.sums[row]
                    buckets = totals.buckets(row)
                }
            }
            if family.base != nil {
                let range = Int(boundOffsets[row])..<Int(boundOffsets[row + 1])
                let rowBounds = bounds.map { UnsafeBufferPointer(rebasing: $0[range]) }
                let slots = family.bucketSlots(rowBounds, request.matchers, &collector)
                families[ids[row]] = family
                var below: UInt64 = 0
                for (place, slot) in slots.enumerated() {
                    // Without buckets there is the last one alone, and it holds everything.
                    if let buckets, place < buckets.count { below &+= buckets[place] }
                    let value = place == slots.count - 1 ? count : Double(below)
                    if let zeroTime { collector.append(slot, time: zeroTime, value: 0) }
                    collector.append(slot, time: time, value: isStale ? StaleMarker.value : value)
                }
            }
            if let zeroTime {
                collector.append(family.sum, time: zeroTime, value: 0)
                collector.append(family.count, time: zeroTime, value: 0)
            }
            if presences[row] & HistogramPresence.sum.rawValue != 0 || isStale {
                collector.append(family.sum, time: time, value: isStale ? StaleMarker.value : sum)
            }
            collector.append(family.count, time: time, value: isStale ? StaleMarker.value : count)
        }
    }

    private mutating func takeSummaries(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) {
        let columns = batch.columns
        guard let counts = columns[2].fixed(UInt64.self), let sums = columns[3].fixed(Double.self),
            let flags = columns[4].fixed(UInt32.self), let (offsets, quantileItems) = columns[5].list,
            let (_, valueItems) = columns[6].list
        else { return }
        let quantiles = quantileItems.fixed(Double.self)
        let values = valueItems.fixed(Double.self)
        for row in ids.indices {
            guard var family = families[ids[row]] else { continue }
            let time = SampleCollector.milliseconds(times[row])
            let isStale = flags[row] & 1 == 1
            if family.base != nil, let quantiles, let values {
                let range = Int(offsets[row])..<Int(offsets[row + 1])
                let slots = family.quantileSlots(
                    UnsafeBufferPointer(rebasing: quantiles[range]), request.matchers, &collector)
                families[ids[row]] = family
                for (place, slot) in zip(range, slots) {
                    collector.append(slot, time: time, value: isStale ? StaleMarker.value : values[place])
                }
            }
            collector.append(family.sum, time: time, value: isStale ? StaleMarker.value : sums[row])
            collector.append(family.count, time: time, value: isStale ? StaleMarker.value : Double(counts[row]))
        }
    }

    private mutating func takeExponential(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) {
        guard let slots = tables[.exponential] else { return }
        for row in ids.indices {
            let slot = slots.slot(of: ids[row])
            guard slot >= 0 else { continue }
            let columns = batch.columns
            func integer(_ index: Int) -> Int64 { columns[index].value(at: row).integer ?? 0 }
            func counts(_ index: Int) -> [UInt64] {
                guard let (offsets, items) = columns[index].list, let values = items.fixed(UInt64.self) else {
                    return []
                }
                return Array(values[Int(offsets[row])..<Int(offsets[row + 1])])
            }
            let histogram: NativeHistogram?
            if integer(4) & 1 == 1 {
                histogram = .staleMarker()
            } else {
                histogram = try? NativeHistogram(
                    scale: Int32(truncatingIfNeeded: integer(5)),
                    positive: .init(offset: Int32(truncatingIfNeeded: integer(7)), counts: counts(8)),
                    negative: .init(offset: Int32(truncatingIfNeeded: integer(9)), counts: counts(10)),
                    zeroCount: columns[6].value(at: row).unsignedInteger ?? 0,
                    count: columns[2].value(at: row).unsignedInteger ?? 0, sum: columns[3].value(at: row).number,
                    zeroThreshold: .zeroThreshold(ofOTLP: columns[11].value(at: row).number ?? 0))
            }
            guard let histogram else {
                leftOut += 1
                continue
            }
            collector.append(slot, time: SampleCollector.milliseconds(times[row]), histogram: histogram)
        }
    }

    /// Points that no native histogram can say.
    private(set) var leftOut = 0

    private mutating func takeNative(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) {
        guard let slots = tables[.native], let reader = NativeHistogramRows(batch.columns) else { return }
        for row in ids.indices {
            let slot = slots.slot(of: ids[row])
            guard slot >= 0 else { continue }
            collector.append(slot, time: SampleCollector.milliseconds(times[row]), histogram: reader.histogram(row))
        }
    }
}

extension SampleRead.Table {
    init(_ source: SeriesIndex.Source) {
        switch source.part {
        case .number: self = source.isSummedUp ? .sums : .numbers
        case .native: self = .native
        case .exponential: self = .exponential
        case .bucket, .histogramSum, .histogramCount: self = .histograms
        case .quantile, .summarySum, .summaryCount: self = .summaries
        }
    }

    var name: TableName {
        switch self {
        case .numbers, .sums: TelemetrySchema.metricSamples.name
        case .histograms: TelemetrySchema.metricHistograms.name
        case .exponential: TelemetrySchema.metricExponentialHistograms.name
        case .native: TelemetrySchema.metricNativeHistograms.name
        case .summaries: TelemetrySchema.metricSummaries.name
        }
    }

    var hasHour: Bool { self != .summaries }

    /// In the order in which the rows are read.
    func columns(withTotals: Bool) -> [Identifier] {
        switch self {
        case .numbers: ["series_id", "time", "value"]
        case .sums: ["series_id", "time", "value", "total", "start_time"]
        case .histograms:
            ["series_id", "time", "count", "sum", "presence", "flags", "bounds", "bucket_counts"]
                + (withTotals ? ["total_count", "total_sum", "start_time", "total_bucket_counts"] : [])
        case .exponential:
            [
                "series_id", "time", "count", "sum", "flags", "scale", "zero_count", "positive_offset",
                "positive_counts", "negative_offset", "negative_counts", "zero_threshold",
            ]
        case .native:
            [
                "series_id", "time", "count", "sum", "schema", "zero_threshold", "zero_count", "counter_reset",
                "positive_offsets", "positive_lengths", "positive_counts", "negative_offsets", "negative_lengths",
                "negative_counts", "custom_bounds",
            ]
        case .summaries: ["series_id", "time", "count", "sum", "flags", "quantiles", "quantile_values"]
        }
    }
}
