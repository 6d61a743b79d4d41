import TelemetryFiles
import TelemetryModel

/// How fast telemetry is replayed.
enum ReplaySpeed: Sendable, Equatable {
    /// Times as fast as it was.
    case factor(Double)
    case unlimited

    /// `10`, `0.5`, `10x`, `max`.
    init?(_ text: String) {
        if text == "max" {
            self = .unlimited
            return
        }
        let digits = text.hasSuffix("x") ? String(text.dropLast()) : text
        guard let factor = Double(digits), factor.isFinite, factor >= 0.001, factor <= 1_000_000 else { return nil }
        self = .factor(factor)
    }

    /// What a span of time takes; both in nanoseconds.
    func wait(_ nanoseconds: UInt64) -> UInt64 {
        switch self {
        case .unlimited: 0
        case .factor(let factor):
            // Times are below 2^64, so that the quotient fits for every factor from 0.001 on or is at the end.
            UInt64(exactly: min((Double(nanoseconds) / factor).rounded(), 0x1p62)) ?? 0
        }
    }
}

/// Items of all files in order of time with the gaps between them, as often as asked.
actor ReplayFeed: TelemetryFeed {
    /// Items that are due within this time of each other go together, as from an exporter that batches.
    private static let tick: UInt64 = 20_000_000
    private static let itemsMax = 2_000

    struct Plan: Sendable {
        var files: ImportFiles
        var times: RequestTimes
        var speed: ReplaySpeed
        var keepsTimes: Bool
        var isLoop: Bool
        var newIDs: Bool
        var isStrict: Bool
    }

    private let plan: Plan
    private let progress: ImportProgress
    private let oldest: UInt64
    private let newest: UInt64

    private var merged: MergedFiles
    private var start = ContinuousClock.now
    private var shift: TimeShift?
    private var identifiers: NewIdentifiers?
    private var carried: TelemetryItem?
    private var ready: [DueRequest] = []
    private var isOver = false
    /// Items that came behind newer ones, in all rounds.
    private(set) var outOfOrder = 0
    private(set) var rounds = 0
    /// By how much times are moved in the first round.
    private(set) var firstShift: TimeShift?

    init(_ plan: Plan, progress: ImportProgress) {
        self.plan = plan
        self.progress = progress
        oldest = plan.times.oldest ?? 0
        newest = plan.times.newest ?? 0
        merged = MergedFiles([])
    }

    /// By how much the first round's times are moved when it begins then.
    static func shift(_ times: RequestTimes, _ speed: ReplaySpeed, from now: UInt64) -> TimeShift {
        let (oldest, newest) = (times.oldest ?? 0, times.newest ?? 0)
        // The newest item is of now when it is sent. So nothing is ever of the future, at any speed, and what is within
        // one trace keeps its distances.
        let (end, overflow) = now.addingReportingOverflow(speed.wait(newest - oldest))
        return TimeShift(from: newest, to: overflow ? .max : end)
    }

    private func begin() {
        merged = MergedFiles(plan.files.files)
        start = .now
        let now = UInt64(clamping: Timestamp.now().nanoseconds)
        shift = plan.keepsTimes ? nil : Self.shift(plan.times, plan.speed, from: now)
        if plan.newIDs || plan.isLoop { identifiers = .random() }
        if rounds == 0 { firstShift = shift }
        rounds += 1
    }

    func next() throws -> DueRequest? {
        if rounds == 0 { begin() }
        while ready.isEmpty {
            guard !isOver, !progress.isStopped else { return nil }
            do throws(TelemetryFileError) {
                try readOn()
            } catch {
                isOver = true
                throw CommandFailure(.no, error.description)
            }
        }
        return ready.removeFirst()
    }

    /// Items of a tick.
    private func readOn() throws(TelemetryFileError) {
        guard let first = try takeItem() else {
            outOfOrder += merged.outOfOrder
            // A round without anything to wait for would run over the receiver for ever.
            if plan.isLoop, !isOver, newest > oldest { begin() } else { isOver = true }
            return
        }
        let due = wait(first)
        var items = [first]
        while items.count < Self.itemsMax, let item = try takeItem() {
            guard wait(item) <= due &+ Self.tick else {
                carried = item
                break
            }
            items.append(item)
        }
        progress.reach(newest > oldest ? Double(distance(first)) / Double(newest - oldest) : 0)
        let instant = start + .nanoseconds(Int64(clamping: due))
        for signal in Signal.allCases {
            guard var request = Self.request(items.filter { $0.signal == signal }) else { continue }
            shift?.apply(&request)
            identifiers?.apply(&request)
            ready.append(DueRequest(request: request, due: instant))
        }
    }

    private func takeItem() throws(TelemetryFileError) -> TelemetryItem? {
        if let item = carried {
            carried = nil
            return item
        }
        while !isOver, let event = try merged.next() {
            switch event {
            case .item(let item):
                progress.update { $0.counts[item.signal, default: .init()].read += 1 }
                return item
            case .problem(let problem):
                progress.update { $0.add(problem) }
                if plan.isStrict { isOver = true }
            }
        }
        return nil
    }

    /// Nanoseconds from the beginning; an item of which the time is not known is of the beginning.
    private func distance(_ item: TelemetryItem) -> UInt64 { item.time > oldest ? min(item.time, newest) - oldest : 0 }

    private func wait(_ item: TelemetryItem) -> UInt64 { plan.speed.wait(distance(item)) }

    /// Items that belong together stand together.
    private static func request(_ items: [TelemetryItem]) -> TelemetryRequest? {
        var places: [ObjectIdentifier: Int] = [:]
        for item in items where places[ObjectIdentifier(item.context)] == nil {
            places[ObjectIdentifier(item.context)] = places.count
        }
        guard places.count > 1 else { return TelemetryRequest(items) }
        var groups = [[TelemetryItem]](repeating: [], count: places.count)
        for item in items { groups[places[ObjectIdentifier(item.context)] ?? 0].append(item) }
        return TelemetryRequest(groups.joined())
    }
}

extension NewIdentifiers {
    static func random() -> NewIdentifiers {
        NewIdentifiers(
            traceKey: TraceID(high: .random(in: 1 ... .max), low: .random(in: 1 ... .max)),
            spanKey: SpanID(value: .random(in: 1 ... .max)))
    }
}
