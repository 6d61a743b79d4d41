/// What the API can be asked: a path and the methods that it takes.
enum PrometheusEndpoint: String, CaseIterable, Sendable {
    case query = "/api/v1/query"
    case queryRange = "/api/v1/query_range"
    case queryExemplars = "/api/v1/query_exemplars"
    case formatQuery = "/api/v1/format_query"
    case parseQuery = "/api/v1/parse_query"
    case series = "/api/v1/series"
    case labels = "/api/v1/labels"
    case labelValues = "/api/v1/label/{name}/values"
    case metadata = "/api/v1/metadata"
    case targets = "/api/v1/targets"
    case targetMetadata = "/api/v1/targets/metadata"
    case scrapePools = "/api/v1/scrape_pools"
    case rules = "/api/v1/rules"
    case alerts = "/api/v1/alerts"
    case alertmanagers = "/api/v1/alertmanagers"
    case configuration = "/api/v1/status/config"
    case flags = "/api/v1/status/flags"
    case runtimeInformation = "/api/v1/status/runtimeinfo"
    case buildInformation = "/api/v1/status/buildinfo"
    case storage = "/api/v1/status/tsdb"
    case logReplay = "/api/v1/status/walreplay"
    case notifications = "/api/v1/notifications"
    case deleteSeries = "/api/v1/admin/tsdb/delete_series"
    case cleanTombstones = "/api/v1/admin/tsdb/clean_tombstones"
    case snapshot = "/api/v1/admin/tsdb/snapshot"
    case federate = "/federate"
    case healthy = "/-/healthy"
    case ready = "/-/ready"
    case reload = "/-/reload"
    case quit = "/-/quit"

    enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
        case patch = "PATCH"
    }

    var path: String { rawValue }
    var isAPI: Bool { path.hasPrefix("/api/") }

    var methods: [Method] {
        switch self {
        case .query, .queryRange, .queryExemplars, .formatQuery, .parseQuery, .labels: [.get, .post]
        // Deleting is answered, with the word that it is not done.
        case .series: [.get, .post, .delete]
        case .deleteSeries, .cleanTombstones, .snapshot: [.post, .put]
        case .healthy, .ready: [.get, .head]
        // These say themselves that GET is the wrong way.
        case .reload, .quit: [.get, .post, .put]
        default: [.get]
        }
    }

    /// Whether stored samples are read: then the client is watched and what waits is stored first.
    var readsSamples: Bool {
        switch self {
        case .query, .queryRange, .queryExemplars, .series, .labels, .labelValues, .metadata, .targetMetadata, .storage,
            .federate:
            true
        default: false
        }
    }
}
