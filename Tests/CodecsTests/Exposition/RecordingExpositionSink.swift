import PrometheusModel

@testable import Codecs

/// Keeps what a page says, and builds the labels of each series, as a scraper without a cache does.
struct RecordingExpositionSink: ExpositionSink {
    struct Sample: Equatable {
        var labels: Labels
        var value: Double
        var time: Int64?
        var startTime: Int64 = 0
        var exemplar: ExpositionExemplar?

        /// By bits: a NaN is equal to itself.
        static func == (left: Sample, right: Sample) -> Bool {
            left.labels == right.labels && left.value.bitPattern == right.value.bitPattern && left.time == right.time
                && left.startTime == right.startTime && left.exemplar == right.exemplar
        }
    }

    struct Histogram: Equatable {
        var labels: Labels
        var value: NativeHistogram
        var time: Int64?
        var startTime: Int64 = 0
        var exemplars: [ExpositionExemplar] = []
    }

    var types: [String: MetricType] = [:]
    var helps: [String: String] = [:]
    var units: [String: String] = [:]
    var samples: [Sample] = []
    var histograms: [Histogram] = []
    var keys: [[UInt8]] = []

    mutating func type(_ type: MetricType, of family: ExpositionText) throws(ExpositionError) {
        types[family.string] = type
    }

    mutating func help(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError) {
        helps[family.string] = text.string
    }

    mutating func unit(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError) {
        units[family.string] = text.string
    }

    mutating func sample(
        _ series: ExpositionSeries, value: Double, time: Int64?, startTime: Int64, exemplar: ExpositionExemplar?
    ) throws(ExpositionError) {
        keys.append(Array(series.raw))
        let labels = try series.labels()
        samples.append(Sample(labels: labels, value: value, time: time, startTime: startTime, exemplar: exemplar))
    }

    mutating func histogram(
        _ series: ExpositionSeries, value: NativeHistogram, time: Int64?, startTime: Int64,
        exemplars: [ExpositionExemplar]
    ) throws(ExpositionError) {
        keys.append(Array(series.raw))
        let labels = try series.labels()
        histograms.append(
            Histogram(labels: labels, value: value, time: time, startTime: startTime, exemplars: exemplars))
    }

    static func read(
        _ bytes: [UInt8], _ format: ExpositionFormat, _ options: ExpositionParser.Options = .init()
    ) throws(ExpositionError) -> RecordingExpositionSink {
        var sink = RecordingExpositionSink()
        try ExpositionParser.parse(bytes, format: format, options: options, into: &sink)
        return sink
    }

    static func read(
        _ text: String, _ format: ExpositionFormat, _ options: ExpositionParser.Options = .init()
    ) throws(ExpositionError) -> RecordingExpositionSink {
        try read(Array(text.utf8), format, options)
    }
}
