import PrometheusModel
import TestSupport
import Testing

@testable import Codecs

@Suite struct ExpositionWriterTests {
    private typealias Entry = ExpositionWriter.Entry

    private func write(_ form: ExpositionWriter.Form, _ entries: [Entry]) -> String {
        String(decoding: ExpositionWriter(form).write(entries), as: UTF8.self)
    }

    private let histogram = MetricMetadata(type: .histogram, help: "A \"b\"\\\n.", unit: "seconds")

    private var entries: [Entry] {
        [
            Entry(labels: ["__name__": "h_seconds_count", "x": "1"], value: 3, metadata: histogram),
            Entry(labels: ["__name__": "h_seconds_bucket", "x": "1", "le": "+Inf"], value: 3, metadata: histogram),
            Entry(labels: ["__name__": "h_seconds_bucket", "x": "1", "le": "10.0"], value: 2, metadata: histogram),
            Entry(labels: ["__name__": "h_seconds_bucket", "x": "1", "le": "2.5"], value: 1, metadata: histogram),
            Entry(labels: ["__name__": "h_seconds_sum", "x": "1"], value: 17.5, metadata: histogram),
            Entry(
                labels: ["__name__": "c_total", "b": "q\"\\\n", "a": "ü"], value: 1e6, time: 1_520_879_607_789,
                metadata: MetricMetadata(type: .counter)),
            Entry(labels: ["__name__": "c2"], value: 1, time: -1500, metadata: MetricMetadata(type: .counter)),
            Entry(labels: ["__name__": "b_info"], value: 1, metadata: MetricMetadata(type: .info)),
            Entry(labels: ["__name__": "my.metric", "k.v": "w"], value: -.infinity),
        ]
    }

