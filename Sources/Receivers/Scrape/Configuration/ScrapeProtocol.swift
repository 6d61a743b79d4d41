/// The exposition formats that can be asked for and fallen back to.
package enum ScrapeProtocol: String, Sendable, CaseIterable {
    case protobuf = "PrometheusProto"
    case openMetrics0 = "OpenMetricsText0.0.1"
    case openMetrics1 = "OpenMetricsText1.0.0"
    case text0 = "PrometheusText0.0.4"
    case text1 = "PrometheusText1.0.0"

    /// Prometheus 3, "scrape_protocols": what is asked for when nothing is configured.
    package static let defaults: [ScrapeProtocol] = [.openMetrics1, .openMetrics0, .text1, .text0]
    /// The default when native histograms are wanted, which only protobuf carries.
    package static let defaultsWithNativeHistograms: [ScrapeProtocol] = [.protobuf] + defaults

    /// The media type as `Accept` and `Content-Type` name it.
    package var mediaType: String {
        switch self {
        case .protobuf:
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
        case .openMetrics0: "application/openmetrics-text;version=0.0.1"
        case .openMetrics1: "application/openmetrics-text;version=1.0.0"
        case .text0: "text/plain;version=0.0.4"
        case .text1: "text/plain;version=1.0.0"
        }
    }

    /// Whether the format can carry names of any UTF-8 text, so that the way of escaping is negotiated.
    private var negotiatesEscaping: Bool { self == .openMetrics1 || self == .text1 }

    /// The value of `Accept`: the formats from the most to the least wanted, then anything.
    package static func acceptHeader(_ protocols: [ScrapeProtocol], escaping: NameEscaping) -> String {
        var weight = allCases.count + 1
        var parts: [String] = []
        for format in protocols.prefix(allCases.count) {
            let escapingText = format.negotiatesEscaping ? ";escaping=\(escaping.rawValue)" : ""
            parts.append("\(format.mediaType)\(escapingText);q=0.\(weight)")
            weight -= 1
        }
        parts.append("*/*;q=0.\(weight)")
        return parts.joined(separator: ",")
    }
}

/// How a target is asked to write names that are not of the form of before version 3.
package enum NameEscaping: String, Sendable, CaseIterable {
    case allowUTF8 = "allow-utf-8"
    case underscores, dots, values
}

/// Which names of metrics and labels are valid.
package enum NameValidation: String, Sendable, CaseIterable {
    case utf8, legacy
}
