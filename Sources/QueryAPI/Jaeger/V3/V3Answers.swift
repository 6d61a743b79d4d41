import Codecs

/// - Spec: jaeger-idl `query_service.openapi.yaml`; errors as its HTTP gateway writes them.
enum V3Answers {
    static func failure(_ failure: JaegerFailure) -> JaegerAnswer {
        var writer = JSONWriter()
        writer.raw("{\"error\":{\"httpCode\":")
        writer.integer(failure.status)
        writer.key("message")
        writer.string(failure.message)
        writer.raw("}}")
        var answer = JaegerAnswer.json(writer.bytes)
        answer.status = failure.status
        return answer
    }
}