    @Test func textIsInItsOrder() {
        #expect(
            write(.text, entries) == """
                # TYPE b_info gauge
                b_info 1
                # TYPE c2 counter
                c2 1
                # TYPE c_total counter
                c_total{a="ü",b="q\\"\\\\\\n"} 1e+06 1520879607789
                # HELP h_seconds A "b"\\\\\\n.
                # TYPE h_seconds histogram
                h_seconds_bucket{le="2.5",x="1"} 1
                h_seconds_bucket{le="10.0",x="1"} 2
                h_seconds_bucket{le="+Inf",x="1"} 3
                h_seconds_sum{x="1"} 17.5
                h_seconds_count{x="1"} 3
                # TYPE "my.metric" untyped
                {"my.metric","k.v"="w"} -Inf

                """)
    }

    @Test func openMetricsNamesFamiliesAndEnds() {
        #expect(
            write(.openMetrics, entries) == """
                # TYPE b info
                b_info 1.0
                # TYPE c counter
                c_total{a="ü",b="q\\"\\\\\\n"} 1e+06 1520879607.789
                # TYPE c2 unknown
                c2 1.0 -1.5
                # HELP h_seconds A \\"b\\"\\\\\\n.
                # TYPE h_seconds histogram
                # UNIT h_seconds seconds
                h_seconds_bucket{le="2.5",x="1"} 1.0
                h_seconds_bucket{le="10.0",x="1"} 2.0
                h_seconds_bucket{le="+Inf",x="1"} 3.0
                h_seconds_sum{x="1"} 17.5
                h_seconds_count{x="1"} 3.0
                # TYPE "my.metric" unknown
                {"my.metric","k.v"="w"} -Inf
                # EOF

                """)
        #expect(write(.openMetrics, []) == "# EOF\n")
        #expect(write(.text, []) == "")
    }

    @Test func namesBecomeUnderscoresOnRequest() {
        var writer = ExpositionWriter(.text)
        writer.names = .underscores
        let page = writer.write([
            Entry(labels: ["__name__": "my.metric:ü", "a:b": "c", "1x": "y"], value: 1),
            Entry(labels: ["__name__": "1a"], value: 2),
            Entry(labels: Labels(sorted: [Label("__name__", "e.f"), Label("instance", "")]), value: 3),
        ])
        #expect(
            String(decoding: page, as: UTF8.self)
                == "# TYPE _a untyped\n_a 2\n# TYPE e_f untyped\ne_f{instance=\"\"} 3\n"
                + "# TYPE my_metric:_ untyped\nmy_metric:_{_x=\"y\",a_b=\"c\"} 1\n")
    }

    @Test func aNativeHistogramBesideNumbersOfItsNameIsLeftOut() {
        let both = [
            Entry(labels: ["__name__": "m", "a": "1"], value: 2),
            Entry(labels: ["__name__": "m", "a": "2"], value: .histogram(NativeHistogram(count: 1, sum: 1))),
        ]
        #expect(
            write(.text, both) == """
                # TYPE m untyped
                m{a="1"} 2
                # native histogram left out: m

                """)
    }

    @Test func nativeHistogramsBecomeClassicOnes() {
        let value = NativeHistogram(
            schema: 0, zeroThreshold: 0.5, zeroCount: 2, count: 10, sum: 7,
            positiveSpans: [.init(offset: 1, length: 2)], negativeSpans: [.init(offset: 1, length: 1)],
            positiveBuckets: [3, 4], negativeBuckets: [1])
        let entry = Entry(labels: ["__name__": "h", "a": "b"], value: .histogram(value))
        #expect(
            write(.text, [entry]) == """
                # TYPE h histogram
                h_bucket{a="b",le="-1.0"} 1
                h_bucket{a="b",le="0.5"} 3
                h_bucket{a="b",le="2.0"} 6
                h_bucket{a="b",le="4.0"} 10
                h_bucket{a="b",le="+Inf"} 10
                h_sum{a="b"} 7
                h_count{a="b"} 10

                """)
        var gauge = entry
        gauge.metadata.type = .gaugehistogram
        #expect(write(.openMetrics, [gauge]).contains("h_gcount{a=\"b\"} 10.0\n"))
        let custom = NativeHistogram(
            schema: -53, count: 3, sum: 1, positiveSpans: [.init(offset: 1, length: 2)], positiveBuckets: [1, 2],
            customBounds: [1, 5])
        #expect(
            write(.text, [Entry(labels: ["__name__": "h"], value: .histogram(custom))])
                .contains("h_bucket{le=\"5.0\"} 1\nh_bucket{le=\"+Inf\"} 3\n"))
        var writer = ExpositionWriter(.text, nativeHistograms: .leftOut)
        #expect(String(decoding: writer.write([entry]), as: UTF8.self) == "# native histogram left out: h\n")
        writer.form = .openMetrics
        #expect(String(decoding: writer.write([entry]), as: UTF8.self) == "# EOF\n")
    }

    /// Labels, values, times, types, help and units of random pages come back.
    @Test(arguments: [ExpositionWriter.Form.text, .openMetrics])
    func whatIsWrittenReadsBack(form: ExpositionWriter.Form) throws {
        var random = SplitMix64(seed: 7)
        func text() -> String {
            let pieces = ["a", "B", "_", "9", ".", " ", "\"", "\\", "\n", "ü", "😀", "{", "}", ",", "=", "#", "\0", ":"]
            return (0..<Int.random(in: 1...6, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
        }
        for _ in 0..<300 {
            var expected: [Labels: RecordingExpositionSink.Sample] = [:]
            var entries: [Entry] = []
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                let type = MetricType.allCases.randomElement(using: &random) ?? .gauge
                let suffix = ["", "_total", "_sum", "_count", "_info", "_bucket"].randomElement(using: &random) ?? ""
                var pairs = [Labels.nameLabel: "m" + text().filter { $0 != "\0" } + suffix]
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    pairs["l" + text().filter { $0 != "\0" }] = text()
                }
                if suffix == "_bucket" { pairs["le"] = ["0.5", "1.0", "+Inf"].randomElement(using: &random) }
                let labels = Labels(pairs)
                let value = [0, -0.0, 1, 1e6, 1.5e-9, .infinity, 12345.678].randomElement(using: &random) ?? 0
                let time: Int64? =
                    Bool.random(using: &random) ? .random(in: 1_600_000_000_000...1_800_000_000_000) : nil
                if expected[labels] != nil { continue }
                expected[labels] = .init(labels: labels, value: value, time: time)
                let help = Bool.random(using: &random) ? "x" + text() : ""
                entries.append(
                    Entry(
                        labels: labels, value: value, time: time,
                        metadata: MetricMetadata(type: type, help: help, unit: "seconds")))
            }
            let page = ExpositionWriter(form).write(entries)
            let sink = try RecordingExpositionSink.read(page, form.format)
            #expect(sink.samples.count == expected.count)
            for sample in sink.samples { #expect(expected[sample.labels] == sample) }
            #expect(ExpositionWriter(form).write(entries.reversed()).count == page.count)
        }
    }
}
