/// Labels of attributes as PromQL knows them.
///
/// Spec: OpenTelemetry, "Prometheus and OpenMetrics Compatibility", "Metric Attributes" and "Resource Attributes", with
/// the default strategy of Prometheus 3.5 (underscores).
package struct OTLPLabels {
    private var values: [String: [(key: String, value: String)]] = [:]

    package init() {}

    /// Adds an attribute, its value as text. Keys that become one label have their values joined by `;` in the order
    /// of the keys.
    package mutating func add(_ key: String, _ value: String) {
        values[Self.name(of: key), default: []].append((key, value))
    }

    /// Sets a label whatever attributes became it.
    package mutating func set(_ name: String, _ value: String) {
        values[name] = [(name, value)]
    }

    package var labels: Labels {
        var entries: [Label] = []
        entries.reserveCapacity(values.count)
        for (name, parts) in values {
            let text =
                parts.count == 1
                ? parts[0].value : parts.sorted { $0.key < $1.key }.map(\.value).joined(separator: ";")
            if !text.isEmpty { entries.append(Label(name, text)) }
        }
        entries.sort { $0.name < $1.name }
        return Labels(sorted: entries)
    }

    /// Characters that no label name has become underscores; a digit in front gets `key_` before it.
    package static func name(of key: String) -> String {
        if LabelName.isClassic(key) { return key }
        var name = ""
        for scalar in key.unicodeScalars {
            let isAllowed = scalar.isASCII && (scalar.properties.isAlphabetic || scalar == "_" || scalar.isDigit)
            name.unicodeScalars.append(isAllowed ? scalar : "_")
        }
        return name.unicodeScalars.first?.isDigit == true ? "key_" + name : name
    }
}

/// What PromQL knows of a resource.
package struct ResourceLabels: Sendable, Hashable {
    /// `service.namespace/service.name`, or the name alone; empty without a name.
    package let job: String
    /// `service.instance.id`.
    package let instance: String
    /// Labels of `target_info`, the name among them; empty when there is no target, or nothing to tell of it.
    package let targetInfo: Labels
    /// The Automagik SDKs say that their counters and histograms are cumulative, but each point is what one call added,
    /// with its start at its time.
    package let saysCumulativeForDelta: Bool

    /// Nothing is known of the resource.
    package static let none = ResourceLabels([])

    package init(_ attributes: [(key: String, value: String)]) {
        var identity: [String: String] = [:]
        var rest = OTLPLabels()
        var hasRest = false
        saysCumulativeForDelta = attributes.contains {
            $0.key == "telemetry.sdk.name" && $0.value == "automagik-telemetry"
        }
        for (key, value) in attributes {
            switch key {
            case "service.name", "service.namespace", "service.instance.id": identity[key] = value
            default:
                rest.add(key, value)
                hasRest = true
            }
        }
        let name = identity["service.name"] ?? ""
        let namespace = identity["service.namespace"] ?? ""
        job = namespace.isEmpty || name.isEmpty ? name : "\(namespace)/\(name)"
        instance = identity["service.instance.id"] ?? ""
        guard hasRest, !(job.isEmpty && instance.isEmpty) else {
            targetInfo = Labels()
            return
        }
        rest.set(Labels.nameLabel, "target_info")
        if !job.isEmpty { rest.set("job", job) }
        if !instance.isEmpty { rest.set("instance", instance) }
        targetInfo = rest.labels
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}
