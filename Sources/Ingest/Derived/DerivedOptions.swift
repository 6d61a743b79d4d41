/// What is derived from spans, and its bounds. Names and defaults are those of Tempo's metrics-generator, where it has
/// them.
package struct DerivedOptions: Sendable, Equatable {
    package var spanMetrics = SpanMetricsOptions()
    package var serviceGraph = ServiceGraphOptions()
    /// Between two emissions. Tempo: `collection_interval`.
    package var interval: Duration = .seconds(15)
    /// A series that does not change gets a sample this often, so that an instant query, which looks back five minutes,
    /// finds it. Shorter than `interval`: at each emission.
    package var repeatInterval: Duration = .seconds(60)
    /// A series that has not changed for this long ends with a staleness marker. Tempo: `stale_duration`.
    package var idleLimit: Duration = .seconds(900)
    /// Spans that ended further from now than this, in either direction, are not counted; nil counts all of them.
    /// Tempo: `metrics_ingestion_time_range_slack`, 30 s there.
    package var slack: Duration?

    package init() {}

    package var isEnabled: Bool { spanMetrics.isEnabled || serviceGraph.isEnabled }
}

package struct SpanMetricsOptions: Sendable, Equatable {
    package var isEnabled = true
    /// Upper bounds in seconds, ascending; `+Inf` is added. Default: 2 ms doubled 13 times, to 16.384 s.
    package var buckets = LatencyBuckets.spanMetricsDefault
    /// Attributes of the resource or else of the span that become labels, beside the five that are always there.
    package var dimensions: [String] = []
    /// Labels `job` (`service.namespace/service.name`) and `instance`. Tempo has them with `enable_target_info` only.
    package var hasTargetLabels = false
    /// Label `status_message`.
    package var hasStatusMessage = false
    /// Different label sets at a time; each makes a counter and a histogram of `buckets.count + 3` series.
    package var labelSetsMax = 20_000

    package init() {}
}

package struct ServiceGraphOptions: Sendable, Equatable {
    package var isEnabled = true
    /// Upper bounds in seconds, ascending; `+Inf` is added. Default: 0.1 doubled 7 times, to 12.8 s.
    package var buckets = LatencyBuckets.serviceGraphDefault
    /// How long one side of a request waits for the other. Tempo: `wait`.
    package var wait: Duration = .seconds(10)
    /// Sides that wait at a time, some 150 bytes each; more are dropped and counted. Tempo: `max_items`, 10,000 there.
    package var waitingMax = 100_000
    /// Different edges at a time, each with up to `3 * (buckets.count + 3) + 4` series.
    package var edgesMax = 10_000
    /// Attributes that name a peer which sends no spans itself; the first one that is there wins.
    package var peerAttributes = ["peer.service", "service.peer.name", "db.name", "db.system", "db.system.name"]
    /// Attributes that make a client's span a database request; the first one that is there names the database, unless
    /// its address is known.
    package var databaseNameAttributes = ["db.namespace", "db.name", "db.system", "db.system.name"]
    /// Attributes of the resource or else of the span that become labels. `service.namespace` with prefixes gives
    /// `client_service_namespace` and `server_service_namespace`, which Grafana reads.
    package var dimensions: [String] = []
    /// A dimension becomes two labels, `client_…` and `server_…`. Without prefixes the server's value wins.
    package var prefixesDimensions = true
    /// Label `virtual_node` (`client`, `server`): which side sends no spans.
    package var hasVirtualNodeLabel = false
    /// `traces_service_graph_request_messaging_system_seconds`.
    package var measuresMessaging = true

    package init() {}
}
