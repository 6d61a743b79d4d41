import Codecs
import QueryEngines
import TraceQL

extension ZipkinAPI {
    /// `GET /api/v2/spans`: names of a service's spans.
    func spanNames(_ parameters: ZipkinParameters) async throws -> [String] {
        let service = try parameters.required("serviceName")
        guard !service.isEmpty else { return [] }
        var names = try await spanNames(of: [service])
        if names.isEmpty { names = try await spanNames(of: try await spellings(ofService: service)) }
        return names
    }

    private func spanNames(of services: [String]) async throws -> [String] {
        var names: Set<String> = []
        for service in services {
            names.formUnion(try await queries.operations(service: service, .all).map(\.name))
        }
        names.remove("")
        return names.sorted()
    }

    /// `GET /api/v2/remoteServices`: what a service's spans name as their other side.
    func remoteServices(_ parameters: ZipkinParameters) async throws -> [String] {
        let service = try parameters.required("serviceName")
        guard !service.isEmpty else { return [] }
        var names = try await remoteServices(of: [service])
        if names.isEmpty {
            let spellings = try await spellings(ofService: service)
            if spellings != [service] { names = try await remoteServices(of: spellings) }
        }
        return names
    }

    /// Of all services when there are none.
    func remoteServices(of services: [String]) async throws -> [String] {
        let service = services.isEmpty ? [] : [FieldExpression.any(services.map(ZipkinCondition.service))]
        let stored = try await queries.tagNames(
            TagNamesRequest(scope: .span, filter: ZipkinCondition.query(FieldExpression.all(service))))
        let known = Set(stored[.span] ?? [])
        var names: Set<String> = []
        for key in RemoteServiceCondition.keys where known.contains(key) {
            let filter = ZipkinCondition.query(FieldExpression.all(service + RemoteServiceCondition.holds(key)))
            let values = try await queries.tagValues(
                TagValuesRequest(target: .attribute(.span, key), filter: filter))
            names.formUnion(values.map(\.text))
        }
        names.remove("")
        return names.sorted()
    }

    func spellings(ofService name: String) async throws -> [String] {
        Self.spellings(of: name, among: try await queries.services(.all))
    }

    /// The name itself when it is known, else those that differ from it in case only, else the name itself.
    static func spellings(of name: String, among known: some Sequence<String>) -> [String] {
        let lower = name.lowercased()
        let names = Set(known.filter { $0.lowercased() == lower })
        return names.isEmpty || names.contains(name) ? [name] : names.sorted()
    }

    /// `GET /api/v2/autocompleteKeys`: all names of tags; there is nothing to configure.
    func autocompleteKeys() async throws -> [String] {
        let scopes = try await queries.tagNames(TagNamesRequest(limit: ZipkinLimits.namesMax))
        let names = Set((scopes[.span] ?? []) + (scopes[.resource] ?? []))
        return names.filter { !ZipkinAttribute.isReserved($0) && $0 != "service.name" }.sorted()
    }

    /// `GET /api/v2/autocompleteValues`
    func autocompleteValues(_ parameters: ZipkinParameters) async throws -> [String] {
        let key = try parameters.required("key")
        guard !key.isEmpty else { return [] }
        var values: Set<String> = []
        for scope in [Attribute.Scope.span, .resource] {
            let found = try await queries.tagValues(
                TagValuesRequest(target: .attribute(scope, key), limit: ZipkinLimits.namesMax))
            values.formUnion(found.map(\.text))
        }
        return values.sorted()
    }
}
