import Codecs

/// What a question is answered with, whatever carries it.
struct TraceUIAnswer: Sendable, Equatable {
    enum ContentType: String, Sendable {
        case json = "application/json"
        case binary = "application/octet-stream"
    }

    var status = 200
    var contentType = ContentType.json
    var body: [UInt8]
    /// Of a page of a skeleton: `X-Martlet-Spans` and `X-Martlet-From`.
    var page: (spans: Int, from: Int)?
    /// Seconds for `Retry-After`.
    var retryAfter: Int?

    static func json(_ write: (inout JSONWriter) -> Void) -> TraceUIAnswer {
        var writer = JSONWriter()
        writer.object(write)
        return TraceUIAnswer(body: writer.bytes)
    }

    static func failure(_ error: any Error) -> TraceUIAnswer {
        let failure = TraceUIFailure(error)
        var writer = JSONWriter()
        failure.write(into: &writer)
        return TraceUIAnswer(
            status: failure.status, body: writer.bytes, retryAfter: failure.status == 503 ? 1 : nil)
    }

    static func == (one: TraceUIAnswer, two: TraceUIAnswer) -> Bool {
        one.status == two.status && one.contentType == two.contentType && one.body == two.body
            && one.page?.spans == two.page?.spans && one.page?.from == two.page?.from
            && one.retryAfter == two.retryAfter
    }
}
