/// Reads pages of metrics as Prometheus does: what its version 3.5 accepts is accepted, anything else is refused as a
/// whole.
package enum ExpositionParser {
    package struct Options: Sendable {
        /// Of a histogram that has native and classic buckets, the classic ones are told too
        /// (`scrape_classic_histograms`). Only protobuf has native ones.
        package var keepsClassicHistograms = false
        /// Otherwise native buckets are not looked at.
        package var readsNativeHistograms = true
        /// OpenMetrics' lines `…_created` give the start times of the series beside them; this says whether they are
        /// series too, as they are in Prometheus unless told otherwise.
        package var keepsCreatedSeries = true

        package init() {}
    }

    /// - Throws: what is wrong and where, or what the sink throws. The sink may have got a part of the page by then.
    package static func parse(
        _ bytes: UnsafeBufferPointer<UInt8>, format: ExpositionFormat, options: Options = Options(),
        into sink: inout some ExpositionSink
    ) throws(ExpositionError) {
        // Prometheus takes an empty page for one without series in any format, also where `# EOF` is demanded.
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
        switch format {
        case .text:
            var parser = TextExpositionParser(base, count: bytes.count)
            do throws(ExpositionError) { try parser.parse(into: &sink) } catch {
                throw located(error, in: bytes, parser.lineStart)
            }
        case .openMetrics:
            var parser = OpenMetricsParser(base, count: bytes.count, options)
            do throws(ExpositionError) { try parser.parse(into: &sink) } catch {
                throw located(error, in: bytes, parser.lineStart)
            }
        case .protobuf:
            var parser = ProtobufExpositionParser(bytes, options)
            try parser.parse(into: &sink)
        }
    }

    package static func parse(
        _ bytes: [UInt8], format: ExpositionFormat, options: Options = Options(), into sink: inout some ExpositionSink
    ) throws(ExpositionError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(ExpositionError) in
            try parse(buffer, format: format, options: options, into: &sink)
        }
    }

    /// Lines are counted only when one is wrong.
    private static func located(
        _ error: ExpositionError, in bytes: UnsafeBufferPointer<UInt8>, _ start: Int
    ) -> ExpositionError {
        guard error.line == 0 else { return error }
        var error = error
        error.line = 1
        for byte in bytes.prefix(start) where byte == UInt8(ascii: "\n") { error.line += 1 }
        return error
    }
}
