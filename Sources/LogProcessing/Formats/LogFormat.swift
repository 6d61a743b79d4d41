/// The format of an input's lines, as a configuration names it.
package enum LogFormat: String, Sendable, CaseIterable {
    /// Each line is looked at.
    case auto
    /// The whole line is the message.
    case plain
    case json
    case logfmt
    /// Docker's `json-file` and containerd's text around lines of any format.
    case docker
    case cri
    case otlpJSON = "otlp_json"
    /// tracing-subscriber's full, compact and pretty formats: SpacetimeDB, ReifyDB and other Rust services.
    case rust
    case python
    case java
    case go
    case klog
    case accessLog = "access_log"
    case errorLog = "error_log"
    case syslog
    case postgresql
    case clickhouse

    /// By the names of a configuration, some of which are databases that write one of the formats.
    package init?(named name: String) {
        switch name {
        case "tracing", "spacetimedb", "reifydb": self = .rust
        case "nginx", "apache", "combined", "common", "access": self = .accessLog
        case "nginx_error", "apache_error": self = .errorLog
        case "ecs", "ndjson": self = .json
        case "log4j", "logback", "spring": self = .java
        case "glog", "kubernetes": self = .klog
        case "postgres": self = .postgresql
        case "none", "raw", "text": self = .plain
        default: self.init(rawValue: name)
        }
    }
}
