/// Everything an operator can set, as values of their real types.
///
/// `Configuration()` is the default configuration: the property initialisers below are the only place where defaults
/// stand. `Setting.all` names each property for files, variables and flags; a property that is not in that table
/// cannot be set. Swift names are the keys of the file in camel case, so that one can be found from the other.
package struct Configuration: Sendable, Equatable {
    package var data = "./data"
    package var bind = "127.0.0.1"
    package var auth = Auth()
    package var ports = Ports()
    package var otlp = OTLP()
    package var ingest = Ingest()
    package var engine = Engine()
    package var retention = Retention()
    package var query = Query()
    package var prometheus = Prometheus()
    package var statsd = StatsD()
    package var traces = Traces()
    package var logs = Logs()
    package var mirror = Mirror()
    package var log = Log()

    package init() {}
}

extension Configuration {
    package struct Auth: Sendable, Equatable {
        package enum Mode: String, Sendable, CaseIterable {
            /// Requests need `Auth.token`; an empty token, which only a loopback address may have, lets everyone in.
            case token
            /// Nobody is asked for anything, whatever the address.
            case none
        }

        package var mode = Mode.token
        /// Secret: never logged and never printed. Empty means that there is none.
        package var token = ""

        package init() {}
    }

    package struct Ports: Sendable, Equatable {
        package var api = PortSetting.port(3000)
        package var otlpGRPC = PortSetting.port(4317)
        package var otlpHTTP = PortSetting.port(4318)
        package var prometheus = PortSetting.port(9090)
        package var statsd = PortSetting.port(8125)
        package var statsdAdmin = PortSetting.port(8126)
        package var jaeger = PortSetting.port(16686)
        package var jaegerGRPC = PortSetting.port(16685)
        package var jaegerCollector = PortSetting.port(14250)
        package var zipkin = PortSetting.port(9411)
        package var exposition = PortSetting.port(8889)
        package var tempo = PortSetting.port(3200)
        package var loki = PortSetting.port(3100)
        package var syslog = PortSetting.port(5514)
        package var logShipper = PortSetting.port(5066)
        package var clickHouse = PortSetting.port(8123)
        package var health = PortSetting.port(13133)
        package var selfMetrics = PortSetting.port(8888)

        package init() {}
    }

    package struct OTLP: Sendable, Equatable {
        package var maxBodyBytes = ByteSize.mebibytes(64)
        package var bodyTimeout = Duration.seconds(30)
        package var corsOrigins = ["http://localhost:*", "http://127.0.0.1:*"]

        package init() {}
    }

    package struct Ingest: Sendable, Equatable {
        package enum Sync: String, Sendable, CaseIterable {
            case always, interval, never
        }

        package var memoryBytes = ByteSize.mebibytes(256)
        package var blockRows = 100_000
        package var flushInterval = Duration.seconds(5)
        package var logSync = Sync.interval
        package var logSyncInterval = Duration.seconds(1)
        package var logBytes = ByteSize.gibibytes(1)

        package init() {}
    }

    package struct Engine: Sendable, Equatable {
        /// Empty means that the engine is looked for in the usual places.
        package var library = ""
        package var memoryBytes = ByteSize.gibibytes(2)
        package var threads = 2
        package var backgroundThreads = 2

        package init() {}
    }

    package struct Retention: Sendable, Equatable {
        package var traces = Duration.seconds(7 * 86_400)
        package var logs = Duration.seconds(7 * 86_400)
        package var metrics = Duration.seconds(15 * 86_400)

        package init() {}
    }

    package struct Query: Sendable, Equatable {
        package var maxExecutionTime = Duration.seconds(30)
        package var maxMemoryBytes = ByteSize.gibibytes(1)
        package var maxResultRows = 1_000_000
        package var threads = 2

        package init() {}
    }

    package struct Prometheus: Sendable, Equatable {
        /// A file in Prometheus' form with targets, rules and receivers of alerts; empty for none.
        package var configFile = ""
        /// Base address of a SpacetimeDB whose metrics are scraped; empty for none.
        package var spacetimedb = ""
        /// Where people reach the Prometheus port; empty for its own address.
        package var externalURL = ""
        package var lookback = Duration.seconds(300)
        package var queryTimeout = Duration.seconds(120)
        package var maxSamples = 50_000_000

        package init() {}
    }

    package struct StatsD: Sendable, Equatable {
        package var flushInterval = Duration.seconds(10)
        package var maxSeries = 100_000
        /// Asked of the system, which gives what `net.core.rmem_max` allows; 0 leaves its default.
        package var receiveBuffer = 4 << 20

        package init() {}

        var receiveBufferBytes: Int? { receiveBuffer > 0 ? receiveBuffer : nil }
    }

    /// What is derived of spans as they come in.
    package struct Traces: Sendable, Equatable {
        package var spanMetrics = true
        package var serviceGraph = true
        /// Names of attributes, of spans or their resources, that become labels of span metrics.
        package var spanMetricsDimensions: [String] = []
        package var maxSeries = 20_000
        package var emitInterval = Duration.seconds(15)

        package init() {}
    }

    /// Log files that are followed, and what is made of them.
    package struct Logs: Sendable, Equatable {
        package var follow = true
        /// Patterns; empty for the files of the data directory.
        package var paths: [String] = []
        /// Inputs with their own formats, multiline rules and processors; empty for none.
        package var configFile = ""
        /// Whether what was made of lines is written to `processed/`, too.
        package var processed = true

        package init() {}

        /// What `paths` stands for when it is empty, below the data directory.
        static let defaultPaths = "logs/*.{jsonl,log}"
    }

    /// Files that hold what is stored, for people and scripts.
    package struct Mirror: Sendable, Equatable {
        package enum Compression: String, Sendable, CaseIterable {
            case zstd, gzip, none
        }

        package var enabled = true
        /// Spans that lack `service.name` or `deployment.environment` get those of their resource.
        package var enrich = true
        package var rotateBytes = ByteSize.mebibytes(100)
        package var rotateAge = Duration.seconds(7 * 86_400)
        package var backups = 3
        package var compression = Compression.zstd
        package var diskBytes = ByteSize.gibibytes(2)

        package init() {}
    }

    package struct Log: Sendable, Equatable {
        /// The raw values are those of swift-log, so that `Logger.Level(rawValue:)` takes them.
        package enum Level: String, Sendable, CaseIterable {
            case trace, debug, info, notice, warning, error, critical
        }

        package var level = Level.info

        package init() {}
    }
}

/// What to do with one listening port.
package enum PortSetting: Sendable, Hashable {
    /// The port is not opened.
    case off
    /// Any free port, chosen by the system.
    case any
    /// This port, 1 to 65535.
    case port(Int)

    /// The number to bind, 0 for any; nil when the port is not opened.
    package var number: Int? {
        switch self {
        case .off: nil
        case .any: 0
        case .port(let number): number
        }
    }
}
