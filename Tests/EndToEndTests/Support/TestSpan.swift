import Foundation

/// A span as a test sends it by OTLP/HTTP in JSON.
struct TestSpan: Sendable {
    var trace = hexDigits(randomBytes(16))
    var id = hexDigits(randomBytes(8))
    /// Empty for a root.
    var parent = ""
    var name = "probe"
    /// 1 internal, 2 server, 3 client, 4 producer, 5 consumer.
    var kind = 1
    /// Nanoseconds since the Unix epoch.
    var start = TestSpan.now()
    /// Nanoseconds.
    var duration: UInt64 = 1_000_000
    /// 0 unset, 1 ok, 2 error.
    var status = 0
    var attributes: [String: String] = [:]

    var end: UInt64 { start &+ duration }

    static func now() -> UInt64 { UInt64(Date().timeIntervalSince1970 * 1e9) }

    private var json: String {
        let attributes = self.attributes.sorted { $0.key < $1.key }
            .map { #"{"key":"\#($0.key)","value":{"stringValue":"\#($0.value)"}}"# }.joined(separator: ",")
        return #"{"traceId":"\#(trace)","spanId":"\#(id)","parentSpanId":"\#(parent)","name":"\#(name)","#
            + #""kind":\#(kind),"startTimeUnixNano":"\#(start)","endTimeUnixNano":"\#(end)","#
            + #""status":{"code":\#(status)},"attributes":[\#(attributes)]}"#
    }

    /// A request of spans by service.
    static func request(_ services: [(service: String, spans: [TestSpan])]) -> [UInt8] {
        let blocks = services.map { service, spans in
            #"{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]},"#
                + #""scopeSpans":[{"scope":{"name":"e2e"},"spans":[\#(spans.map(\.json).joined(separator: ","))]}]}"#
        }
        return Array(#"{"resourceSpans":[\#(blocks.joined(separator: ","))]}"#.utf8)
    }
}
