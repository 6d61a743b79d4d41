import PrometheusModel
import Testing

@testable import Codecs

/// The protobuf format, as Prometheus 3.5 makes series of it.
@Suite struct ProtobufExpositionParserTests {
    private func read(
        _ families: [[UInt8]], _ options: ExpositionParser.Options = .init()
    ) throws -> RecordingExpositionSink {
        try RecordingExpositionSink.read(FamilyEncoder.stream(families), .protobuf, options)
    }

    private func family(
        _ name: String, _ type: UInt64, unit: String = "", _ metrics: [(inout FamilyEncoder) -> Void]
    ) -> [UInt8] {
        FamilyEncoder.message {
            $0.text(1, name)
            $0.text(2, "Help of \(name).")
            $0.integer(3, type)
            for metric in metrics { $0.message(4, metric) }
            if !unit.isEmpty { $0.text(5, unit) }
        }
    }

    private func lines(_ sink: RecordingExpositionSink) -> [String] {
        sink.samples.map { "\($0.labels) \(NumberText.general($0.value))" }
    }

    @Test func simpleTypesAreOneSampleEach() throws {
        let sink = try read([
            family(
                "a_seconds_total", 0, unit: "seconds",
                [
                    {
                        $0.label(1, "b", "c")
                        $0.message(3) {
                            $0.double(1, 5)
                            $0.message(2) {
                                $0.label(1, "trace_id", "x")
                                $0.double(2, 4.5)
                                $0.time(3, seconds: 10, nanoseconds: 5_999_999)
                            }
                            $0.time(3, seconds: 3)
                        }
                        $0.integer(6, 1234)
                    }, { $0.label(1, "b", "d") },
                ]),
            family("g.x", 1, [{ $0.message(2) { $0.double(1, -1) } }]),
            family("u", 3, [{ $0.message(5) { $0.double(1, .nan) } }]),
        ])
        #expect(sink.types == ["a_seconds_total": .counter, "g.x": .gauge, "u": .unknown])
        #expect(sink.helps["g.x"] == "Help of g.x.")
        #expect(sink.units == ["a_seconds_total": "seconds"])
        #expect(
            sink.samples[0]
                == .init(
                    labels: ["__name__": "a_seconds_total", "b": "c"], value: 5, time: 1234, startTime: 3000,
                    exemplar: ExpositionExemplar(labels: ["trace_id": "x"], value: 4.5, time: 10_005)))
        #expect(
            lines(sink) == [
                "a_seconds_total{b=\"c\"} 5", "a_seconds_total{b=\"d\"} 0", "{\"g.x\"} -1", "u NaN",
            ])
        #expect(sink.samples[1].time == nil)
    }

    @Test func summariesAndClassicHistogramsBecomeSeries() throws {
        let sink = try read([
            family(
                "s", 2,
                [
                    {
                        $0.message(4) {
                            $0.integer(1, 7)
                            $0.double(2, 1.5)
                            for quantile in [0.5, 1] {
                                $0.message(3) {
                                    $0.double(1, quantile)
                                    $0.double(2, 9)
                                }
                            }
                            $0.time(4, seconds: 2)
                        }
                    }
                ]),
            family(
                "h", 4,
                [
                    {
                        $0.label(1, "a", "b")
                        $0.message(7) {
                            $0.integer(1, 7)
                            $0.double(2, 1.5)
                            for (bound, count) in [(1.0, 2), (1e6, 3)] as [(Double, UInt64)] {
                                $0.message(3) {
                                    $0.integer(1, count)
                                    $0.double(2, bound)
                                    $0.message(3) { $0.double(2, bound) }
                                }
                            }
                        }
                    },
                    {
                        $0.message(7) {
                            $0.double(4, 7.5)
                            $0.message(3) {
                                $0.double(4, 6.5)
                                $0.double(2, .infinity)
                            }
                        }
                    },
                ]),
        ])
        #expect(
            lines(sink) == [
                "s_count 7", "s_sum 1.5", "s{quantile=\"0.5\"} 9", "s{quantile=\"1.0\"} 9", "h_count{a=\"b\"} 7",
                "h_sum{a=\"b\"} 1.5", "h_bucket{a=\"b\", le=\"1.0\"} 2", "h_bucket{a=\"b\", le=\"1e+06\"} 3",
                "h_bucket{a=\"b\", le=\"+Inf\"} 7", "h_count 7.5", "h_sum 0", "h_bucket{le=\"+Inf\"} 6.5",
            ])
        #expect(sink.samples.prefix(4).allSatisfy { $0.startTime == 2000 })
        #expect(sink.samples.map { $0.exemplar?.value } == [nil, nil, nil, nil, nil, nil, 1, 1e6, nil, nil, nil, nil])
        #expect(Set(sink.keys).count == sink.keys.count)
    }

    private func native(_ extra: @escaping (inout FamilyEncoder) -> Void = { _ in }) -> [UInt8] {
        family(
            "n", 4,
            [
                {
                    $0.integer(6, 99)
                    $0.message(7) {
                        $0.integer(1, 12)
                        $0.double(2, -3)
                        $0.message(3) {
                            $0.integer(1, 4)
                            $0.double(2, 1)
                            $0.message(3) {
                                $0.double(2, 0.5)
                                $0.time(3, seconds: 1)
                            }
                        }
                        $0.signed(5, -1)
                        $0.double(6, 0.001)
                        $0.integer(7, 2)
                        $0.span(9, -2, 1)
                        $0.signed(10, 3)
                        $0.span(12, -3, 2)
                        $0.span(12, 1, 1)
                        $0.packedSigned(13, [1, 2, -1])
                        $0.time(15, seconds: 5)
                        extra(&$0)
                    }
                }
            ])
    }

    @Test func nativeHistogramsAreOneSample() throws {
        // 2 zeros, 3 negative, 1 + 3 + 2 positive: one observation is missing.
        #expect(throws: ExpositionError.self) { try read([native()]) }
        let sink = try read([native { $0.integer(1, 11) }])
        #expect(sink.samples.isEmpty)
        let histogram = try #require(sink.histograms.first)
        #expect(histogram.labels == ["__name__": "n"])
        #expect(histogram.time == 99)
        #expect(histogram.startTime == 5000)
        #expect(histogram.exemplars.map(\.value) == [0.5])
        #expect(
            histogram.value
                == NativeHistogram(
                    schema: -1, zeroThreshold: 0.001, zeroCount: 2, count: 11, sum: -3,
                    positiveSpans: [.init(offset: -3, length: 2), .init(offset: 1, length: 1)],
                    negativeSpans: [.init(offset: -2, length: 1)], positiveBuckets: [1, 3, 2], negativeBuckets: [3]))
    }

    @Test func classicBucketsOfNativeHistogramsAreKeptOnRequest() throws {
        var options = ExpositionParser.Options()
        options.keepsClassicHistograms = true
        let page = native { $0.integer(1, 11) }
        let both = try read([page], options)
        #expect(both.histograms.count == 1)
        #expect(lines(both) == ["n_count 11", "n_sum -3", "n_bucket{le=\"1.0\"} 4", "n_bucket{le=\"+Inf\"} 11"])
        options.readsNativeHistograms = false
        let classic = try read([page], options)
        #expect(classic.histograms.isEmpty)
        #expect(lines(classic) == lines(both))
    }

    @Test func floatAndGaugeHistogramsAreNative() throws {
        let page = family(
            "f", 5,
            [
                {
                    $0.message(7) {
                        $0.double(4, 2.5)
                        $0.span(12, 0, 1)
                        $0.double(14, 2.5)
                        $0.message(16) { $0.double(2, 1) }
                        $0.message(16) {
                            $0.double(2, 2)
                            $0.time(3, seconds: 4)
                        }
                    }
                },
                { $0.message(7) { $0.span(12, 0, 0) } },
            ])
        let sink = try read([page])
        #expect(sink.types == ["f": .gaugehistogram])
        #expect(
            sink.histograms.map(\.value) == [
                NativeHistogram(
                    counterReset: .gauge, count: 2.5, positiveSpans: [.init(offset: 0, length: 1)],
                    positiveBuckets: [2.5]), NativeHistogram(counterReset: .gauge),
            ])
        #expect(sink.histograms.first?.exemplars.map(\.value) == [2])
    }

    @Test func inconsistentNativeHistogramsAreRefused() {
        let cases: [(inout FamilyEncoder) -> Void] = [
            // Fewer buckets than spans say, a negative count, an offset back, an unknown schema, counts too large.
            { $0.span(12, 0, 2) }, { $0.packedSigned(13, [-9]) },
            {
                $0.span(12, -1, 1)
                $0.packedSigned(13, [0])
            }, { $0.signed(5, 9) }, { $0.packedSigned(13, [.max, .max]) },
            { $0.span(12, 0, UInt64(UInt32.max)) },
        ]
        for change in cases {
            #expect(throws: ExpositionError.self) {
                try read([
                    native {
                        $0.integer(1, 11)
                        change(&$0)
                    }
                ])
            }
        }
    }

    @Test func familiesWithoutMetricsSayNothing() throws {
        let sink = try read([FamilyEncoder.message { $0.integer(3, 77) }, []])
        #expect(sink.types.isEmpty)
    }

    @Test func brokenFamiliesAreRefused() throws {
        let good = family("a", 1, [{ $0.message(2) { $0.double(1, 1) } }])
        #expect(try read([good]).samples.count == 1)
        let bad: [[UInt8]] = [
            family("", 1, [{ _ in }]), family("a", 6, [{ _ in }]), family("a", 0, unit: "s", [{ _ in }]),
            family("a", 1, [{ $0.label(1, "", "b") }]),
            family(
                "a", 1,
                [
                    {
                        $0.label(1, "b", "c")
                        $0.label(1, "b", "d")
                    }
                ]), family("a", 1, [{ $0.label(1, "__name__", "d") }]),
            // A wrong wire type, and bytes that are not UTF-8.
            family("a", 1, [{ $0.integer(2, 1) }]), family("a", 1, [{ $0.message(1) { $0.field(1, [0xFF]) } }]),
            FamilyEncoder.message {
                $0.field(1, [0xC3])
                $0.message(4) { _ in }
            },
        ]
        for family in bad { #expect(throws: ExpositionError.self) { try read([family]) } }
        for length in 1..<FamilyEncoder.stream([good]).count {
            let cut = Array(FamilyEncoder.stream([good]).prefix(length))
            #expect(throws: ExpositionError.self) { try RecordingExpositionSink.read(cut, .protobuf) }
        }
        let long: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x80, 0]
        #expect(throws: ExpositionError.self) { try RecordingExpositionSink.read(long, .protobuf) }
    }
}
