/// What the API can be asked: a path, in which `{name}` is one part.
///
/// - Spec: Grafana Loki 3, "Loki HTTP API".
enum LokiEndpoint: String, CaseIterable, Sendable {
    case query = "/loki/api/v1/query"
    case queryRange = "/loki/api/v1/query_range"
    case labels = "/loki/api/v1/labels"
    /// An older name.
    case label = "/loki/api/v1/label"
    case labelValues = "/loki/api/v1/label/{name}/values"
    case series = "/loki/api/v1/series"
    case statistics = "/loki/api/v1/index/stats"
    case volume = "/loki/api/v1/index/volume"
    case volumeRange = "/loki/api/v1/index/volume_range"
    case shards = "/loki/api/v1/index/shards"
    case detectedFields = "/loki/api/v1/detected_fields"
    case detectedFieldValues = "/loki/api/v1/detected_field/{name}/values"
    /// As later versions name it.
    case detectedFieldsValues = "/loki/api/v1/detected_fields/{name}/values"
    case detectedLabels = "/loki/api/v1/detected_labels"
    case patterns = "/loki/api/v1/patterns"
    case formatQuery = "/loki/api/v1/format_query"
    case buildInformation = "/loki/api/v1/status/buildinfo"
    case drilldownLimits = "/loki/api/v1/drilldown-limits"
    case cacheGenerations = "/loki/api/v1/cache/generation_numbers"
    case ready = "/ready"
    // What Loki has and Martlet has nothing for; said with 501.
    case delete = "/loki/api/v1/delete"
    case configuration = "/config"
    case services = "/services"
    case ring = "/ring"
    case logLevel = "/log_level"
    case flush = "/flush"
    // The same, said with 404: clients that look for a ruler take that for a Loki without one.
    case rules = "/loki/api/v1/rules"
    case prometheusRules = "/prometheus/api/v1/rules"
    case prometheusAlerts = "/prometheus/api/v1/alerts"
    // The API before version 1.
    case oldQuery = "/api/prom/query"
    case oldLabels = "/api/prom/label"
    case oldLabelValues = "/api/prom/label/{name}/values"
    case oldSeries = "/api/prom/series"
    case oldTail = "/api/prom/tail"
    case oldRules = "/api/prom/rules"

    /// Served by its own handler, as it becomes a WebSocket.
    static let tailPath = "/loki/api/v1/tail"

    var path: String { rawValue }

    /// Whether stored logs are read: then the client is watched and what waits is stored first.
    var readsLogs: Bool {
        switch self {
        case .query, .queryRange, .labels, .label, .labelValues, .series, .statistics, .volume, .volumeRange, .shards,
            .detectedFields, .detectedFieldValues, .detectedFieldsValues, .detectedLabels, .patterns:
            true
        default: false
        }
    }
}
