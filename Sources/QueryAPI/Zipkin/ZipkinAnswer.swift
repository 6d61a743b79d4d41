import Codecs

/// What a request is answered with, whatever carries it.
struct ZipkinAnswer: Sendable, Equatable {
    var status = 200
    var contentType = "application/json"
    var body: [UInt8]
    /// Seconds for `Retry-After`.
    var retryAfter: Int?

    static func json(_ bytes: [UInt8]) -> ZipkinAnswer { ZipkinAnswer(body: bytes) }

    static func text(_ status: Int, _ text: String) -> ZipkinAnswer {
        ZipkinAnswer(status: status, contentType: "text/plain; charset=utf-8", body: Array(text.utf8))
    }

    /// A list of texts.
    static func names(_ names: [String]) -> ZipkinAnswer {
        var writer = JSONWriter()
        writer.open("[")
        for name in names {
            writer.separate()
            writer.string(name)
        }
        writer.close("]")
        return .json(writer.bytes)
    }

    static func failure(_ failure: ZipkinFailure) -> ZipkinAnswer {
        var answer = ZipkinAnswer.text(failure.status, failure.message + "\n")
        if failure.status == 503 { answer.retryAfter = 1 }
        return answer
    }
}
