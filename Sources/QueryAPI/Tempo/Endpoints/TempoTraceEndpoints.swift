import QueryEngines
import TelemetryModel

extension TempoAPI {
    /// A trace that is found is answered as a whole when it is small, and else page by page.
    func trace(_ question: Question, _ wrapping: TraceStream.Wrapping) async throws -> TempoAnswer {
        guard let id = TraceID(hex: question.name), !id.isZero else {
            throw TraceQueryError(.invalid, "trace id must be 1 to 32 hex digits and not zero")
        }
        try checkTraceParameters(question.form, wrapping)
        let encoding: TraceStream.Encoding =
            question.accept?.contains("application/protobuf") == true ? .protobuf : .json
        let stream = TraceStream(id: id, queries: dependencies.queries, encoding: encoding, wrapping: wrapping)
        let body: TempoAnswer.Body
        do {
            guard let trace = try await dependencies.queries.trace(id, spansMax: TraceStream.wholeSpansMax) else {
                throw TraceQueryError(.notFound, "trace \(id.hex) not found")
            }
            body = .bytes(try stream.whole(trace))
        } catch let error as TraceQueryError where error.kind == .tooLarge {
            body = .trace(stream)
        }
        return TempoAnswer(
            contentType: encoding == .protobuf ? TempoAnswer.protobufType : TempoAnswer.jsonType, body: body)
    }

    /// `start` and `end` help Tempo to find the blocks of a trace; here an id is found as soon without them, and the
    /// whole trace is answered.
    private func checkTraceParameters(_ form: TempoForm, _ wrapping: TraceStream.Wrapping) throws(TraceQueryError) {
        var (start, end): (Int64?, Int64?)
        if let text = form["start"] { start = try TempoTime.seconds(text, name: "start") }
        if let text = form["end"] { end = try TempoTime.seconds(text, name: "end") }
        _ = try TempoTime.range(start: start, end: end, needsBoth: false)
        if wrapping == .withStatus, let filter = form["q"] {
            let bare = filter.filter { !$0.isWhitespace }
            guard bare == "{}" || bare == "{true}" else {
                throw TraceQueryError(.unsupported, "choosing spans of a trace by q is not supported")
            }
        }
    }
}
