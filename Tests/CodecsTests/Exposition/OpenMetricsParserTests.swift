import PrometheusModel
import Testing

@testable import Codecs

/// OpenMetrics 1.0 text. Where Prometheus 3.5 differs from the specification, the verdicts are its own.
@Suite struct OpenMetricsParserTests {
    private func read(
        _ text: String, _ options: ExpositionParser.Options = .init()
    ) throws -> RecordingExpositionSink { try RecordingExpositionSink.read(text, .openMetrics, options) }

    private func reason(_ text: String) -> String? {
        do throws(ExpositionError) {
            _ = try RecordingExpositionSink.read(text, .openMetrics)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func aPageGivesMetadataSamplesAndExemplars() throws {
        let sink = try read(
            """
            # HELP a_seconds Help \\"quoted\\".
            # TYPE a_seconds counter
            # UNIT a_seconds seconds
            a_seconds_total{b="c"} 1.5 1520879607.789 # {trace_id="x\\"y",n="1"} 0.67 1520879606.1
            a_seconds_total 2 # {} 3
            # TYPE "my.info" info
            {"my.info_info","k.v"="w"} 1
            # EOF
            """)
        #expect(sink.helps == ["a_seconds": "Help \"quoted\"."])
        #expect(sink.types == ["a_seconds": .counter, "my.info": .info])
        #expect(sink.units == ["a_seconds": "seconds"])
        #expect(
            sink.samples == [
                .init(
                    labels: ["__name__": "a_seconds_total", "b": "c"], value: 1.5, time: 1_520_879_607_789,
                    exemplar: ExpositionExemplar(
                        labels: ["trace_id": "x\"y", "n": "1"], value: 0.67, time: 1_520_879_606_100)),
                .init(
                    labels: ["__name__": "a_seconds_total"], value: 2, time: nil,
                    exemplar: ExpositionExemplar(labels: Labels(), value: 3, time: nil)),
                .init(labels: ["__name__": "my.info_info", "k.v": "w"], value: 1, time: nil),
            ])
    }

    @Test(arguments: [
        "# EOF", "# EOF\n", "a 1\n# EOF", "a 1 -5\n# EOF", "a 1 1e3\n# EOF", "a{} 1\n# EOF", "a{b=\"c\",} 1\n# EOF",
        "a 1 # {b=\"c\"} 1\n# EOF", "a 1 # {\"b.c\"=\"d\",} 1 2.5\n# EOF", "# HELP a \n# EOF", "# UNIT a \n# EOF",
        "# TYPE a stateset\n# EOF", "# TYPE a unknown\n# EOF", "# TYPE a counter\na 1\n# EOF", "",
    ])
    func accepts(page: String) { #expect(reason(page) == nil) }

    @Test(arguments: [
        "a 1\n", "\n# EOF", "a 1\n\n# EOF", "a 1\n# EOF\n\n", "# EOF\na 1", " a 1\n# EOF", "a  1\n# EOF",
        "a 1 \n# EOF", "a\t1\n# EOF", "a 1 2 3\n# EOF", "a 1 NaN\n# EOF", "a 1 +Inf\n# EOF", "#EOF", "#  EOF",
        "# comment\n# EOF", "# HELP a\n# EOF", "# HELP  a b\n# EOF", "# TYPE a untyped\n# EOF",
        "# TYPE a counter \n# EOF", "# UNIT a_s m\n# EOF", "# UNIT s s\n# EOF", "a{b=\"c\" ,d=\"e\"} 1\n# EOF",
        "a{b=\"c\" d=\"e\"} 1\n# EOF", "a{b=\"c\nd\"} 1\n# EOF", "a{b =\"c\"} 1\n# EOF", "a {b=\"c\"} 1\n# EOF",
        "a 1 # {b=\"c\"}\n# EOF", "a 1 # {b=\"c\"} 1 2 3\n# EOF", "a 1 # {b} 1\n# EOF", "a 1 # {\"b\"} 1\n# EOF",
        "a 1 # {b=\"c\"} 1 NaN\n# EOF", "a 1 # b\n# EOF", "a 1 #\n# EOF", "{b=\"c\"} 1\n# EOF", "a{b} 1\n# EOF",
        "a{b=\"c\",b=\"d\"} 1\n# EOF", "a 1", "a 1 2", "a 1 # {b=\"c\"} 1", "# HELP a b", "a 1_0\n# EOF",
        "a{b=\"c\"}\n# EOF", "# EO\n", "a 1# EOF", "{a} 1\n# EOF",
    ])
    func refuses(page: String) { #expect(reason(page) != nil) }

    @Test func linesOfCreationGiveStartTimes() throws {
        let page = """
            # TYPE a counter
            a_total{b="1"} 5
            a_created{b="1"} 1520430000.123
            a_total{b="2"} 6
            a_total{b="3"} 7
            a_created{b="3"} 1520430001
            # TYPE h histogram
            h_bucket{x="y",le="1"} 1
            h_bucket{x="y",le="+Inf"} 2
            h_count{x="y"} 2
            h_sum{x="y"} 3
            h_created{x="y"} 17
            # TYPE "s.t" summary
            {"s.t",quantile="0.5"} 1
            {"s.t_created"} 18
            # TYPE g gauge
            g 1
            g_created 5
            # EOF

            """
        var options = ExpositionParser.Options()
        options.keepsCreatedSeries = false
        let sink = try read(page, options)
        #expect(
            sink.samples.map { "\($0.labels) \($0.startTime)" } == [
                "a_total{b=\"1\"} 1520430000123", "a_total{b=\"2\"} 0", "a_total{b=\"3\"} 1520430001000",
                "h_bucket{le=\"1.0\", x=\"y\"} 17000", "h_bucket{le=\"+Inf\", x=\"y\"} 17000",
                "h_count{x=\"y\"} 17000", "h_sum{x=\"y\"} 17000", "{\"s.t\", quantile=\"0.5\"} 18000", "g 0",
                "g_created 0",
            ])
        let all = try read(page)
        #expect(all.samples.count == 14)
        #expect(all.samples.first { $0.labels.metricName == "a_created" }?.value == 1_520_430_000.123)
    }

    @Test func errorsNameTheLine() {
        #expect(reason("a 1\n") == "line 2: page does not end with # EOF")
        #expect(reason("a 1\n# TYPE b nothing\n# EOF\n") == "line 2: unknown metric type")
    }
}
