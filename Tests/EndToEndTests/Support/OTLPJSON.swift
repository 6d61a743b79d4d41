/// Requests in OTLP JSON as a test writes them.
enum OTLPJSON {
    struct Span {
        var trace = hexDigits(randomBytes(16))
        var span = hexDigits(randomBytes(8))
        var name = "probe"
        /// More members of the span, each with a comma before it.
        var more = ""
    }

    static func traces(service: String, _ spans: [Span]) -> [UInt8] {
        let list = spans.map {
            #"{"traceId":"\#($0.trace)","spanId":"\#($0.span)","name":"\#($0.name)","kind":1,"#
                + #""startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000000001000000"\#($0.more)}"#
        }
        return request("resourceSpans", "scopeSpans", "spans", service, list)
    }

    static func logs(service: String, _ bodies: [String]) -> [UInt8] {
        let list = bodies.map { #"{"timeUnixNano":"1700000000000000000","body":{"stringValue":"\#($0)"}}"# }
        return request("resourceLogs", "scopeLogs", "logRecords", service, list)
    }

    /// Log records with a number as their attribute `n`.
    static func numberedLogs(service: String, _ numbers: [UInt64], body: String) -> [UInt8] {
        let list = numbers.map {
            #"{"timeUnixNano":"1700000000000000000","body":{"stringValue":"\#(body)"},"#
                + #""attributes":[{"key":"n","value":{"stringValue":"\#($0)"}}]}"#
        }
        return request("resourceLogs", "scopeLogs", "logRecords", service, list)
    }

    /// A gauge with points of value 1 at these times.
    static func gauge(service: String, name: String, _ times: [UInt64], description: String = "") -> [UInt8] {
        let points = times.map { #"{"timeUnixNano":"\#($0)","asDouble":1}"# }.joined(separator: ",")
        let metric = #"{"name":"\#(name)","description":"\#(description)","gauge":{"dataPoints":[\#(points)]}}"#
        return request("resourceMetrics", "scopeMetrics", "metrics", service, [metric])
    }

    private static func request(
        _ blocks: String, _ scopes: String, _ items: String, _ service: String, _ list: [String]
    ) -> [UInt8] {
        let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]}"#
        let text =
            #"{"\#(blocks)":[{"resource":\#(resource),"\#(scopes)":[{"scope":{"name":"e2e"},"#
            + #""\#(items)":[\#(list.joined(separator: ","))]}]}]}"#
        return Array(text.utf8)
    }

    /// The member `attributes` of a span, with one value of lists inside each other.
    static func nestedAttribute(levels: Int) -> String {
        let open = String(repeating: #"{"arrayValue":{"values":["#, count: levels)
        let close = String(repeating: "]}}", count: levels)
        return #","attributes":[{"key":"deep","value":"# + open + #"{"stringValue":"x"}"# + close + "}]"
    }
}
