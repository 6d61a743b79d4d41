import Codecs
import QueryEngines
import TelemetryModel
import TraceAnalysis
import TraceQL

/// What is looked for in a trace.
private enum TraceSearchText {
    case query(Pipeline)
    /// - note: why a text that looks like a query is none.
    case text(String, note: TraceUIFailure?)

    init(_ text: String) throws(TraceUIFailure) {
        let query: Query
        do throws(TraceQLError) {
            query = try TraceQLParser.parse(text)
        } catch {
            let failure = TraceUIFailure(error, in: text)
            // Types that do not go together are not found as text either.
            guard error.kind == .parse else { throw failure }
            guard text.utf8.count <= TraceUILimits.textBytesMax else {
                throw .parameter("q", "has \(text.utf8.count) bytes, limit of a text is \(TraceUILimits.textBytesMax)")
            }
            self = .text(text, note: text.first { !$0.isWhitespace } == "{" ? failure : nil)
            return
        }
        guard case .search(let pipeline) = query.body else { throw TraceUIParameters.metricsQuery }
        self = .query(pipeline)
    }
}

extension TraceUIAPI {
    /// `GET /api/ui/trace/{id}/search?q=&limit=&spans=`: rows of the spans that a TraceQL query answers, or, when it is
    /// none, of those that have the text anywhere.
    func search(_ id: TraceID, _ parameters: TraceUIParameters) async throws -> TraceUIAnswer {
        guard let text = parameters["q"] else { throw TraceUIFailure.parameter("q", "is required") }
        let limit = try parameters.count("limit", default: TraceUILimits.rowsDefault, max: TraceUILimits.rowsMax)
        let wanted = try TraceSearchText(text)
        let tree = try await tree(id, parameters)
        let found: [SpanID]
        switch wanted {
        case .query(let pipeline):
            guard let ids = try await dependencies.analyses.spans(answering: pipeline, in: id) else {
                throw TraceUIFailure.noTrace(id)
            }
            found = ids
        // One more than there is room for tells that there are more.
        case .text(let text, _):
            found = try await dependencies.analyses.spans(containing: text, in: id, limit: limit + 1)
        }
        return try await work.run(tree.count) {
            let ids = Set(found)
            let rows = tree.skeleton.spanIDs.indices.filter { ids.contains(tree.skeleton.spanIDs[$0]) }
            return .json { writer in
                writer.member("spans", tree.count)
                switch wanted {
                case .query:
                    writer.member("language", "traceql")
                    writer.member("matched", rows.count)
                case .text(_, let note):
                    writer.member("language", "text")
                    if let note { writer.object("note") { note.write(members: &$0) } }
                    writer.member("matched", min(rows.count, limit))
                }
                writer.numbers("rows", rows.prefix(limit))
                writer.member("complete", rows.count <= limit && found.count <= limit)
            }
        }
    }
}
