import Codecs
import PrometheusModel

/// The samples of one scrape as requests of bounded size.
struct SampleBatches {
    struct Batch: Sendable {
        let request: [UInt8]
        let sampleCount: Int
    }

    /// Bytes of series at which a request is closed. With its symbols, at the most as many again, it stays below 4 MiB.
    private static let seriesBytesMax = 1 << 20

    private var builder = RemoteWriteBuilder()
    private(set) var finished: [Batch] = []

    mutating func add(
        _ labels: Labels, _ metadata: MetricMetadata, startTime: Int64 = 0, time: Int64, value: Double,
        exemplars: [Exemplar] = []
    ) {
        builder.add(
            labels, metadata: metadata, startTime: startTime, samples: [.init(time: time, value: value)],
            exemplars: exemplars)
        closeIfFull()
    }

    mutating func add(
        _ labels: Labels, _ metadata: MetricMetadata, startTime: Int64, time: Int64, histogram: NativeHistogram,
        exemplars: [Exemplar]
    ) {
        builder.add(
            labels, metadata: metadata, startTime: startTime, samples: [],
            histograms: [.init(time: time, value: histogram)], exemplars: exemplars)
        closeIfFull()
    }

    /// Closes the last request.
    mutating func finish() -> [Batch] {
        close()
        defer { finished = [] }
        return finished
    }

    private mutating func closeIfFull() {
        if builder.byteCount >= Self.seriesBytesMax { close() }
    }

    private mutating func close() {
        guard !builder.isEmpty else { return }
        let count = builder.sampleCount
        finished.append(Batch(request: builder.finish(), sampleCount: count))
    }
}
