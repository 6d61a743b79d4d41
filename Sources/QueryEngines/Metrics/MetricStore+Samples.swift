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
        try await select(request, newestOnly: false)
    }

    /// - Parameter newestOnly: of each series of numbers the newest sample is enough.
    func select(_ request: SeriesRequest, newestOnly: Bool) async throws -> SeriesSet {
        try await refresh()
        var read = SampleRead(request, limits, newestOnly: newestOnly)
        for (labels, place, sources) in try entries(matching: request.matchers) {
            for source in sources { read.add(source, place, labels) }
        }
        for part in read.parts { try await self.read(part, &read) }
        return read.finish()
    }

    /// Entries that match, with their labels. The index is held for some thousands at a time, so that a large selection
    /// does not keep others from it; when another index took its place meanwhile, it begins anew.
    private func entries(
        matching matchers: [LabelMatcher]
    ) throws -> [(labels: Labels, place: Int32, sources: [SeriesIndex.Source])] {
        let (places, generation) = index.withLock { ($0.select(matchers), $0.generation) }
        guard places.count <= limits.selectedSeriesMax else {
            throw QueryError(
                .execution,
                "the selector matches \(places.count) series, limit is \(limits.selectedSeriesMax); narrow it")
        }
        var found: [(labels: Labels, place: Int32, sources: [SeriesIndex.Source])] = []
        found.reserveCapacity(places.count)
        for start in stride(from: 0, to: places.count, by: 4096) {
            try Task.checkCancellation()
            let isSame = index.withLock { index in
                guard index.generation == generation else { return false }
                for place in places[start..<min(start + 4096, places.count)] {
                    found.append((index.labels(of: place), place, index.entries[Int(place)].sources))
                }
                return true
            }
            guard isSame else { return try entries(matching: matchers) }
        }
        return found
    }

    private func read(_ part: SampleRead.Table, _ read: inout SampleRead) async throws {
        var inner = read
        read = SampleRead(inner.request, limits, newestOnly: false)
        try await store.engine.query(
            inner.select(part).statement, access: .own(settings: limits.settings)
        ) { batch in
            try inner.take(batch, of: part)
            try inner.collector.checkLimit()
        }
        read = inner
    }
}

/// One read of samples: what is looked for, and what was found.
struct SampleRead {
    /// A statement's worth of samples.
    enum Table: Int, CaseIterable {
        case numbers, sums, histograms, exponential, native, summaries, targets
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
    private let newestOnly: Bool

    init(_ request: SeriesRequest, _ limits: MetricStoreLimits, newestOnly: Bool) {
        self.request = request
        self.newestOnly = newestOnly
        collector = SampleCollector(
            startExclusive: request.startExclusive, end: request.end,
            samplesMax: min(limits.samplesMax, request.hints.samplesMax ?? .max))
    }

    var parts: [Table] { Table.allCases.filter { wanted[$0] != nil } }

