import Codecs
import ServiceLifecycle
import Synchronization
package import TelemetryModel

/// Metrics derived from spans: `observe` counts, and every `DerivedOptions.interval` the samples of what has changed go
/// to the sink as a Remote Write request, like samples from outside.
///
/// - Values: counters and classic histograms since the start of the process; a new series begins with a zero at the
///   emission before, so that `rate` sees its first increment, and one that was idle repeats its value there. Sums are
///   counters, too: after a restart they begin at zero, which PromQL takes for a reset.
/// - Exactly once: a block is observed once, after the store has it. What was counted since the last emission dies with
///   a crash (up to `interval`); blocks that the log had and the store had not are counted by the next start.
/// - Time: a span counts when it is stored, not when it was; `DerivedOptions.slack` leaves out those from another time.
/// - Bounds: label sets, edges, waiting sides and resources each have a limit; what is beyond is counted.
/// - Concurrency: `observe` and an emission share a lock; an emission takes it for `slotsAtOnce` label sets at a time.
package final class DerivedMetrics: Service, SpanObserver {
    private struct State {
        var context: DerivedContext
        var spanMetrics: SpanMetrics
        var graph: ServiceGraph
        var observed = 0
        var samples = 0
        var failures = 0
    }

    package let options: DerivedOptions
    private let sink: any DerivedSink
    private let clock: @Sendable () -> Timestamp
    private let pause: @Sendable (Duration) async throws -> Void
    private let beforeTheEnd: @Sendable () async -> Void
    private let onFailure: @Sendable (_ samples: Int, any Error) -> Void
    private let state: Mutex<State>
    private let turnstile = Turnstile()

    /// Label sets that are written while `observe` waits: less than a millisecond.
    private static let slotsAtOnce = 64
    /// Bytes of series at which a request is closed.
    private static let requestBytesMax = 1 << 20

    /// - Parameters:
    ///   - clock: the time of emissions, and by which sides wait.
    ///   - pause: sleeps; throws when it is cancelled.
    ///   - beforeTheEnd: has the spans that were acknowledged stored, and so observed, before the last emission.
    ///   - onFailure: called when the sink does not take samples. Counters go on, so only their resolution is lost.
    package init(
        _ options: DerivedOptions, sink: any DerivedSink, clock: @escaping @Sendable () -> Timestamp = { .now() },
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        beforeTheEnd: @escaping @Sendable () async -> Void = {},
        onFailure: @escaping @Sendable (_ samples: Int, any Error) -> Void = { _, _ in }
    ) {
        self.options = options
        self.sink = sink
        self.clock = clock
        self.pause = pause
        self.beforeTheEnd = beforeTheEnd
        self.onFailure = onFailure
        let spanMetrics = SpanMetrics(options.spanMetrics)
        var graph = ServiceGraph(options.serviceGraph)
        let graphAttributes = options.serviceGraph.isEnabled ? graph.spanAttributes : []
        let scan = AttributeScan(spanMetrics.attributes + graphAttributes)
        graph.prepare(scan)
        let resources = ResourceFacts(keys: spanMetrics.attributes + graph.dimensions)
        var context = DerivedContext(resources: resources, scan: scan)
        context.lastTick = clock().milliseconds
        state = Mutex(State(context: context, spanMetrics: spanMetrics, graph: graph))
    }

    // MARK: Spans

    package func observe(_ batch: TelemetryBatch) {
        guard options.isEnabled else { return }
        let now = clock()
        state.withLock { state in
            learn(batch, &state)
            let block = batch.spans
            guard block.rows > 0 else { return }
            state.observed += block.rows
            state.context.begin(block, now: now, slack: options.slack)
            if options.spanMetrics.isEnabled { state.spanMetrics.observe(block, &state.context) }
            if options.serviceGraph.isEnabled {
                state.graph.observe(block, &state.context, now: now.milliseconds)
            }
        }
    }

    package func learn(_ batch: TelemetryBatch) {
        guard options.isEnabled else { return }
        state.withLock { learn(batch, &$0) }
    }

    private func learn(_ batch: TelemetryBatch, _ state: inout State) {
        guard needsResources, batch.resources.rows > 0 else { return }
        state.context.resources.learn(batch.resources)
    }

    private var needsResources: Bool {
        options.spanMetrics.hasTargetLabels || !options.spanMetrics.dimensions.isEmpty
            || !options.serviceGraph.dimensions.isEmpty
    }

    // MARK: Emission

    /// Emits every `DerivedOptions.interval`, and once more at the end.
    package func run() async throws {
        guard options.isEnabled else { return await waitForTheEnd() }
        let interval = max(options.interval, .milliseconds(100))
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await cancelWhenGracefulShutdown { try await self.pause(interval) }
            } catch {
                break
            }
            await emitNow()
        }
        // What still waits is stored first, so that it is in the last samples.
        await beforeTheEnd()
        await emitNow()
    }

    /// A service that returns ends its group.
    private func waitForTheEnd() async {
        try? await cancelWhenGracefulShutdown {
            while true { try await Task.sleep(for: .seconds(86_400)) }
        }
    }

    /// Emits what has changed, and returns when the sink has it: every block observed before the call is in the
    /// samples.
    package func emitNow() async {
        guard options.isEnabled else { return }
        await turnstile.pass {
            let (tick, lastTick) = beginEmission()
            var place = Place.spanMetrics(0)
            while place != .end { place = await emit(from: place, tick, lastTick) }
        }
    }

    private enum Place: Equatable {
        /// Slots from here on are to be visited.
        case spanMetrics(Int)
        case serviceGraph(Int)
        case end
    }

    private func beginEmission() -> (tick: Int64, lastTick: Int64) {
        let now = clock().milliseconds
        return state.withLock { state in
            if options.serviceGraph.isEnabled { state.graph.expire(now: now, state.context.lastTick) }
            let lastTick = state.context.lastTick
            // Room for a sample between the two, whatever the clock does.
            state.context.lastTick = max(now, lastTick.addingClamped(2))
            return (state.context.lastTick, lastTick)
        }
    }

    /// Fills and sends one request.
    private func emit(from start: Place, _ tick: Int64, _ lastTick: Int64) async -> Place {
        var writer = DerivedWriter(tick: tick, lastTick: lastTick)
        var place = start
        var parts: [(isGraph: Bool, slots: Range<Int>)] = []
        while place != .end, writer.builder.byteCount < Self.requestBytesMax {
            place = state.withLock { state in write(place, &state, &writer, &parts) }
        }
        let count = writer.builder.sampleCount
        guard count > 0 else { return place }
        do {
            try await sink.admit(writer.builder.finish(), sampleCount: count, source: DerivedMetricNames.sender)
            state.withLock { $0.samples += count }
        } catch {
            state.withLock { state in
                state.failures += 1
                for part in parts {
                    if part.isGraph {
                        state.graph.withTable { $0.takeBack(part.slots, tick: tick) }
                    } else {
                        state.spanMetrics.withTable { $0.takeBack(part.slots, tick: tick) }
                    }
                }
            }
            onFailure(count, error)
        }
        return place
    }

    private func write(
        _ place: Place, _ state: inout State, _ writer: inout DerivedWriter,
        _ parts: inout [(isGraph: Bool, slots: Range<Int>)]
    ) -> Place {
        let repeatAfter = options.repeatInterval.clampedMilliseconds
        let endAfter = options.idleLimit.clampedMilliseconds
        switch place {
        case .spanMetrics(let first):
            let count = state.spanMetrics.table.slots.count
            guard first < count else { return .serviceGraph(0) }
            let range = first..<min(count, first + Self.slotsAtOnce)
            state.spanMetrics.emit(range, &writer, repeatAfter: repeatAfter, endAfter: endAfter)
            parts.append((false, range))
            return .spanMetrics(range.upperBound)
        case .serviceGraph(let first):
            let count = state.graph.table.slots.count
            guard first < count else { return .end }
            let range = first..<min(count, first + Self.slotsAtOnce)
            state.graph.emit(range, &writer, repeatAfter: repeatAfter, endAfter: endAfter)
            parts.append((true, range))
            return .serviceGraph(range.upperBound)
        case .end: return .end
        }
    }

    // MARK: Statistics

    package var statistics: DerivedStatistics {
        state.withLock { state in
            var statistics = DerivedStatistics()
            statistics.spansObserved = state.observed
            statistics.spansOutOfRange = state.context.outOfRange
            statistics.spanLabelSets = state.spanMetrics.table.usedCount
            statistics.spansRefused = state.spanMetrics.refused
            statistics.edges = state.graph.table.usedCount
            statistics.edgesRefused = state.graph.statistics.refused
            statistics.edgesCompleted = state.graph.statistics.completed
            statistics.edgesVirtual = state.graph.statistics.virtual
            statistics.sidesWaiting = state.graph.waiting.count
            statistics.sidesUnpaired = state.graph.statistics.unpaired
            statistics.sidesDropped = state.graph.statistics.dropped
            statistics.resources = state.context.resources.count
            statistics.resourcesForgotten = state.context.resources.forgotten
            statistics.samplesEmitted = state.samples
            statistics.requestsFailed = state.failures
            return statistics
        }
    }
}
