import Codecs
import QueryEngines
import TelemetryModel
import TraceQL

/// The question of a search in API v3: parameters `query.…` of the URL, or the same as JSON in the body.
struct V3Query: Sendable {
    var search: JaegerSearch
    var isRaw: Bool

    /// - Spec: jaeger-idl `query_service.openapi.yaml`, `TraceQueryParameters`; the names in snake case of older
    ///   servers are taken too.
    init(_ question: JaegerAPI.Question, now: Int64) throws(JaegerFailure) {
        let form = question.method == "POST" ? try Self.form(question.body) : question.form
        func names(_ camel: String, _ snake: String) -> [String] { ["query." + camel, "query." + snake] }
        func duration(_ camel: String, _ snake: String) throws(JaegerFailure) -> Int64? {
            guard let (name, value) = form.text(names(camel, snake)) else { return nil }
            return try GoDuration.parse(value, parameter: name)
        }
        let start = try form.time("query.startTimeMin", "query.start_time_min")
        let end = try form.time("query.startTimeMax", "query.start_time_max")
        guard let start, let end else {
            throw JaegerFailure(400, "query.startTimeMin and query.startTimeMax are required")
        }
        search = JaegerSearch(
            service: form.text(names("serviceName", "service_name"))?.value,
            operation: form.text(names("operationName", "operation_name"))?.value,
            range: TraceTimeRange(start: start, end: end),
            durationMin: try duration("durationMin", "duration_min"),
            durationMax: try duration("durationMax", "duration_max"))
        if let (name, value) = form.text(["query.attributes"]) {
            do { search.tags = try JaegerSearch.checked(JSONText.map(value)) } catch {
                throw .parameter(name, error.message)
            }
        }
        let depths = names("searchDepth", "search_depth") + ["query.num_traces"]
        if let (name, _) = form.text(depths) { search.limit = try JaegerSearch.limit(form, name) }
        isRaw = try form.flag("query.rawTraces", "query.raw_traces")
        try search.checkDurations("query.durationMax", "query.durationMin")
        if let text = form.text("query.filter") {
            guard search.service == nil, search.operation == nil, search.tags.isEmpty, search.durationMin == nil,
                search.durationMax == nil
            else {
                throw JaegerFailure(
                    400,
                    "query.filter cannot be combined with the service, operation, attributes or durations of a query")
            }
            search.filter = try FilterExpression.parse(text).condition()
        }
    }

    /// `{"query":{…}}` as parameters: what is an object stays JSON.
    private static func form(_ body: [UInt8]) throws(JaegerFailure) -> FormParameters {
        guard let text = String(validating: body, as: UTF8.self) else {
            throw JaegerFailure(400, "the body is not UTF-8")
        }
        do {
            return try JSONText.read(text) { (reader, bytes) throws(DecodeError) in
                var parameters: [(String, String)] = []
                try JSONText.object(&reader, bytes) { (key, reader) throws(DecodeError) in
                    guard key == "query", try reader.nextKind() == .object else { return try reader.skipValue() }
                    try JSONText.object(&reader, bytes) { (key, reader) throws(DecodeError) in
                        switch try reader.nextKind() {
                        case .null: try reader.skipValue()
                        case .object, .list:
                            parameters.append(("query." + key, try JSONText.source(&reader, bytes)))
                        case .string, .number, .boolean:
                            parameters.append(("query." + key, try JSONText.scalar(&reader, bytes)))
                        }
                    }
                }
                return FormParameters(parameters)
            }
        } catch {
            throw JaegerFailure(400, "cannot read the body: \(error.message)")
        }
    }
}
