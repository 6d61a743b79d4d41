import Codecs
import QueryEngines

extension JaegerAPI {
    /// `/api/dependencies`. `endTs` and `lookback` are milliseconds, by default now and a day.
    func serviceDependencies(_ form: FormParameters) async throws -> JaegerAnswer {
        var end = dependencies.now()
        if let milliseconds = try form.integer("endTs") { end = milliseconds.multipliedClamping(by: 1_000_000) }
        let lookback = try form.milliseconds("lookback") ?? 86_400_000_000_000
        let (start, overflow) = end.subtractingReportingOverflow(lookback)
        let range = TraceTimeRange(start: overflow ? .min : start, end: end == .max ? end : end + 1)
        var links = try await shownDependencies(range)
        if let service = form.text("service") { links = links.filter { $0.parent == service || $0.child == service } }
        return JaegerEnvelope.success { writer in
            writer.open("[")
            for link in links {
                writer.dependency(link)
                writer.integer(link.calls)
                writer.close("}")
            }
            writer.close("]")
        }
    }

    func v3Dependencies(_ form: FormParameters) async throws -> JaegerAnswer {
        guard let start = try form.time("startTime", "start_time") else { throw JaegerFailure.missing("startTime") }
        guard let end = try form.time("endTime", "end_time") else { throw JaegerFailure.missing("endTime") }
        guard start <= end else { throw JaegerFailure(400, "'endTime' is before 'startTime'") }
        let links = try await shownDependencies(TraceTimeRange(start: start, end: end))
        var writer = JSONWriter()
        writer.raw("{\"dependencies\":[")
        for link in links {
            writer.dependency(link)
            // A 64-bit integer, in proto3 JSON.
            writer.quotedInteger(link.calls)
            writer.close("}")
        }
        writer.raw("]}")
        return .json(writer.bytes)
    }

    /// Under the names that Jaeger shows.
    private func shownDependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency] {
        try await dependencies.queries.dependencies(range).map { link in
            var link = link
            link.parent = JaegerService.shown(link.parent)
            link.child = JaegerService.shown(link.child)
            return link
        }
    }
}

extension JSONWriter {
    /// Up to the number of calls.
    fileprivate mutating func dependency(_ link: ServiceDependency) {
        separate()
        open("{")
        key("parent")
        string(link.parent)
        key("child")
        string(link.child)
        key("callCount")
    }
}
