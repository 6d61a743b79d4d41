import Recordings
package import TraceAnalysis

/// Where attributes are.
package enum AttributePlace: Sendable, Hashable {
    case resource(service: String)
    case span(OperationKey)
    case log(service: String)
    case metric(MetricName)

    package var service: String {
        switch self {
        case .resource(let service), .log(let service): service
        case .span(let key): key.service
        case .metric(let name): name.service
        }
    }

    /// `resource`, `logs`, the name of the operation or metric.
    package var name: String {
        switch self {
        case .resource: "resource"
        case .log: "logs"
        case .span(let key): key.operation
        case .metric(let name): name.name
        }
    }

    package var word: String {
        switch self {
        case .resource: "resource"
        case .span: "span"
        case .log: "log"
        case .metric: "metric"
        }
    }
}

/// How many items of a place have which attributes.
package struct AttributeProfile: Sendable {
    /// Items: resources, spans, log records, series.
    package var items = 0
    /// By key and name of the type.
    package var types: [String: [String: Int]] = [:]
    package var keysLeftOut = 0

    package func count(_ key: String) -> Int { types[key]?.values.reduce(0, +) ?? 0 }
}

extension RunProfile {
    mutating func count(_ attributes: RecordedAttributes, at place: AttributePlace, _ limits: ProfileLimits) {
        guard self.attributes[place] != nil || self.attributes.count < limits.attributePlaces else { return }
        self.attributes[place, default: AttributeProfile()].add(attributes, limits)
    }

    /// Attributes of resources and their versions.
    mutating func addResources(_ recording: Recording, _ limits: ProfileLimits) {
        var used: Set<Int> = []
        for span in recording.spans { used.insert(span.resource) }
        for series in recording.series { used.insert(series.resource) }
        for log in recording.logs { used.insert(log.resource) }
        for index in used.sorted() where recording.resources.indices.contains(index) {
            let resource = recording.resources[index]
            count(resource.attributes, at: .resource(service: resource.service), limits)
            for key in Self.versionKeys {
                guard case .string(let value)? = resource.attributes[key] else { continue }
                let known = versions[resource.service]?[key]?.count ?? 0
                guard known < Self.versionsMax else { continue }
                versions[resource.service, default: [:]][key, default: []].insert(value)
            }
        }
    }

    private static let versionsMax = 5
    private static let versionKeys = [
        "service.version", "telemetry.sdk.version", "deployment.environment.name", "deployment.environment",
        "process.runtime.version",
    ]
}

extension AttributeProfile {
    mutating func add(_ attributes: RecordedAttributes, _ limits: ProfileLimits) {
        items += 1
        var seen: Set<String> = []
        // Of a repeated key the first counts.
        for entry in attributes.entries where seen.insert(entry.key).inserted {
            guard types[entry.key] != nil || types.count < limits.attributeKeys else {
                keysLeftOut += 1
                continue
            }
            types[entry.key, default: [:]][entry.value.typeName, default: 0] += 1
        }
    }
}
