import Codecs
package import PrometheusModel

/// Takes the samples that rules make. Called by the groups, once for each rule that has some; the next rule of the group
/// is evaluated when it has returned, so that it can ask for them.
package protocol RuleSampleSink: Sendable {
    /// - Parameter request: a Remote Write 2.0 request, not compressed.
    /// - Throws: when the samples are not taken; the rule counts as failed then.
    func admit(_ request: [UInt8], sampleCount: Int) async throws
}

/// A sample that a rule makes.
package struct RuleSample: Sendable {
    package var labels: Labels
    /// Milliseconds since the Unix epoch.
    package var time: Int64
    package var value: Double
    package var histogram: NativeHistogram?

    package init(labels: Labels, time: Int64, value: Double, histogram: NativeHistogram? = nil) {
        self.labels = labels
        self.time = time
        self.value = value
        self.histogram = histogram
    }

    /// Ends a series.
    package static func stale(_ labels: Labels, at time: Int64) -> RuleSample {
        RuleSample(labels: labels, time: time, value: StaleMarker.value)
    }
}

extension RuleSampleSink {
    /// Bytes of series after which a request is handed over; one stays far below the limits of receivers.
    private var requestBytesMax: Int { 4 << 20 }

    func admit(_ samples: [RuleSample]) async throws {
        var builder = RemoteWriteBuilder()
        for sample in samples {
            if let histogram = sample.histogram {
                builder.add(sample.labels, samples: [], histograms: [.init(time: sample.time, value: histogram)])
            } else {
                builder.add(sample.labels, samples: [.init(time: sample.time, value: sample.value)])
            }
            if builder.byteCount >= requestBytesMax { try await flush(&builder) }
        }
        if !builder.isEmpty { try await flush(&builder) }
    }

    private func flush(_ builder: inout RemoteWriteBuilder) async throws {
        let count = builder.sampleCount
        try await admit(builder.finish(), sampleCount: count)
    }
}
