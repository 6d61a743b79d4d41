/// What the API can be asked: a path, in which `{name}` is one part and `{name}/values` takes slashes, too.
///
/// - Spec: Grafana Tempo, "Tempo HTTP API", "Endpoints".
enum TempoEndpoint: String, CaseIterable, Sendable {
    case trace = "/api/traces/{name}"
    case traceWithStatus = "/api/v2/traces/{name}"
    case search = "/api/search"
    case tagNames = "/api/search/tags"
    case scopedTagNames = "/api/v2/search/tags"
    case tagValues = "/api/search/tag/{name}/values"
    case typedTagValues = "/api/v2/search/tag/{name}/values"
    case metricsRange = "/api/metrics/query_range"
    case metricsInstant = "/api/metrics/query"
    case echo = "/api/echo"
    case ready = "/ready"
    case buildInformation = "/api/status/buildinfo"
    case status = "/status"
    case version = "/status/version"
    case endpoints = "/status/endpoints"
    // What Tempo has and Martlet has nothing for; said with 501.
    case overrides = "/api/overrides"
    case metricsSummary = "/api/metrics/summary"
    case modelContext = "/api/mcp"
    case configuration = "/status/config"
    case services = "/status/services"
    case runtimeConfiguration = "/status/runtime_config"
    case tenantOverrides = "/status/overrides"
    case usageStatistics = "/status/usage-stats"

    var path: String { rawValue }

    /// Whether stored spans are read: then the client is watched and what waits is stored first.
    var readsSpans: Bool {
        switch self {
        case .trace, .traceWithStatus, .search, .tagNames, .scopedTagNames, .tagValues, .typedTagValues, .metricsRange,
            .metricsInstant:
            true
        default: false
        }
    }
}
