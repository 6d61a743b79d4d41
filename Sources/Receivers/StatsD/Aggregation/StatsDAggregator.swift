package import Codecs
import PrometheusModel

/// Adds up StatsD lines between flushes: bytes and the time in, samples of series out. No clock, no socket.
///
/// - Keys: a series is known by a hash of the bytes of its name and tags, so that a line of a known series makes no text.
///   Bytes not seen before are brought into the canonical form (tags sorted, each once, names as `StatsDNaming` makes
///   them) and looked up again; other spellings of one series are remembered as aliases.
/// - Bounds: `seriesMax` series; timers keep 160 buckets and together `exactValuesMax` single values, sets 1,024 members
///   or 4 KiB; `logRecordsMax` events and service checks.
/// - Times: milliseconds since the Unix epoch. A time that goes back is taken as the one before.
package struct StatsDAggregator: Sendable {
    package struct Options: Sendable, Equatable {
        package var seriesMax = 100_000
        /// Gauges, sets and timers end with a staleness marker after this time without a value. Milliseconds.
        package var idleTime: Int64 = 300_000
        /// Counters do after this time; then everything about any series is forgotten.
        package var counterIdleTime: Int64 = 3_600_000
        /// Counters and gauges are sent again after this time though nothing changed, so that a query that looks back
        /// five minutes finds them: with a flush each ten seconds that is once a minute at the latest.
        package var repeatTime: Int64 = 50_000
        package var logRecordsMax = 10_000
        /// Single values kept in one interval by all timers together, 8 bytes each.
        package var exactValuesMax = 1 << 20

        package init() {}
    }

    private struct Slot: BitwiseCopyable {
        var kind: StatsDKind
        var isUsed = true
        /// Since the last flush.
        var isChanged = true
        /// Nothing was sent yet.
        var isNew = true
        /// A staleness marker was sent.
        var isSilent = false
        var isDeleted = false
        /// Tells aliases of an earlier series in this slot from those of the present one.
        var generation: UInt32
        /// Place in `timers` or `sets`.
        var detail: Int32 = -1
        /// A counter's sum or a gauge's value.
        var value = 0.0
        /// The highest sum of a counter that was sent.
        var sentSum = 0.0
        var firstTime: Int64
        var lastTime: Int64
        var sentTime: Int64 = 0
    }

    package let options: Options
    package var statistics = StatsDStatistics()
    /// Something arrived since the last flush: the time of the first of it.
    package private(set) var firstChangeTime: Int64?
    package private(set) var seriesCount = 0

    private let seed: LineHash.Seed
    private var aliases = SeriesIndex()
    private var canonical = SeriesIndex()
    private var slots: [Slot] = []
    private var infos: [StatsDSeriesInfo?] = []
    private var hashes: [LineHash.Value] = []
    private var freeSlots: [Int32] = []
    private var timers: [TimerState] = []
    private var freeTimers: [Int32] = []
    private var sets: [DistinctCount] = []
    private var freeSets: [Int32] = []
    /// Which kind has a metric's name, and how many series.
    private var names: [String: (kind: StatsDKind, count: Int)] = [:]
    private var logRecords: [StatsDLogRecord] = []
    private var exactValuesLeft: Int
    /// Before the epoch by as much as a first series has to keep from it.
    private var flushTime: Int64 = -3
    private var flushCursor = 0
    private var flushEnd = 0
    private var generation: UInt32 = 0

    package init(_ options: Options = Options()) { self.init(options, seed: .random()) }

    init(_ options: Options, seed: LineHash.Seed) {
        self.options = options
        self.seed = seed
        exactValuesLeft = options.exactValuesMax
    }

    // MARK: Lines

    /// Takes a datagram or any number of whole lines.
    package mutating func receive(_ bytes: UnsafeBufferPointer<UInt8>, now: Int64) {
        statistics.bytes &+= bytes.count
        StatsDParser.forEachLine(bytes) { line in receive(line: line, now: now) }
    }

    @inline(__always)
    private mutating func receive(line: UnsafeBufferPointer<UInt8>, now: Int64) {
        statistics.lines &+= 1
        statistics.lastLineTime = now
        do throws(StatsDProblem) {
            if line[0] == UInt8(ascii: "_"), StatsDParser.isEvent(line) || StatsDParser.isServiceCheck(line) {
                return try receive(logRecord: line, now)
            }
            add(line, try StatsDParser.parse(line), now)
        } catch {
            statistics.count(error, line, now: now)
        }
    }

    private mutating func receive(logRecord line: UnsafeBufferPointer<UInt8>, _ now: Int64) throws(StatsDProblem) {
        let record: StatsDLogRecord
        if StatsDParser.isEvent(line) {
            record = try StatsDEvent.parse(line, receivedTime: now)
            statistics.events &+= 1
        } else {
            record = try StatsDServiceCheck.parse(line, receivedTime: now)
            statistics.serviceChecks &+= 1
        }
        guard logRecords.count < options.logRecordsMax else {
            statistics.logRecordsDropped &+= 1
            return
        }
        logRecords.append(record)
        if firstChangeTime == nil { firstChangeTime = now }
    }

    @inline(__always)
    private mutating func add(_ bytes: UnsafeBufferPointer<UInt8>, _ line: StatsDLine, _ now: Int64) {
        var hash = LineHash(seed)
        hash.combine(bytes, line.head)
        hash.combine(bytes, line.tags)
        line.forEachValue(in: bytes) { type, value, isSigned, rate, range in
            statistics.values &+= 1
            let key = hash.finish(UInt64(type.rawValue))
            let slot: Int
            if let known = aliases.find(key), slots[Int(known.slot)].generation == known.generation {
                slot = Int(known.slot)
            } else {
                do throws(StatsDRejection) {
                    slot = try meet(bytes, line, type, key, now)
                } catch {
                    return statistics.count(error, bytes, now: now)
                }
            }
            if let rejection = apply(slot, value, isSigned, 1 / rate, bytes, range, now) {
                statistics.count(rejection, bytes, now: now)
            }
        }
    }

    /// - Returns: why the value counts for nothing, or nil.
    @inline(__always)
    private mutating func apply(
        _ index: Int, _ value: Double, _ isSigned: Bool, _ weight: Double, _ bytes: UnsafeBufferPointer<UInt8>,
        _ range: Range<Int>, _ now: Int64
    ) -> StatsDRejection? {
        if slots[index].isDeleted { restart(index, now) }
        switch slots[index].kind {
        case .counter:
            let sum = slots[index].value + value * weight
            guard sum.isFinite else { return .overflow }
            slots[index].value = sum
        case .gauge:
            // A sign makes it a change of the value there is; without one the gauge was 0.
            let sum = isSigned ? slots[index].value + value : value
            guard sum.isFinite else { return .overflow }
            slots[index].value = sum
        case .timer, .histogram:
            let place = Int(slots[index].detail)
            guard timers[place].add(value, weight: weight, exactValuesLeft: &exactValuesLeft) else { return .overflow }
        case .set:
            var member = LineHash(seed)
            member.combine(bytes, range)
            sets[Int(slots[index].detail)].insert(member.finish(0).high)
        }
        slots[index].isChanged = true
        slots[index].isSilent = false
        slots[index].lastTime = max(now, slots[index].lastTime)
        if firstChangeTime == nil { firstChangeTime = now }
        return nil
    }

    /// Something arrived for a series that was deleted since the last flush: it begins anew.
    private mutating func restart(_ index: Int, _ now: Int64) {
        slots[index].isDeleted = false
        slots[index].isNew = true
        slots[index].firstTime = max(now, flushTime + 2)
        slots[index].value = 0
        slots[index].sentSum = 0
        let place = Int(slots[index].detail)
        switch slots[index].kind {
        case .counter, .gauge: break
        case .timer, .histogram: timers[place] = TimerState()
        case .set: sets[place] = DistinctCount()
        }
    }

    // MARK: Series

    /// Finds the slot of bytes that are not known, making one when the series is new.
    @inline(never)
    private mutating func meet(
        _ bytes: UnsafeBufferPointer<UInt8>, _ line: StatsDLine, _ type: StatsDType, _ alias: LineHash.Value,
        _ now: Int64
    ) throws(StatsDRejection) -> Int {
        let kind = StatsDKind(type)
        let sentName = StatsDTags.text(bytes, line.name)
        let baseName = StatsDNaming.baseName(sentName, kind)
        let tags = StatsDTags.read(bytes, line)
        guard tags.count <= StatsDNaming.tagsMax else { throw .tooManyTags }
        let labels = StatsDNaming.labels(baseName, tags, kind)
        var hash = LineHash(seed)
        for label in labels.entries {
            hash.combine(label.name)
            hash.combine(label.value)
        }
        let key = hash.finish(UInt64(kind.rawValue))
        let slot: Int
        if let known = canonical.find(key) {
            slot = Int(known.slot)
        } else {
            slot = try makeSlot(StatsDSeriesInfo(type, sentName: sentName, labels: labels), key, now)
        }
        // Spellings of series that are gone are thrown away with all others; those in use come back by themselves.
        if aliases.count >= 2 * options.seriesMax + 1024 { aliases.removeAll() }
        aliases.set(alias, slot: Int32(truncatingIfNeeded: slot), generation: slots[slot].generation)
        return slot
    }

    private mutating func makeSlot(
        _ info: StatsDSeriesInfo, _ key: LineHash.Value, _ now: Int64
    ) throws(StatsDRejection) -> Int {
        guard seriesCount < options.seriesMax else { throw .seriesLimit }
        let metricNames = StatsDNaming.metricNames(info.baseName, info.kind)
        for name in metricNames {
            if let owner = names[name], owner.kind != info.kind { throw .nameTaken }
        }
        for name in metricNames { names[name, default: (info.kind, 0)].count += 1 }
        generation &+= 1
        var slot = Slot(
            kind: info.kind, generation: generation, firstTime: max(now, flushTime + 2), lastTime: max(now, flushTime))
        switch info.kind {
        case .counter, .gauge: break
        case .timer, .histogram: slot.detail = Self.place(TimerState(), in: &timers, &freeTimers)
        case .set: slot.detail = Self.place(DistinctCount(), in: &sets, &freeSets)
        }
        let index: Int
        if let free = freeSlots.popLast() {
            index = Int(free)
            slots[index] = slot
            infos[index] = info
            hashes[index] = key
        } else {
            index = slots.count
            slots.append(slot)
            infos.append(info)
            hashes.append(key)
        }
        canonical.set(key, slot: Int32(truncatingIfNeeded: index), generation: generation)
        seriesCount += 1
        return index
    }

    private static func place<State>(_ state: State, in states: inout [State], _ free: inout [Int32]) -> Int32 {
        if let place = free.popLast() {
            states[Int(place)] = state
            return place
        }
        states.append(state)
        return Int32(truncatingIfNeeded: states.count - 1)
    }

    private mutating func remove(_ index: Int) {
        let slot = slots[index]
        canonical.remove(hashes[index])
        if let info = infos[index] {
            for name in StatsDNaming.metricNames(info.baseName, info.kind) {
                guard let owner = names[name] else { continue }
                names[name] = owner.count > 1 ? (owner.kind, owner.count - 1) : nil
            }
        }
        switch slot.kind {
        case .counter, .gauge: break
        case .timer, .histogram:
            timers[Int(slot.detail)] = TimerState()
            freeTimers.append(slot.detail)
        case .set:
            sets[Int(slot.detail)] = DistinctCount()
            freeSets.append(slot.detail)
        }
        infos[index] = nil
        generation &+= 1
        slots[index].isUsed = false
        slots[index].generation = generation
        freeSlots.append(Int32(truncatingIfNeeded: index))
        seriesCount -= 1
        statistics.seriesExpired &+= 1
    }

    // MARK: Flush

    /// Begins a flush; `flushSlice` then gives its samples piece by piece, so that whoever guards the aggregator lets
    /// lines in between. What arrives meanwhile may be in this flush or in the next one, never in both.
    package mutating func beginFlush(now: Int64) {
        // After every sample of the flush before, also after the zeros that its new series begin with.
        flushTime = max(now, flushTime + 3)
        flushCursor = 0
        flushEnd = slots.count
        firstChangeTime = nil
        exactValuesLeft = options.exactValuesMax
        statistics.allowExamples()
    }

    /// The series among the next `count` slots that have something to send; nil after the last.
    package mutating func flushSlice(_ count: Int) -> [StatsDSnapshot]? {
        guard flushCursor < flushEnd else { return nil }
        let end = min(flushEnd, flushCursor + max(count, 1))
        var snapshots: [StatsDSnapshot] = []
        while flushCursor < end {
            if slots[flushCursor].isUsed { flush(flushCursor, into: &snapshots) }
            flushCursor += 1
        }
        return snapshots
    }

    /// Everything at once.
    package mutating func flush(now: Int64) -> [StatsDSnapshot] {
        beginFlush(now: now)
        return flushSlice(.max / 2) ?? []
    }

    /// Makes the next flush send every live series, because what was sent last got lost.
    package mutating func repeatAll() {
        for index in slots.indices where slots[index].isUsed { slots[index].sentTime = 0 }
    }

    package mutating func takeLogRecords() -> [StatsDLogRecord] {
        defer { logRecords = [] }
        return logRecords
    }

    private mutating func flush(_ index: Int, into snapshots: inout [StatsDSnapshot]) {
        let slot = slots[index]
        guard let info = infos[index] else { return }
        if slot.isNew, slot.firstTime > flushTime { return }
        func snapshot(_ content: StatsDSnapshot.Content) -> StatsDSnapshot {
            StatsDSnapshot(
                info: info, startTime: slot.firstTime - 1, isFirst: slot.isNew, time: flushTime, content: content)
        }
        if slot.isDeleted {
            if !slot.isNew, !slot.isSilent { snapshots.append(snapshot(.stale)) }
            return remove(index)
        }
        if slot.isChanged {
            if slot.kind == .counter, slot.value < slot.sentSum { statistics.countersHeld &+= 1 }
            snapshots.append(snapshot(takeContent(index)))
            slots[index].isChanged = false
            slots[index].isNew = false
            slots[index].sentTime = flushTime
            return
        }
        let idle = flushTime - slot.lastTime
        if !slot.isSilent, idle >= (slot.kind == .counter ? options.counterIdleTime : options.idleTime) {
            snapshots.append(snapshot(.stale))
            slots[index].isSilent = true
        }
        if idle >= options.counterIdleTime { return remove(index) }
        // What a set counted was of one interval; there is nothing to repeat.
        if !slots[index].isSilent, slot.kind != .set, flushTime - slot.sentTime >= options.repeatTime {
            snapshots.append(snapshot(takeContent(index)))
            slots[index].sentTime = flushTime
        }
    }

    private mutating func takeContent(_ index: Int) -> StatsDSnapshot.Content {
        let slot = slots[index]
        switch slot.kind {
        case .counter:
            // To PromQL a sum that falls is a process that restarted, and all of it counts as an increase.
            slots[index].sentSum = max(slot.value, slot.sentSum)
            return .counter(slots[index].sentSum)
        case .gauge: return .gauge(slot.value)
        case .set:
            defer { sets[Int(slot.detail)] = DistinctCount() }
            return .set(sets[Int(slot.detail)].value)
        case .timer, .histogram:
            let place = Int(slot.detail)
            let interval = timers[place].takeInterval()
            let timer = timers[place]
            return .timer(count: timer.count, sum: timer.sum, timer.buckets, interval)
        }
    }

    // MARK: Administration

    /// Calls `body` with live series, in no order, and their present values; a timer's is its count, then its sum.
    package func forEachSeries(_ body: (StatsDSeriesInfo, [Double]) -> Void) {
        for (slot, info) in zip(slots, infos) where slot.isUsed && !slot.isDeleted {
            guard let info else { continue }
            switch slot.kind {
            case .counter, .gauge: body(info, [slot.value])
            case .set: body(info, [sets[Int(slot.detail)].value])
            case .timer, .histogram:
                let timer = timers[Int(slot.detail)]
                body(info, [timer.count, timer.sum])
            }
        }
    }

    /// Forgets the series for which `isMeant` is true; the next flush ends them.
    ///
    /// - Returns: how many.
    package mutating func delete(_ isMeant: (StatsDSeriesInfo) -> Bool) -> Int {
        var count = 0
        for index in slots.indices where slots[index].isUsed && !slots[index].isDeleted {
            guard let info = infos[index], isMeant(info) else { continue }
            slots[index].isDeleted = true
            count += 1
        }
        return count
    }
}
