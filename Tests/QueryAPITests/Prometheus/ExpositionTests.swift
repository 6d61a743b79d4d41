import Codecs
import PrometheusModel
import QueryEngines
import Testing

@testable import QueryAPI

@Suite struct ExpositionTests {
    private static let now = PrometheusAPI.testTime

    private static let catalog = ListCatalog(
        snapshot: SeriesSnapshot([
            .init(
                labels: ["__name__": "b_total", "job": "j"], time: now - 1000, value: 2,
                metadata: MetricMetadata(type: .counter, help: "Help.", unit: "")),
            .init(labels: ["__name__": "a", "instance": "i"], time: now, value: .nan),
            .init(labels: ["__name__": "old"], time: now - 300_000, value: 1),
            .init(
                labels: ["__name__": "h"], time: now, value: 0,
                histogram: NativeHistogram(
                    count: 1, sum: 2, positiveSpans: [.init(offset: 1, length: 1)], positiveBuckets: [1])),
        ]))

    @Test func `federation shows the selected series with their times and without types`() async {
        let api = PrometheusAPI.test(Self.catalog)
        let answer = await api.ask(.federate, [("match[]", "{__name__=~\".+\"}")])
        #expect(answer.status == 200)
        #expect(
            answer.text == """
                # TYPE a untyped
                a{instance="i"} NaN 1700000000000
                # TYPE b_total untyped
                b_total{instance="",job="j"} 2 1699999999000
                # native histogram left out: h

                """)
        let none = await api.ask(.federate)
        #expect(none.status == 200 && none.text.isEmpty)
        let broken = await api.ask(.federate, [("match[]", "{")])
        #expect(broken.status == 400)
        #expect(broken.text.contains("parse error") && !broken.text.contains("{\""))
    }

    @Test func `all metrics are shown with their types and without times`() async throws {
        let answer = try await PrometheusAPI.test(Self.catalog).exposition(accept: nil)
        #expect(answer.contentType == "text/plain; version=0.0.4; charset=utf-8; escaping=underscores")
        guard case .bytes(let bytes) = answer.body else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("# HELP b_total Help.\n# TYPE b_total counter\nb_total{job=\"j\"} 2\n"))
        #expect(text.contains("h_bucket{le=\"+Inf\"} 1\n"))
        #expect(!text.contains("old"))
    }

    @Test(
        "the format is the best that the scraper takes",
        arguments: [
            (nil, .text, .underscores), ("text/plain", .text, .underscores),
            ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", .openMetrics, .underscores),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5, text/plain;q=0.3",
                .openMetrics, .quoted
            ),
            ("application/openmetrics-text;q=0.1, text/plain;version=0.0.4;q=0.3, */*;q=0.2", .text, .underscores),
            ("application/openmetrics-text;q=0", .text, .underscores), ("image/png", .text, .underscores),
        ] as [(String?, ExpositionWriter.Form, ExpositionWriter.Names)])
    func choices(accept: String?, form: ExpositionWriter.Form, names: ExpositionWriter.Names) {
        let writer = ExpositionChoice.writer(accept: accept, takesOpenMetrics: true, nativeHistograms: .classic)
        #expect(writer.form == form && writer.names == names)
        let text = ExpositionChoice.writer(accept: accept, takesOpenMetrics: false, nativeHistograms: .classic)
        #expect(text.form == .text)
    }
}
