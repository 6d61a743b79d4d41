import Codecs
import FuzzSupport
import PrometheusModel

/// Reads pages of metrics in all formats. Whatever is accepted has labels in order, and written again as text and as
/// OpenMetrics it reads back as the same series and values.
struct ExpositionFuzzer {
    func seeds() -> [[UInt8]] {
        let pages: [(UInt8, String)] = [
            (0, "# HELP a_total x\\\\y\n# TYPE a_total counter\na_total{b=\"c\\\"\",d=\"e\"} 1.5e3 1395066363000\n"),
            (0, "{\"my.metric\", e=\"f\",} +Inf\n# comment\n\n\tb 1 # TYPE\n"),
            (0, "# TYPE h histogram\nh_bucket{le=\"0.5\"} 12\nh_bucket{le=\"+Inf\"} NaN\nh_sum -0\n#x\n"),
            (1, "# TYPE a_s counter\n# UNIT a_s s\na_s_total{b=\"c\"} 1 2.5 # {t=\"x\",\"y.z\"=\"w\"} 1 2\n# EOF\n"),
            (1, "# HELP a x\\\"y\n# TYPE a summary\na{quantile=\".5\"} 1\na_created 17\n# EOF"),
            (1, "# TYPE \"h.i\" histogram\n{\"h.i_bucket\",le=\"1\"} 12 # {} 3\n{\"h.i_created\"} 17\n# EOF\n"),
        ]
        return pages.map { [$0.0] + Array($0.1.utf8) } + [[2] + protobuf]
    }

    /// A counter with an exemplar and a histogram with classic and native buckets.
    private var protobuf: [UInt8] {
        func message(_ fields: (inout ProtobufWriter) -> Void) -> [UInt8] {
            var writer = ProtobufWriter()
            fields(&writer)
            return writer.bytes
        }
        let label = message {
            $0.field(1, "b".utf8)
            $0.field(2, "c".utf8)
        }
        let time = message { $0.integer(1, 5) }
        let exemplar = message {
            $0.field(1, label)
            $0.fixed64(2, (0.5).bitPattern)
            $0.field(3, time)
        }
        let counter = message {
            $0.fixed64(1, (2.0).bitPattern)
            $0.field(2, exemplar)
            $0.field(3, time)
        }
        let bucket = message {
            $0.integer(1, 2)
            $0.fixed64(2, (1.0).bitPattern)
            $0.field(3, exemplar)
        }
        let span = message {
            $0.integer(1, 3)
            $0.integer(2, 2)
        }
        let histogram = message {
            $0.integer(1, 5)
            $0.fixed64(2, (2.0).bitPattern)
            $0.field(3, bucket)
            $0.integer(5, 2)
            $0.integer(7, 1)
            $0.field(12, span)
            $0.field(13, [4, 0])
        }
        func family(_ name: String, _ type: UInt64, _ part: UInt32, _ value: [UInt8]) -> [UInt8] {
            let metric = message {
                $0.field(1, label)
                $0.field(part, value)
                $0.integer(6, 1234)
            }
            let family = message {
                $0.field(1, name.utf8)
                $0.field(2, "Help".utf8)
                $0.integer(3, type)
                $0.field(4, metric)
            }
            return [UInt8(truncatingIfNeeded: family.count)] + family
        }
        return family("a_total", 0, 3, counter) + family("h", 4, 7, histogram)
    }

    /// Tests one input: a byte for format and options, then the page.
    func test(_ input: UnsafeBufferPointer<UInt8>) {
        guard let first = input.first else { return }
        let format: ExpositionFormat = [.text, .openMetrics, .protobuf, .protobuf][Int(first & 3)]
        var options = ExpositionParser.Options()
        options.keepsClassicHistograms = first & 4 != 0
        options.readsNativeHistograms = first & 8 == 0
        options.keepsCreatedSeries = first & 16 == 0
        var sink = SeriesSink()
        do throws(ExpositionError) {
            try ExpositionParser.parse(
                UnsafeBufferPointer(rebasing: input[1...]), format: format, options: options, into: &sink)
        } catch {
            if format != .protobuf, error.line < 1 { LibFuzzer.fail("no line: \(error)") }
            return
        }
        for entry in sink.entries where Labels(entry.labels.entries) != entry.labels || entry.labels.metricName.isEmpty
        {
            LibFuzzer.fail("labels out of order: \(entry.labels)")
        }
        writeAndRead(sink.entries, .text)
        writeAndRead(sink.entries, .openMetrics)
    }

    /// Names with NUL are written with underscores, and times in seconds may lose their last digit: neither is compared.
    private func writeAndRead(_ entries: [ExpositionWriter.Entry], _ form: ExpositionWriter.Form) {
        let page = ExpositionWriter(form).write(entries)
        var sink = SeriesSink()
        do throws(ExpositionError) {
            try ExpositionParser.parse(page, format: form.format, into: &sink)
        } catch {
            LibFuzzer.fail("what was written as \(form) is refused, \(error): \(String(decoding: page, as: UTF8.self))")
        }
        let hasNUL = entries.contains {
            $0.labels.entries.contains { $0.name.utf8.contains(0) || $0.value.utf8.contains(0) }
        }
        if hasNUL { return }
        let before = entries.map(\.line).sorted(), after = sink.entries.map(\.line).sorted()
        if before != after { LibFuzzer.fail("\(form) changes\n\(before)\nto\n\(after)") }
    }
}

extension ExpositionWriter.Entry {
    fileprivate var line: String { "\(labels) \(value)" }
}

/// Keeps series and values; types only decide how bounds were spelt, and are forgotten.
private struct SeriesSink: ExpositionSink {
    var entries: [ExpositionWriter.Entry] = []

    mutating func type(_ type: MetricType, of family: ExpositionText) throws(ExpositionError) { _ = family.string }

    mutating func help(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError) { _ = text.string }

    mutating func unit(_ text: ExpositionText, of family: ExpositionText) throws(ExpositionError) { _ = text.string }

    mutating func sample(
        _ series: ExpositionSeries, value: Double, time: Int64?, startTime: Int64, exemplar: ExpositionExemplar?
    ) throws(ExpositionError) {
        entries.append(ExpositionWriter.Entry(labels: try series.labels(), value: value, time: time))
    }

    mutating func histogram(
        _ series: ExpositionSeries, value: NativeHistogram, time: Int64?, startTime: Int64,
        exemplars: [ExpositionExemplar]
    ) throws(ExpositionError) {
        // Only that it can be written, since it comes back as classic series.
        let entry = ExpositionWriter.Entry(labels: try series.labels(), value: .histogram(value), time: time)
        _ = ExpositionWriter(.openMetrics).write([entry])
    }
}
