package import PrometheusModel

/// One entry of `scrape_configs`: which targets there are, how they are asked, and what becomes of their samples.
package struct ScrapeJob: Hashable, Sendable {
    package var name: String
    package var interval: Duration = .seconds(60)
    /// At most `interval`.
    package var timeout: Duration = .seconds(10)
    package var path = "/metrics"
    package var scheme = "http"
    package var parameters: [String: [String]] = [:]
    /// Whether a label of a sample wins over the target's label of the same name.
    package var honorsLabels = false
    package var honorsTimestamps = true
    /// Whether series with explicit timestamps get staleness markers, too.
    package var tracksTimestampsStaleness = false
    package var discoveries: [TargetDiscovery] = []
    package var targetRules: [RelabelRule] = []
    package var sampleRules: [RelabelRule] = []
    package var limits = ScrapeLimits()
    package var protocols = ScrapeProtocol.defaults
    /// Format of an answer whose `Content-Type` is missing or unknown; nil fails the scrape.
    package var fallbackProtocol: ScrapeProtocol?
    /// Whether classic histograms are kept beside native ones.
    package var keepsClassicHistograms = false
    package var nameValidation = NameValidation.utf8
    package var nameEscaping = NameEscaping.allowUTF8
    /// Whether `scrape_timeout_seconds`, `scrape_sample_limit` and `scrape_body_size_bytes` are written, too.
    package var reportsExtraMetrics = false
    package var client = ScrapeClientOptions()

    package init(name: String) { self.name = name }
}

/// Limits of one scrape; zero is none. Over a limit the whole scrape fails.
package struct ScrapeLimits: Hashable, Sendable {
    /// Bytes of an answer, unpacked, that are read whatever is configured: an endpoint that never ends must not take
    /// all memory. Several times what the largest targets in use show (kube-state-metrics of a large cluster).
    package static let bodyBytesCeiling = 256 << 20
    /// Targets of one job that are kept whatever is configured.
    package static let targetsCeiling = 100_000
    /// Bytes of an answer or file of service discovery.
    package static let discoveryBytesMax = 64 << 20

    package var samples = 0
    package var labels = 0
    package var labelNameBytes = 0
    package var labelValueBytes = 0
    /// Targets of the job; over it every target of the job is down.
    package var targets = 0
    /// Bytes of the answer, unpacked.
    package var bodyBytes = 0
    /// Dropped targets that are remembered for showing; zero is `targetsCeiling`.
    package var droppedTargets = 0

    package init() {}
}

/// How the HTTP client behaves towards targets or a discovery server.
package struct ScrapeClientOptions: Hashable, Sendable {
    /// A secret, or where it is read from at every request.
    package enum Secret: Hashable, Sendable {
        case text(String)
        case file(String)
    }

    package enum Credentials: Hashable, Sendable {
        case basic(user: Secret, password: Secret)
        case authorization(type: String, credentials: Secret)
    }

    package var credentials: Credentials?
    package var headers: [String: [Secret]] = [:]
    package var followsRedirects = true
    /// Whether gzip is asked for.
    package var allowsCompression = true

    package init() {}
}

/// Where targets come from.
package enum TargetDiscovery: Hashable, Sendable {
    case fixed([TargetGroup])
    /// Files in JSON or YAML; the last part of a path may have `*`, `?` and `[…]`.
    case files([String], refresh: Duration)
    case http(url: String, refresh: Duration, client: ScrapeClientOptions)
}

/// Targets with labels in common.
package struct TargetGroup: Hashable, Sendable {
    /// The labels of each target, `__address__` among them.
    package var targets: [[String: String]]
    package var labels: [String: String]

    package init(addresses: [String], labels: [String: String] = [:]) {
        targets = addresses.map { ["__address__": $0] }
        self.labels = labels
    }
}

extension ScrapeJob {
    /// What SpacetimeDB offers: metrics at `/v1/metrics` of its main port, without authorization.
    ///
    /// - Parameters:
    ///   - url: of the server, such as `http://127.0.0.1:3000`.
    ///   - discovers: whether its service discovery at `/v1/prometheus/sd_config` is asked, too.
    /// - Returns: nil when the URL is not of the form `http[s]://host[:port][/path]`.
    package static func spacetimeDB(url: String, discovers: Bool = false) -> ScrapeJob? {
        guard let parts = WebAddress(url) else { return nil }
        var job = ScrapeJob(name: "spacetimedb")
        job.interval = .seconds(10)
        job.timeout = .seconds(5)
        job.scheme = parts.scheme
        job.path = parts.path + "/v1/metrics"
        job.discoveries = [.fixed([TargetGroup(addresses: [parts.authority])])]
        if discovers {
            let address = "\(parts.scheme)://\(parts.authority)\(parts.path)/v1/prometheus/sd_config"
            job.discoveries.append(.http(url: address, refresh: .seconds(60), client: ScrapeClientOptions()))
        }
        return job
    }
}
