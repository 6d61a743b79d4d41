/// Which attributes of a resource are labels of a log stream: what the selectors of LogQL match.
package enum LogStreams {
    /// Schema URL of a resource all of whose attributes are labels of its stream: what Martlet's own receivers of lines
    /// made. Other resources are OTLP's, of which some attributes are.
    package static let schemaURL = "urn:martlet:log-stream"
    /// The same for streams that Loki's clients pushed: their records have the structured metadata that was pushed with
    /// them and no more.
    package static let pushedSchemaURL = "urn:martlet:log-stream:pushed"
    /// The same when the client gave no service's name, and one was made of other labels.
    package static let pushedUnnamedSchemaURL = "urn:martlet:log-stream:pushed:unnamed"

    package static func isStream(schemaURL: String) -> Bool {
        schemaURL == Self.schemaURL || isPushed(schemaURL: schemaURL)
    }

    package static func isPushed(schemaURL: String) -> Bool {
        schemaURL == pushedSchemaURL || schemaURL == pushedUnnamedSchemaURL
    }

    /// Labels of a stream that name the level of all its lines, as Loki looks for them.
    package static let levelLabels: Set<String> = [
        "level", "LEVEL", "Level", "log.level", "severity", "SEVERITY", "Severity", "severity_text", "Severity_Text",
        "SEVERITY_TEXT", "lvl", "LVL", "Lvl",
    ]

    /// Attributes of OTLP resources that are labels, in the order of Loki's `default_resource_attributes_as_index_labels`
    /// (Grafana Loki, configuration, `distributor.otlp_config`), the service's name and instance among them.
    package static let indexedAttributes = [
        "service.name", "service.namespace", "service.instance.id", "deployment.environment",
        "deployment.environment.name", "cloud.region", "cloud.availability_zone", "k8s.cluster.name",
        "k8s.namespace.name", "k8s.pod.name", "k8s.container.name", "container.name", "k8s.replicaset.name",
        "k8s.deployment.name", "k8s.statefulset.name", "k8s.daemonset.name", "k8s.cronjob.name", "k8s.job.name",
    ]

    /// What `service_name` is for streams that nobody named.
    package static let unknownService = "unknown_service"
}
