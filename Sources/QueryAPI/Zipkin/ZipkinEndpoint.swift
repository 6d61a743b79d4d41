/// The questions of the API and their paths; all of them are asked with GET.
enum ZipkinEndpoint: CaseIterable, Sendable {
    case services
    case spanNames
    case remoteServices
    case traces
    case trace
    case traceMany
    case dependencies
    case autocompleteKeys
    case autocompleteValues
    case health
    case information
    case root
    case page

    var path: String {
        switch self {
        case .services: "/api/v2/services"
        case .spanNames: "/api/v2/spans"
        case .remoteServices: "/api/v2/remoteServices"
        case .traces: "/api/v2/traces"
        case .trace: "/api/v2/trace/{traceId}"
        case .traceMany: "/api/v2/traceMany"
        case .dependencies: "/api/v2/dependencies"
        case .autocompleteKeys: "/api/v2/autocompleteKeys"
        case .autocompleteValues: "/api/v2/autocompleteValues"
        case .health: "/health"
        case .information: "/info"
        case .root: "/"
        case .page: "/zipkin"
        }
    }

    /// Whether it is about stored spans; the others are answered before the store is ready.
    var readsSpans: Bool {
        switch self {
        case .services, .spanNames, .remoteServices, .traces, .trace, .traceMany, .dependencies, .autocompleteKeys,
            .autocompleteValues:
            true
        case .health, .information, .root, .page: false
        }
    }
}
