import PrometheusModel
import TelemetryModel

/// Counts and latencies of spans by service, name, kind and status.
///
/// - Series: `traces_spanmetrics_calls_total`, `traces_spanmetrics_latency_bucket`, `_sum`, `_count` (seconds), labels
///   `service`, `span_name`, `span_kind`, `status_code` and what the options add.
/// - Not there: `traces_spanmetrics_size_total`. A span's size is that of its protobuf message, and the columns do not
///   keep it.
/// - Cost: a block has a table of its own from the numbers of service and name to the slot; texts are looked at once
///   for each label set of a block.
struct SpanMetrics: Sendable {
    private let options: SpanMetricsOptions
    private(set) var table: SlotTable
    private var latency: LatencyHistograms
    private let dimensions: [(attribute: String, label: String)]
    /// Spans of label sets for which there was no slot.
    private(set) var refused = 0
    private var cache = SlotCache()
    private var key = LabelKey()

    private static let callsBit: UInt16 = 1
    private static let latencyBit: UInt16 = 2

    init(_ options: SpanMetricsOptions) {
        self.options = options
        table = SlotTable(limit: options.labelSetsMax)
        latency = LatencyHistograms(options.buckets)
        var taken: Set = [
            "service", "span_name", "span_kind", "status_code", "status_message", "job", "instance", "le",
            Labels.nameLabel,
        ]
        var dimensions: [(attribute: String, label: String)] = []
        for attribute in options.dimensions where !dimensions.contains(where: { $0.attribute == attribute }) {
            let label = SpanText.label(attribute, taken: taken)
            guard taken.insert(label).inserted else { continue }
            dimensions.append((attribute, label))
        }
        self.dimensions = dimensions
    }

    /// Attributes that are looked for in resources and in spans.
    var attributes: [String] { dimensions.map(\.attribute) }

    /// Service, name, kind and status are the whole label set.
    private var isPlain: Bool { dimensions.isEmpty && !options.hasTargetLabels && !options.hasStatusMessage }

    mutating func observe(_ block: SpanBlock, _ context: inout DerivedContext) {
        let rows = block.rows
        let services = block.service.indexes.elements
        let names = block.name.indexes.elements
        let kinds = block.kind.values.elements
        let statuses = block.statusCode.values.elements
        let starts = block.startTime.values.elements
        let durations = block.duration.values.elements
        let traces = UnsafeRawBufferPointer(block.traceID.values.elements)
        let isPlain = isPlain
        cache.begin()
        for row in 0..<rows {
            let end = starts[row].nanoseconds &+ durations[row]
            guard context.isInRange(end) else { continue }
            var slot: Int
            if isPlain, let short = SlotCache.key(services[row], names[row], kinds[row], statuses[row]) {
                slot = cache[short]
                if slot == SlotCache.unknown {
                    slot = self.slot(row, block, &context)
                    cache.insert(short, slot)
                }
            } else {
                slot = self.slot(row, block, &context)
            }
            guard slot >= 0 else {
                refused += 1
                continue
            }
            if table.touch(slot, lastTick: context.lastTick) { latency.keep(slot) }
            let trace = TraceWords(
                first: traces.loadUnaligned(fromByteOffset: row * 16, as: UInt64.self),
                second: traces.loadUnaligned(fromByteOffset: row * 16 + 8, as: UInt64.self))
            latency.add(max(0, durations[row]), to: slot, trace: trace, time: end)
        }
    }

    /// The slot of a row's label set; `SlotCache.none` when there is none for it.
    @inline(never)
    private mutating func slot(_ row: Int, _ block: SpanBlock, _ context: inout DerivedContext) -> Int {
        key.removeAll()
        key.append(SpanText.cut(block.service.interner.values.utf8(at: Int(block.service.indexes[row]))))
        key.append(SpanText.cut(block.name.interner.values.utf8(at: Int(block.name.indexes[row]))))
        key.append(block.kind[row])
        key.append(block.statusCode[row])
        var extra: [Label] = []
        if !isPlain {
            extra = extraLabels(row, block, &context)
            for label in extra { key.append(label.value) }
        }
        let hash = key.bytes.withUnsafeBufferPointer { SlotTable.hash($0) }
        if let known = key.bytes.withUnsafeBufferPointer({ table.find($0, hash: hash) }) { return known }
        guard table.usedCount < table.limit else { return SlotCache.none }
        let services = block.service.interner.values
        let names = block.name.interner.values
        let labels = LabelTemplate(
            extra + [
                Label("service", SpanText.bounded(services.utf8(at: Int(block.service.indexes[row])))),
                Label("span_name", SpanText.bounded(names.utf8(at: Int(block.name.indexes[row])))),
                Label("span_kind", SpanText.kind(block.kind[row])),
                Label("status_code", SpanText.status(block.statusCode[row])),
            ])
        guard let place = key.bytes.withUnsafeBufferPointer({ table.insert($0, hash: hash, labels: labels) }) else {
            return SlotCache.none
        }
        if place.isNew {
            latency.grow(to: table.slots.count)
            latency.clear(place.slot)
        }
        return place.slot
    }