    mutating func add(_ source: SeriesIndex.Source, _ entry: Int32, _ labels: Labels) {
        let table = Table(source)
        if wanted[table]?.ids.isEmpty ?? true { wanted[table] = Wanted() }
        switch source.part {
        case .number, .native, .exponential, .target:
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
        // Of a metric whose buckets stand in the samples somebody may have sent plain series, too.
        let mayBeShared = labels.has("le") || labels.has("quantile")
        let made = mayBeShared ? collector.slot(for: labels) : collector.addSlot(labels)
        slotOfEntry[entry] = made
        return made
    }

    func finish() -> SeriesSet {
        var set = collector.finish()
        if leftOut > 0 {
            set.warnings.append(
                "\(leftOut) exponential histograms have a scale below -4 or too many buckets and are left out")
        }
        return set
    }

    // MARK: Statements

    /// ```sql
    /// SELECT series_id, time, value FROM telemetry.metric_samples
    /// WHERE (hour >= a AND hour <= b AND time >= … AND time < … AND series_id >= {p0:UInt64}
    ///        AND series_id <= {p1:UInt64} AND series_id IN {p2:Array(UInt64)})
    /// ```
    ///
    /// The range is of whole milliseconds, as PromQL counts.
    func select(_ table: Table) -> Select {
        let from = Timestamp(clampingMilliseconds: request.startExclusive &+ 1)
        let (next, overflow) = request.end.addingReportingOverflow(1)
        let to = Timestamp(clampingMilliseconds: overflow ? .max : next)
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
        conditions += SeriesFilter.conditions(on: wanted[table]?.ids ?? [])
        if newestOnly, table == .numbers {
            return Select(
                [
                    .init(.column("series_id")), .init(.call("max", .column("time"))),
                    .init(.call("argMax", .column("value"), .column("time"))),
                ], from: table.name, where: .and(conditions), groupBy: [.column("series_id")])
        }
        return Select(
            table.columns(withTotals: needsTotals).map { .init(.column($0)) }, from: table.name, where: .and(conditions)
        )
    }

    // MARK: Rows

    /// - Throws: when a column is not of the type that the schema says: an answer without its samples would look right.
    mutating func take(_ batch: ResultBatch, of table: Table) throws(EngineError) {
        guard batch.rows > 0 else { return }
        guard let ids = batch.columns[0].fixed(UInt64.self), let times = batch.columns[1].fixed(Int64.self) else {
            throw table.unreadable
        }
        if tables[table] == nil {
            let wanted = wanted[table] ?? Wanted()
            tables[table] = SlotTable(wanted.slots.isEmpty ? [] : Array(zip(wanted.ids, wanted.slots)))
        }
        switch table {
        case .numbers: try takeNumbers(batch, ids, times)
        case .sums: try takeSums(batch, ids, times)
        case .histograms: try takeHistograms(batch, ids, times)
        case .exponential: try takeExponential(batch, ids, times)
        case .native: try takeNative(batch, ids, times)
        case .summaries: try takeSummaries(batch, ids, times)
        case .targets: takeTargets(ids, times)
        }
    }

    private mutating func takeNumbers(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) throws(EngineError) {
        guard let values = batch.columns[2].fixed(Double.self), var slots = tables[.numbers] else {
            throw Table.numbers.unreadable
        }
        collector.append(ids: ids, nanoseconds: times, values: values, slots: &slots)
    }

    /// Delta series, as sums; see `RunningTotals`.
    private mutating func takeSums(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) throws(EngineError) {
        guard let values = batch.columns[2].fixed(Double.self), let totals = batch.columns[3].fixed(Double.self),
            let starts = batch.columns[4].fixed(Int64.self), var slots = tables[.sums]
        else { throw Table.sums.unreadable }
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
    ) throws(EngineError) {
        let columns = batch.columns
        guard let counts = columns[2].fixed(UInt64.self), let sums = columns[3].fixed(Double.self),
            let presences = columns[4].fixed(UInt8.self), let flags = columns[5].fixed(UInt32.self),
            let (boundOffsets, boundItems) = columns[6].list, let (countOffsets, countItems) = columns[7].list
        else { throw Table.histograms.unreadable }
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
                // A point that only says that the series has ended may come without bounds.
                if isStale {
                    for slot in family.allSlots { collector.append(slot, time: time, value: StaleMarker.value) }
                }
                for (place, slot) in slots.enumerated() where !isStale {
                    // Without buckets there is the last one alone, and it holds everything.
                    if let buckets, place < buckets.count { below &+= buckets[place] }
                    let value = place == slots.count - 1 ? count : Double(below)
                    if let zeroTime { collector.append(slot, time: zeroTime, value: 0) }
                    collector.append(slot, time: time, value: value)
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
    ) throws(EngineError) {
        let columns = batch.columns
        guard let counts = columns[2].fixed(UInt64.self), let sums = columns[3].fixed(Double.self),
            let flags = columns[4].fixed(UInt32.self), let (offsets, quantileItems) = columns[5].list,
            let (_, valueItems) = columns[6].list
        else { throw Table.summaries.unreadable }
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
                if isStale {
                    for slot in family.allSlots { collector.append(slot, time: time, value: StaleMarker.value) }
                }
                for (place, slot) in zip(range, slots) where !isStale {
                    collector.append(slot, time: time, value: values[place])
                }
            }
            collector.append(family.sum, time: time, value: isStale ? StaleMarker.value : sums[row])
            collector.append(family.count, time: time, value: isStale ? StaleMarker.value : Double(counts[row]))
        }
    }

    private mutating func takeExponential(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) throws(EngineError) {
        guard var slots = tables[.exponential] else { return }
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

    private mutating func takeTargets(_ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>) {
        guard var slots = tables[.targets] else { return }
        for row in ids.indices {
            collector.append(slots.slot(of: ids[row]), time: SampleCollector.milliseconds(times[row]), value: 1)
        }
    }

    /// Points that no native histogram can say.
    private(set) var leftOut = 0

    private mutating func takeNative(
        _ batch: ResultBatch, _ ids: UnsafeBufferPointer<UInt64>, _ times: UnsafeBufferPointer<Int64>
    ) throws(EngineError) {
        guard var slots = tables[.native], let reader = NativeHistogramRows(batch.columns) else {
            throw Table.native.unreadable
        }
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
        case .target: self = .targets
        }
    }

    var name: TableName {
        switch self {
        case .numbers, .sums: TelemetrySchema.metricSamples.name
        case .histograms: TelemetrySchema.metricHistograms.name
        case .exponential: TelemetrySchema.metricExponentialHistograms.name
        case .native: TelemetrySchema.metricNativeHistograms.name
        case .summaries: TelemetrySchema.metricSummaries.name
        case .targets: TelemetrySchema.metricTargets.name
        }
    }

    var hasHour: Bool { self != .summaries }

    var unreadable: EngineError {
        EngineError(.query, "the columns of \(name.table) are not those of this version's schema")
    }

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
        case .targets: ["series_id", "time"]
        }
    }
}
