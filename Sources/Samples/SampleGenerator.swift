/// Makes sample telemetry of one application.
///
/// Deterministic: the same application, seed, `now` and sequence of calls give the same messages. The module has no
/// clock and no randomness of its own; a caller that wants new trace ids on each run passes a seed from the system.
package struct SampleGenerator: Sendable {
    /// Unix time in nanoseconds at which the next batch ends. A caller that sends several batches sets it before each;
    /// cumulative metrics go on from the values of the batches before.
    package var now: UInt64

    private var random: RandomSource
    private var sampler: any ApplicationSampler
    private var previousEnd: UInt64?

    package init(application: SampleApplication, seed: UInt64, now: UInt64) {
        self.now = now
        var random = RandomSource(seed: seed)
        sampler =
            switch application {
            case .spacetimedb: SpacetimeDBSampler(random: &random)
            case .automagik: AutomagikSampler(random: &random)
            case .reifydb: ReifyDBSampler(random: &random)
            }
        self.random = random
    }

    /// The telemetry of `traces` traces, none when the number is negative.
    ///
    /// - Units: every time lies at or before `now`. Traces end within the last minute or, if that is shorter, since the
    ///   `now` of the call before.
    /// - Cost: memory grows with the spans: 3 to 5 a trace for spacetimedb, 1 for automagik, about 20 to 250 for
    ///   reifydb.
    package mutating func next(traces: Int) -> SampleTelemetry {
        let window = TimeWindow(endingAt: now, after: previousEnd)
        previousEnd = window.end
        return sampler.sample(traces: max(0, traces), in: window, random: &random)
    }
}

/// One application's telemetry. A value, because cumulative metrics carry their state from batch to batch.
protocol ApplicationSampler: Sendable {
    mutating func sample(traces: Int, in window: TimeWindow, random: inout RandomSource) -> SampleTelemetry
}
