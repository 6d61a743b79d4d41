package import PrometheusModel

/// Takes what a page of metrics says, in the page's order.
///
/// Called by `ExpositionParser` on its caller's thread, once for each line or, in protobuf, for each series. What is
/// handed over by address lives only during the call; whoever keeps it copies it. A sink that throws ends the parsing;
/// the parser adds the line to its error.
///
/// Prometheus' rules of series are part of the verdict on a page, and are checked where labels are built: a sink that
/// calls `ExpositionSeries.labels()` for each series that it has not seen before refuses what Prometheus refuses.
package protocol ExpositionSink {
    mutating func type(_ type: MetricType, of family: ExpositionText) throws(ExpositionError)
    mutating func help(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError)
    mutating func unit(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError)

    /// - Parameters:
    ///   - time: milliseconds since the Unix epoch; nil when the page leaves it to the time of scraping.
    ///   - startTime: when counting began, milliseconds since the Unix epoch; 0 when not known.
    mutating func sample(
        _ series: ExpositionSeries, value: Double, time: Int64?, startTime: Int64, exemplar: ExpositionExemplar?
    ) throws(ExpositionError)

    /// A native histogram; its exemplars all have times.
    mutating func histogram(
        _ series: ExpositionSeries, value: NativeHistogram, time: Int64?, startTime: Int64,
        exemplars: [ExpositionExemplar]
    ) throws(ExpositionError)
}

/// An exemplar as a page shows it.
package struct ExpositionExemplar: Hashable, Sendable {
    package var labels: Labels
    package var value: Double
    /// Milliseconds since the Unix epoch; nil when it has the sample's time.
    package var time: Int64?

    package init(labels: Labels, value: Double, time: Int64?) {
        self.labels = labels
        self.value = value
        self.time = time
    }
}

/// A piece of the page; valid only during the sink's call.
package struct ExpositionText {
    /// As it stands in the page, without quotes around it, its escapes kept.
    package let raw: UnsafeBufferPointer<UInt8>
    let escapes: ExpositionEscapes

    package var string: String { escapes.decode(raw) }
}

/// Which series a sample is of; valid only during the sink's call.
package struct ExpositionSeries {
    enum Form {
        case text, openMetrics
        /// Name, then label names and values, each with a byte 0xFF before it, which UTF-8 does not have.
        case separated
    }

    /// A key of the series among those of this target: what the page says, byte by byte, as `name{label="value"}`.
    ///
    /// Pages repeat it from scrape to scrape, so that a reader keeps its labels by this key and parses them only once.
    package let raw: UnsafeBufferPointer<UInt8>
    let form: Form
    /// The last type that the page gave: bounds in labels of histograms and summaries have one spelling for all formats.
    let type: MetricType

    /// The labels, the name among them.
    ///
    /// - Throws: without a name, with a name that is not UTF-8 or empty, with a label that stands twice.
    package func labels() throws(ExpositionError) -> Labels {
        var collector = LabelCollector(raw, type)
        switch form {
        case .text: try LabelScanner.scanSeries(raw, .text, &collector)
        case .openMetrics: try LabelScanner.scanSeries(raw, .openMetrics, &collector)
        case .separated: collector.readSeparated()
        }
        return try collector.finish()
    }
}
