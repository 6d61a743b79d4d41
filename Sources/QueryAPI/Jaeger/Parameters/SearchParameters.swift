import TelemetryModel

extension JaegerSearch {
    /// Traces in an answer at most.
    static let limitMax = 10_000
    /// Trace ids in one request at most.
    static let traceIDsMax = 1000
    /// Tags in one request at most: each is looked for in five places.
    static let tagsMax = 100

    /// The parameters of `/api/traces`.
    ///
    /// - Spec: Jaeger, "HTTP JSON"; without `start` or `end` there is no such bound.
    init(_ form: FormParameters) throws(JaegerFailure) {
        let start = try form.integer("start")
        let end = try form.integer("end")
        self.init(
            service: form.text("service"), operation: form.text("operation"), tags: try Self.tags(form),
            range: Self.range(startMicroseconds: start, endMicroseconds: end),
            durationMin: try form.duration("minDuration"), durationMax: try form.duration("maxDuration"),
            limit: try Self.limit(form, "limit"), traceIDs: try Self.traceIDs(form))
        guard service != nil || !traceIDs.isEmpty else { throw .missing("service") }
        try checkDurations("minDuration", "maxDuration")
    }

    func checkDurations(_ minimum: String, _ maximum: String) throws(JaegerFailure) {
        if let durationMin, let durationMax, durationMax < durationMin {
            throw JaegerFailure(400, "'\(maximum)' should be greater than '\(minimum)'")
        }
    }

    /// Absent or 0 stands for the usual number.
    static func limit(_ form: FormParameters, _ name: String) throws(JaegerFailure) -> Int {
        guard let limit = try form.integer(name), limit != 0 else { return limitDefault }
        guard limit > 0, limit <= limitMax else { throw .parameter(name, "\(limit) is not between 1 and \(limitMax)") }
        return Int(limit)
    }

    private static func traceIDs(_ form: FormParameters) throws(JaegerFailure) -> [TraceID] {
        var ids: [TraceID] = []
        for text in form.all("traceID") where !text.isEmpty {
            guard ids.count < traceIDsMax else { throw .parameter("traceID", "more than \(traceIDsMax) ids") }
            let id: TraceID
            do { id = try FormParameters.traceID(text) } catch { throw .parameter("traceID", error.message) }
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    /// `tag=key:value`, and `tags={"key":"value"}`, both repeatable.
    private static func tags(_ form: FormParameters) throws(JaegerFailure) -> [(key: String, value: String)] {
        var tags: [(key: String, value: String)] = []
        for text in form.all("tag") where !text.isEmpty {
            guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
                throw JaegerFailure(400, "malformed 'tag' parameter, expecting key:value, received: \(text)")
            }
            tags.append((String(text[..<colon]), String(text[text.index(after: colon)...])))
        }
        for text in form.all("tags") where !text.isEmpty {
            do {
                tags += try JSONText.map(text)
            } catch {
                throw JaegerFailure(400, "malformed 'tags' parameter, cannot unmarshal JSON: \(error.message)")
            }
        }
        return try checked(tags)
    }

    static func checked(
        _ tags: [(key: String, value: String)]
    ) throws(JaegerFailure) -> [(key: String, value: String)] {
        guard tags.count <= tagsMax else { throw JaegerFailure(400, "a search takes \(tagsMax) tags at most") }
        return tags
    }
}
