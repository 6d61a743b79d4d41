package import QueryEngines
import TelemetryModel
import TraceQL

/// What names of attributes are asked with; nil is what was not given.
package struct TempoTagNamesParameters: Sendable {
    /// A scope, `all`, or empty for all.
    package var scope: String?
    /// TraceQL, perhaps incomplete.
    package var query: String?
    /// Seconds since the Unix epoch.
    package var start: Int64?
    package var end: Int64?
    package var limit: Int?

    package init(
        scope: String? = nil, query: String? = nil, start: Int64? = nil, end: Int64? = nil, limit: Int? = nil
    ) {
        self.scope = scope
        self.query = query
        self.start = start
        self.end = end
        self.limit = limit
    }

    package func request() throws(TraceQueryError) -> TagNamesRequest {
        TagNamesRequest(
            scope: try checkedScope(), filter: query.flatMap(TempoLenientFilter.parse),
            range: try TempoTime.range(start: start, end: end, needsBoth: false),
            limit: try TempoCount.items(limit))
    }

    private func checkedScope() throws(TraceQueryError) -> TagScope? {
        switch scope {
        case nil, "", "all", "none": return nil
        case .some(let text):
            guard let scope = TagScope(rawValue: text) else {
                throw TraceQueryError(
                    .invalid,
                    "invalid scope: \(TempoTime.quoted(text)), scopes are "
                        + TagScope.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return scope
        }
    }
}

extension TempoTagNamesParameters {
    init(_ form: TempoForm) throws(TraceQueryError) {
        self.init(scope: form["scope"], query: form["q"])
        if let text = form["start"] { start = try TempoTime.seconds(text, name: "start") }
        if let text = form["end"] { end = try TempoTime.seconds(text, name: "end") }
        if let text = form["limit"] { limit = try TempoCount.parse(text, name: "limit") }
    }
}

/// What the values of an attribute are asked with; nil is what was not given.
package struct TempoTagValuesParameters: Sendable {
    /// In the first version of the API an attribute's name, or one of the names of `TempoTagSearch`; in the second a name as
    /// TraceQL writes it.
    package var name: String
    package var query: String?
    /// Seconds since the Unix epoch.
    package var start: Int64?
    package var end: Int64?
    package var limit: Int?

    package init(name: String, query: String? = nil, start: Int64? = nil, end: Int64? = nil, limit: Int? = nil) {
        self.name = name
        self.query = query
        self.start = start
        self.end = end
        self.limit = limit
    }

    /// For a name as TraceQL writes it: `.a`, `span.a`, `resource."a b"`, `name`, `span:name`.
    package func typedRequest() throws(TraceQueryError) -> TagValuesRequest {
        guard !name.isEmpty else { throw TraceQueryError(.invalid, "please provide a non-empty tagName") }
        guard let attribute = Attribute(parsing: name) else {
            throw TraceQueryError(
                .invalid, "please provide a valid tagName: \(TempoTime.quoted(name)) is no name in TraceQL")
        }
        guard !attribute.ofParent else {
            throw TraceQueryError(
                .invalid, "please provide a valid tagName: \(TempoTime.quoted(name)) is of the parent of a span")
        }
        return try request(attribute.target)
    }

    /// For a bare name: of an attribute of any scope, or one of those that older clients use for fields of spans.
    package func untypedRequest() throws(TraceQueryError) -> TagValuesRequest {
        guard !name.isEmpty else { throw TraceQueryError(.invalid, "please provide a non-empty tagName") }
        switch name {
        case "name": return try request(.intrinsic(.name))
        case "status.code", "status": return try request(.intrinsic(.status))
        case "kind": return try request(.intrinsic(.kind))
        case "root.name", "rootName": return try request(.intrinsic(.rootName))
        case "root.service.name", "rootServiceName": return try request(.intrinsic(.rootService))
        case "statusMessage": return try request(.intrinsic(.statusMessage))
        default: return try request(.attribute(.any, name))
        }
    }

    private func request(_ target: Attribute.Target) throws(TraceQueryError) -> TagValuesRequest {
        TagValuesRequest(
            target: target, filter: query.flatMap(TempoLenientFilter.parse),
            range: try TempoTime.range(start: start, end: end, needsBoth: false),
            limit: try TempoCount.items(limit))
    }
}

extension TempoTagValuesParameters {
    init(name: String, _ form: TempoForm) throws(TraceQueryError) {
        self.init(name: name, query: form["q"])
        if let text = form["start"] { start = try TempoTime.seconds(text, name: "start") }
        if let text = form["end"] { end = try TempoTime.seconds(text, name: "end") }
        if let text = form["limit"] { limit = try TempoCount.parse(text, name: "limit") }
    }
}