    private func extraLabels(_ row: Int, _ block: SpanBlock, _ context: inout DerivedContext) -> [Label] {
        let facts = context.facts(of: block.resourceID[row])
        var labels: [Label] = []
        if !dimensions.isEmpty { context.scan.scan(row, block.attributes) }
        for dimension in dimensions {
            labels.append(Label(dimension.label, context.value(of: dimension.attribute, facts, block.attributes)))
        }
        if options.hasTargetLabels {
            let name = SpanText.bounded(block.service.interner.values.utf8(at: Int(block.service.indexes[row])))
            let job = facts.namespace.isEmpty || name.isEmpty ? name : "\(facts.namespace)/\(name)"
            labels.append(Label("job", job))
            labels.append(Label("instance", facts.instance))
        }
        if options.hasStatusMessage {
            labels.append(Label("status_message", SpanText.bounded(block.statusMessage.utf8(at: row))))
        }
        return labels
    }
}

extension SpanMetrics: DerivedFamily {
    private static let calls = DerivedMetricName(
        "traces_spanmetrics_calls_total", .counter, "Spans by service, name, kind and status")
    private static let seconds = DerivedHistogramName("traces_spanmetrics_latency", "Durations of spans")

    mutating func write(_ slot: Int, _ writer: inout DerivedWriter) -> UInt16 {
        let labels = table.slots[slot].labels
        let moment = writer.moment(of: table.slots[slot], Self.callsBit)
        writer.counter(
            Self.calls, labels, latency.count(slot), before: latency.countBefore(slot), moment)
        writer.histogram(Self.seconds, labels, &latency, slot, writer.moment(of: table.slots[slot], Self.latencyBit))
        return Self.callsBit | Self.latencyBit
    }

    func writeEnd(_ slot: Int, _ writer: inout DerivedWriter) {
        let labels = table.slots[slot].labels
        guard table.slots[slot].emitted != 0 else { return }
        writer.end(Self.calls, labels)
        writer.end(Self.seconds, labels, latency.buckets)
    }

    mutating func withTable<R>(_ body: (inout SlotTable) -> R) -> R { body(&table) }
}

/// From the numbers of service and name, kind and status to the slot, within one block.
struct SlotCache: Sendable {
    static let unknown = -2
    /// There is no slot for the label set.
    static let none = -1

    /// Key + 1, 0 = empty.
    private var keys = [UInt64](repeating: 0, count: 1024)
    private var slots = [Int32](repeating: 0, count: 1024)
    private var count = 0

    /// Nil for kinds and states that OTLP does not name, and for numbers of texts that no block reaches.
    @inline(__always)
    static func key(_ service: Int32, _ name: Int32, _ kind: Int32, _ status: Int32) -> UInt64? {
        guard kind >= 0, kind < 8, status >= 0, status < 4, service >= 0, name >= 0, service < 1 << 28 else {
            return nil
        }
        return UInt64(truncatingIfNeeded: service) << 36 | UInt64(truncatingIfNeeded: name) << 5
            | UInt64(truncatingIfNeeded: kind) << 2 | UInt64(truncatingIfNeeded: status)
    }

    mutating func begin() {
        guard count > 0 else { return }
        for place in keys.indices { keys[place] = 0 }
        count = 0
    }

    @inline(__always)
    private func place(_ key: UInt64) -> Int {
        let product = key.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: product.high ^ product.low)
    }

    @inline(__always)
    subscript(key: UInt64) -> Int {
        let mask = keys.count - 1
        var place = place(key) & mask
        while keys[place] != 0 {
            if keys[place] == key &+ 1 { return Int(slots[place]) }
            place = (place + 1) & mask
        }
        return Self.unknown
    }

    mutating func insert(_ key: UInt64, _ slot: Int) {
        if count * 2 >= keys.count { grow() }
        put(key &+ 1, Int32(slot))
        count += 1
    }

    private mutating func put(_ stored: UInt64, _ slot: Int32) {
        let mask = keys.count - 1
        var place = place(stored &- 1) & mask
        while keys[place] != 0 { place = (place + 1) & mask }
        keys[place] = stored
        slots[place] = slot
    }

    private mutating func grow() {
        let (oldKeys, oldSlots) = (keys, slots)
        keys = Array(repeating: 0, count: oldKeys.count * 2)
        slots = Array(repeating: 0, count: oldKeys.count * 2)
        for place in oldKeys.indices where oldKeys[place] != 0 { put(oldKeys[place], oldSlots[place]) }
    }
}
