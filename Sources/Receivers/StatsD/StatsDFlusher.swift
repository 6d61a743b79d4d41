import Codecs

/// Flushes the aggregator when it is time, and hands samples and records on.
struct StatsDFlusher: Sendable {
    /// How often is looked whether something came. Idle, that is the only work.
    private static let lookInterval = Duration.milliseconds(250)
    /// Samples in one request to the sink, about a megabyte.
    private static let requestSamplesMax = 10_000
    private static let attemptDelays: [Duration] = [.milliseconds(200), .seconds(1)]

    private let options: StatsDOptions
    private let intake: StatsDIntake
    private let sink: any SampleSink
    private let logSink: (any StatsDLogSink)?
    private let events: StatsDEvents
    private let writer: StatsDSeriesWriter
    private let turn = FlushTurn()

    init(
        _ options: StatsDOptions, _ intake: StatsDIntake, _ sink: any SampleSink, _ logSink: (any StatsDLogSink)?,
        _ events: StatsDEvents
    ) {
        self.options = options
        self.intake = intake
        self.sink = sink
        self.logSink = logSink
        self.events = events
        writer = StatsDSeriesWriter(quantiles: options.quantiles)
    }

    /// Flushes until the end, which is noticed within `lookInterval`, or until the task is cancelled.
    ///
    /// - Parameters:
    ///   - drops: datagrams that the system dropped, modulo 2^32.
    ///   - connections: open ones.
    func run(until isEnded: () -> Bool, drops: () -> UInt32?, connections: () -> Int) async {
        var schedule = FlushSchedule(
            interval: options.flushInterval.statsDMilliseconds, firstDelay: options.firstFlushDelay.statsDMilliseconds,
            now: intake.clock())
        var seenDrops = drops() ?? 0
        while !isEnded() {
            do { try await Task.sleep(for: Self.lookInterval, tolerance: .milliseconds(50)) } catch { return }
            if let count = drops(), count != seenDrops {
                let new = Int(count &- seenDrops)
                intake.with { $0.statistics.kernelDrops &+= new }
                seenDrops = count
            }
            guard schedule.isDue(now: intake.clock(), firstChange: intake.firstChangeTime) else { continue }
            await flush(connections: connections())
        }
    }

    /// Flushes now, or when the flush that is under way has ended.
    func flush(connections: Int) async {
        await turn.run { await flushInTurn(connections: connections) }
    }

    private func flushInTurn(connections: Int) async {
        let records = intake.with { $0.takeLogRecords() }
        var builder = RemoteWriteBuilder()
        var samples = 0
        await intake.flush { slice in
            for snapshot in slice {
                writer.write(snapshot) { series in
                    builder.add(
                        series.labels, metadata: series.metadata, startTime: series.startTime, samples: series.samples,
                        histograms: series.histograms)
                }
            }
            guard builder.sampleCount >= Self.requestSamplesMax else { return }
            samples += builder.sampleCount
            await send(&builder)
        }
        samples += builder.sampleCount
        await send(&builder)
        if samples > 0 { events.flushed(samples: samples) }
        events.report(
            intake.statistics, series: intake.seriesCount, connections: connections, now: intake.clock())
        await hand(on: records)
    }

    private func send(_ builder: inout RemoteWriteBuilder) async {
        guard !builder.isEmpty else { return }
        let count = builder.sampleCount
        let request = builder.finish()
        var delays = Self.attemptDelays[...]
        while true {
            do {
                return try await sink.admit(request, sampleCount: count, source: "statsd")
            } catch {
                guard let delay = delays.popFirst(), !Task.isCancelled else {
                    intake.with { $0.repeatAll() }
                    return events.flushFailed(samples: count, error: error)
                }
                try? await Task.sleep(for: delay)
            }
        }
    }

    private func hand(on records: [StatsDLogRecord]) async {
        guard let logSink, !records.isEmpty else { return }
        do {
            try await logSink.admit(records)
        } catch {
            events.logRecordsFailed(records: records.count, error: error)
        }
    }
}
