import Testing

@testable import Codecs

/// Headers and what Prometheus 3 takes them for.
@Suite struct ExpositionFormatTests {
    @Test(arguments: [
        ("text/plain", ExpositionFormat.text), ("text/plain; version=0.0.4; charset=utf-8", .text),
        ("TEXT/Plain ;version=1.0.0;escaping=allow-utf-8", .text), ("text/plain;", .text), (" text/plain ", .text),
        ("text/plain; charset=\"utf-8\"", .text), ("application/openmetrics-text", .openMetrics),
        ("application/openmetrics-text; version=0.0.1", .openMetrics),
        (
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
            .protobuf
        ), ("application/vnd.google.protobuf", .protobuf),
    ])
    func headerSaysTheFormat(header: String, format: ExpositionFormat) throws {
        #expect(try ExpositionFormat(contentType: header) == format)
    }

    @Test(arguments: [
        nil, "", "text/html", "application/json", "text", "text/plain; charset", "text/plain, text/html",
        "text/plain; a=b; a=c", "text/plain; =x", "te xt/plain", "/", "text/",
    ])
    func anythingElseNeedsAFallback(header: String?) throws {
        #expect(throws: ExpositionError.self) { try ExpositionFormat(contentType: header) }
        #expect(try ExpositionFormat(contentType: header, fallback: .protobuf) == .protobuf)
    }

    @Test func headersOfAFormatAreReadAsIt() throws {
        for format in ExpositionFormat.allCases {
            #expect(try ExpositionFormat(contentType: format.contentType) == format)
        }
        let header = ExpositionWriter(.openMetrics, names: .underscores).contentType
        #expect(try ExpositionFormat(contentType: header) == .openMetrics)
    }
}
