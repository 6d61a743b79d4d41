import HTTPTypes

/// What a request is answered with, whatever carries it.
struct TempoAnswer: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Chunks of a trace that is too large to be held as a whole.
        case trace(TraceStream)
    }

    static let jsonType = "application/json"
    static let protobufType = "application/protobuf"

    var status = 200
    var contentType = jsonType
    var body: Body

    static func json(_ bytes: [UInt8]) -> TempoAnswer { TempoAnswer(body: .bytes(bytes)) }

    static func text(_ status: Int, _ text: String) -> TempoAnswer {
        TempoAnswer(status: status, contentType: "text/plain; charset=utf-8", body: .bytes(Array(text.utf8)))
    }

    static func failure(_ error: any Error) -> TempoAnswer {
        let failure = TempoFailure(error)
        return .text(failure.status.code, failure.message)
    }
}
