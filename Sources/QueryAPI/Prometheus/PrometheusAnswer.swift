/// What a request is answered with, whatever carries it.
struct PrometheusAnswer: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        case query(QueryAnswer)
    }

    var status = 200
    var contentType = "application/json"
    var body: Body

    static func json(_ bytes: [UInt8]) -> PrometheusAnswer { PrometheusAnswer(body: .bytes(bytes)) }

    static func text(_ status: Int, _ text: String) -> PrometheusAnswer {
        PrometheusAnswer(
            status: status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }

    /// Success without anything to say.
    static let empty = PrometheusAnswer(status: 204, body: .bytes([]))

    static func failure(_ error: any Error) -> PrometheusAnswer {
        let failure = PrometheusFailure(error)
        return PrometheusAnswer(status: failure.status, body: .bytes(Envelope.failure(failure)))
    }
}
