import Codecs
import TelemetryModel

/// What every answer of the web page's API is wrapped in.
///
/// - Spec: Jaeger's `structuredResponse`: `{"data":…,"total":0,"limit":0,"offset":0,"errors":null}`.
enum JaegerEnvelope {
    /// - Parameter total: the length of lists of names; Jaeger leaves it 0 for traces and dependencies.
    static func success(total: Int = 0, _ data: (inout JSONWriter) -> Void) -> JaegerAnswer {
        var writer = JSONWriter()
        writer.raw("{\"data\":")
        data(&writer)
        end(&writer, total: total)
        return .json(writer.bytes)
    }

    static func end(_ writer: inout JSONWriter, total: Int = 0, errors: [JaegerFailure] = []) {
        writer.raw(",\"total\":")
        writer.integer(total)
        writer.raw(",\"limit\":0,\"offset\":0,\"errors\":")
        guard !errors.isEmpty else {
            writer.raw("null}")
            return
        }
        writer.open("[")
        for error in errors {
            writer.separate()
            writer.open("{")
            writer.key("code")
            writer.integer(error.status)
            writer.key("msg")
            writer.string(error.message)
            if let id = error.traceID {
                writer.key("traceID")
                writer.string(id.jaegerText)
            }
            writer.close("}")
        }
        writer.raw("]}")
    }

    static func failure(_ failure: JaegerFailure) -> JaegerAnswer {
        var writer = JSONWriter()
        writer.raw("{\"data\":null")
        end(&writer, errors: [failure])
        var answer = JaegerAnswer.json(writer.bytes)
        answer.status = failure.status
        return answer
    }
}

extension TraceID {
    /// As Jaeger's model prints it: 16 digits when the upper half is zero, 32 otherwise.
    var jaegerText: String { high == 0 ? String(hex.dropFirst(16)) : hex }
}
