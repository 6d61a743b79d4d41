/// What a request is answered with, whatever carries it.
struct JaegerAnswer: Sendable {
    /// Takes a piece of the body; returns when the carrier has room for the next.
    typealias Sink = @Sendable ([UInt8]) async throws -> Void

    enum Body: Sendable {
        case bytes([UInt8])
        /// Too much to hold: the function writes it piece by piece. When it throws, the body is not complete and the
        /// carrier must let the client see that.
        case stream(@Sendable (_ sink: @escaping Sink) async throws -> Void)
    }

    var status = 200
    var contentType = "application/json"
    var body: Body

    static func json(_ bytes: [UInt8]) -> JaegerAnswer { JaegerAnswer(body: .bytes(bytes)) }

    static func text(_ text: String) -> JaegerAnswer {
        JaegerAnswer(contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }
}
