import PrometheusModel
import TelemetryModel

/// The labels of a stream: checked, in the order of their names, none of them empty.
struct LokiStreamLabels {
    let labels: [LokiLabel]

    /// - Throws: `LokiRejection` for labels that Loki does not take; then the stream is left out.
    init(_ given: [LokiLabel]) throws(LokiRejection) {
        // "Empty label values are equivalent to absent labels" (Prometheus's data model).
        labels = given.filter { !$0.value.isEmpty }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        guard !labels.isEmpty else {
            throw LokiRejection(sentence: "error at least one label pair is required per stream")
        }
        guard labels.count <= LokiLimits.labelsPerStream else {
            throw LokiRejection(
                sentence: "entry for stream '\(text)' has \(labels.count) label names; limit "
                    + "\(LokiLimits.labelsPerStream)")
        }
        var last = ""
        for label in labels {
            guard label.name.utf8.count <= LokiLimits.labelNameBytes else {
                throw LokiRejection(sentence: "stream '\(text)' has label name too long: '\(label.name)'")
            }
            guard label.value.utf8.count <= LokiLimits.labelValueBytes else {
                throw LokiRejection(sentence: "stream '\(text)' has label value too long: '\(label.value)'")
            }
            guard label.name != last else {
                throw LokiRejection(sentence: "stream '\(text)' has duplicate label name: '\(label.name)'")
            }
            last = label.name
        }
    }

    /// As Loki prints them.
    var text: String {
        "{" + labels.map { "\($0.name)=\(LabelName.quoted($0.value))" }.joined(separator: ", ") + "}"
    }

    /// The labels that name a stream's service when it has no `service_name`, in this order.
    ///
    /// Spec: Loki 3, `limits_config.discover_service_name`, its default.
    private static let serviceLabels = [
        "service", "app", "application", "name", "app_kubernetes_io_name", "container", "container_name",
        "k8s_container_name", "component", "workload", "job",
    ]

    private static let serviceName = "service_name"

    /// The attribute `service.name`, which is the label `service_name` to LogQL.
    private var service: String {
        if let label = labels.first(where: { $0.name == Self.serviceName }) { return label.value }
        for name in Self.serviceLabels {
            if let label = labels.first(where: { $0.name == name }) { return label.value }
        }
        return LogStreams.unknownService
    }

    /// Of the resource: says whether the service's name was given.
    var schemaURL: String {
        labels.contains { $0.name == Self.serviceName } ? LogStreams.pushedSchemaURL : LogStreams.pushedUnnamedSchemaURL
    }

    /// Writes them as a `Resource` of OTLP.
    func write(_ writer: inout ProtobufWriter) {
        DraftValue.write(LogAttribute("service.name", .string(service)), field: 1, &writer, depth: 0)
        for label in labels where label.name != Self.serviceName {
            DraftValue.write(LogAttribute(label.name, .string(label.value)), field: 1, &writer, depth: 0)
        }
    }
}

/// Why a stream or an entry is not taken.
struct LokiRejection: Error {
    let sentence: String
}
