package import PrometheusModel

/// What a configuration in the form of Prometheus asks for: scraping, and what rules and alerting need of it.
///
/// - Spec: Prometheus 3.5, "Configuration".
package struct PrometheusConfiguration: Sendable {
    package struct Global: Sendable {
        package var scrapeInterval: Duration = .seconds(60)
        package var scrapeTimeout: Duration = .seconds(10)
        package var evaluationInterval: Duration = .seconds(60)
        /// Go on what is sent to others: alerts, federation.
        package var externalLabels: [String: String] = [:]
        package var limits = ScrapeLimits()
        /// Nil when the file does not say.
        package var protocols: [ScrapeProtocol]?
        package var keepsClassicHistograms = false
        package var nameValidation = NameValidation.utf8
        package var nameEscaping: NameEscaping?

        package init() {}
    }

    /// Where alerts are sent that follow Alertmanager's API.
    package struct Alertmanagers: Hashable, Sendable {
        package var scheme = "http"
        package var pathPrefix = "/"
        package var timeout: Duration = .seconds(10)
        package var groups: [TargetGroup] = []

        package init() {}
    }

    /// Where alerts are sent directly, without an Alertmanager.
    package struct Receiver: Hashable, Sendable {
        package var name: String
        package var webhooks: [Webhook] = []

        package init(name: String) { self.name = name }
    }

    package struct Webhook: Hashable, Sendable {
        package var url: String
        package var sendsResolved = true
        /// Zero is no limit.
        package var alertsMax = 0

        package init(url: String) { self.url = url }
    }

    /// A place in the text and what is to be said of it. Line and column count from 1, 0 is unknown.
    package struct Note: Hashable, Sendable, CustomStringConvertible {
        package var line: Int
        package var column: Int
        package var message: String

        package var description: String { line > 0 ? "\(line):\(column): \(message)" : message }
    }

    /// Everything that is wrong with a text, in the order in which it was noticed.
    package struct Failure: Error, Sendable, CustomStringConvertible {
        package var name: String
        package var problems: [Note]

        package var description: String { problems.map { "\(name):\($0)" }.joined(separator: "\n") }
    }

    package var global = Global()
    package var scrapeJobs: [ScrapeJob] = []
    /// Paths, with `*` and `?` in the last part.
    package var ruleFiles: [String] = []
    package var alertmanagers: [Alertmanagers] = []
    package var alertRules: [RelabelRule] = []
    package var receivers: [Receiver] = []
    /// What the file asks for and Martlet passes over, because it does without.
    package var ignored: [Note] = []

    package init() {}

    /// Reads a configuration.
    ///
    /// - Parameters:
    ///   - name: how the file is called in messages.
    ///   - directory: what relative paths in the file start from; empty for the working directory.
    ///   - environment: the variables that `$NAME` and `${NAME}` in external labels refer to.
    package init(
        text: String, name: String = "prometheus.yml", directory: String = "", environment: [String: String] = [:]
    ) throws(Failure) {
        var reader = ConfigurationReader(directory: directory, environment: environment)
        self = reader.read(text)
        guard reader.problems.isEmpty else { throw Failure(name: name, problems: reader.problems) }
        ignored = reader.ignored
    }
}
