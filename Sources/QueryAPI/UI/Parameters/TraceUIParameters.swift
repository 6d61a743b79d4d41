import QueryEngines
import TelemetryModel
import TraceQL

/// The parameters of a URL by their types; an empty one is as good as none.
struct TraceUIParameters: Sendable {
    private let form: TempoForm

    init(_ query: String?) throws(TraceUIFailure) {
        do throws(TraceQueryError) {
            form = try TempoForm(query: query)
        } catch {
            throw TraceUIFailure(error)
        }
    }

    /// Nil when it is absent or empty.
    subscript(_ name: String) -> String? { form[name] }

    /// A whole number from 0 on.
    func number(_ name: String) throws(TraceUIFailure) -> Int? {
        guard let text = form[name] else { return nil }
        guard let value = Int(text), value >= 0 else { throw .parameter(name, "has to be a whole number from 0 on") }
        return value
    }

    /// How much of something, from 1 to a maximum.
    func count(_ name: String, default ordinary: Int, max: Int) throws(TraceUIFailure) -> Int {
        guard let count = try number(name) else { return ordinary }
        guard count > 0 else { throw .parameter(name, "has to be at least 1") }
        guard count <= max else { throw .parameter(name, "is \(count), limit is \(max)") }
        return count
    }

    /// `start` and `end`: seconds, nanoseconds or RFC 3339, as the parameters of Tempo.
    ///
    /// - Parameter now: stands for an absent end; without a start it is an hour before the end.
    func range(now: Timestamp) throws(TraceUIFailure) -> Range<Int64> {
        let end = try time("end") ?? now.nanoseconds
        let start = try time("start") ?? max(0, end - TraceUILimits.rangeDefault)
        guard start < end else { throw TraceUIFailure(.invalid, "parameter start has to be before end") }
        return start..<end
    }

    private func time(_ name: String) throws(TraceUIFailure) -> Int64? {
        guard let text = form[name] else { return nil }
        do throws(TraceQueryError) {
            let time = try TempoTime.instant(text, name: name)
            guard time >= 0 else { throw TraceQueryError(.invalid, "parameter \(name) is before 1970") }
            return time
        } catch {
            throw TraceUIFailure(error)
        }
    }

    /// `q`, a query that finds spans; all of them without it.
    func query() throws(TraceUIFailure) -> Query {
        let text = form["q"] ?? "{}"
        let query: Query
        do throws(TraceQLError) {
            query = try TraceQLParser.parse(text)
        } catch {
            throw TraceUIFailure(error, in: text)
        }
        guard case .search = query.body else { throw Self.metricsQuery }
        return query
    }

    static let metricsQuery = TraceUIFailure(.invalid, "this is a metrics query; a query that finds spans is needed")

    /// Ids of spans, each 1 to 16 hex digits, separated by commas; each once.
    func spanIDs(_ name: String) throws(TraceUIFailure) -> [SpanID]? {
        guard let text = form[name] else { return nil }
        let parts = text.split(separator: ",", maxSplits: TraceUILimits.fullSpansMax)
        guard parts.count <= TraceUILimits.fullSpansMax else {
            throw .parameter(name, "has more than \(TraceUILimits.fullSpansMax) ids")
        }
        var ids: [SpanID] = []
        var known: Set<SpanID> = []
        for part in parts {
            guard let bytes = Hex.decode(part, paddedTo: 8), let id = SpanID(bytes: bytes) else {
                throw .parameter(name, "has an id that is not 1 to 16 hex digits")
            }
            if known.insert(id).inserted { ids.append(id) }
        }
        return ids
    }

    static func traceID(_ text: String) throws(TraceUIFailure) -> TraceID {
        guard let id = TraceID(hex: text), !id.isZero else {
            throw TraceUIFailure(.invalid, "a trace id is 1 to 32 hex digits and not zero")
        }
        return id
    }
}
