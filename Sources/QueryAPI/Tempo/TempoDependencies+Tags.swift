import QueryEngines

/// Names and values of tags as every form of the API answers them, sorted and within the limit of the request.
extension TempoDependencies {
    /// By scope. The fields of spans are the same whatever is stored.
    func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]] {
        var names: [TagScope: [String]] = [:]
        if request.scope != .intrinsic { names = try await queries.tagNames(request) }
        if let scope = request.scope { names = names.filter { $0.key == scope } }
        if request.scope == nil || request.scope == .intrinsic { names[.intrinsic] = TempoTagAnswer.intrinsics }
        return names.mapValues { Self.bounded($0, request.limit) }
    }

    /// Without their scopes; the fields only when they are asked for.
    func bareTagNames(_ request: TagNamesRequest) async throws -> [String] {
        var names = try await tagNames(request)
        if request.scope == nil { names[.intrinsic] = nil }
        return Self.bounded(Set(names.values.joined()).sorted(), request.limit)
    }

    func typedTagValues(_ parameters: TempoTagValuesParameters) async throws -> [TagValue] {
        let request = try parameters.typedRequest()
        return Self.bounded(try await queries.tagValues(request), request.limit)
    }

    /// The texts of the values of a tag named without TraceQL.
    func bareTagValues(_ parameters: TempoTagValuesParameters) async throws -> [String] {
        let request = try parameters.untypedRequest()
        var values = Set(try await queries.tagValues(request).map(\.text))
        // Older clients search for failed spans by this tag, whether or not a span has it.
        if parameters.name == "error" { values.insert("true") }
        return Self.bounded(values.sorted(), request.limit)
    }

    private static func bounded<Element>(_ list: [Element], _ limit: Int) -> [Element] {
        limit > 0 ? Array(list.prefix(limit)) : list
    }
}
