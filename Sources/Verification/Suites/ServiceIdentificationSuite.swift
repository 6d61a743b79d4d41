package import Recordings
import TelemetryModel

/// Whether telemetry says who sent it. Spec: OpenTelemetry semantic conventions, "Resource: service".
package struct ServiceIdentificationSuite: BuiltInSuite {
    package static let name = "service-identification"
    package static let title = "Everything says which service, version and environment it comes from, consistently."

    /// Resources of one service name.
    private struct Service {
        var resources: [Int] = []
        var items: [Signal: Int] = [:]
    }

    package init() {}

    package func run(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> SuiteReport {
        let recording = recording.sent
        let counts = Self.items(recording)
        let used = counts.indices.filter { !counts[$0].isEmpty }
        var services: [String: Service] = [:]
        for resource in used where Self.isName(recording.resources[resource].service) {
            let name = recording.resources[resource].service
            services[name, default: Service()].resources.append(resource)
            for (signal, count) in counts[resource] { services[name]?.items[signal, default: 0] += count }
        }
        let sorted = services.sorted { $0.key < $1.key }
        return SuiteReport(
            Self.self,
            [
                Self.named(recording, counts, used),
                Self.expected(options.services, services),
                Self.present(recording, sorted, "version", ["service.version"]),
                Self.present(
                    recording, sorted, "environment", ["deployment.environment.name", "deployment.environment"]),
                Self.consistent(recording, sorted),
                Self.sameName(recording, sorted, used),
                Self.instances(recording, sorted),
            ])
    }

    /// Items of each resource by signal.
    private static func items(_ recording: Recording) -> [[Signal: Int]] {
        var counts = [[Signal: Int]](repeating: [:], count: recording.resources.count)
        func add(_ resource: Int, _ signal: Signal, _ count: Int) {
            if counts.indices.contains(resource), count > 0 { counts[resource][signal, default: 0] += count }
        }
        for span in recording.spans { add(span.resource, .traces, 1) }
        for series in recording.series where !recording.hasNoResource(series) {
            add(series.resource, .metrics, series.points.count)
        }
        for log in recording.logs { add(log.resource, .logs, 1) }
        return counts
    }

    /// SDKs put `unknown_service` or `unknown_service:<process>` where nobody said a name.
    private static func isName(_ name: String) -> Bool { !name.isEmpty && !name.hasPrefix("unknown_service") }

    private static func text(_ items: [Signal: Int]) -> String {
        Signal.allCases.compactMap { signal in items[signal].map { "\($0) \(signal.itemNoun)" } }.joined(
            separator: ", ")
    }

    private static func named(_ recording: Recording, _ counts: [[Signal: Int]], _ used: [Int]) -> CheckReport {
        var findings = Findings()
        for index in used {
            findings.examined += 1
            let resource = recording.resources[index]
            guard isName(resource.service) else {
                let name = resource.service.isEmpty ? "no service.name" : "service.name=\(resource.service)"
                let others = resource.attributes.entries.prefix(6).map(\.key).joined(separator: ", ")
                findings.problem("\(name): \(text(counts[index])); the resource has [\(others)]")
                continue
            }
        }
        let without = recording.series.count { recording.hasNoResource($0) }
        if without > 0 {
            findings.fact("\(without) series came over a protocol without resources (StatsD, Prometheus)")
        }
        return findings.report(
            "every resource names its service", expected: "service.name, not unknown_service", noun: "resources",
            nothing: "no telemetry came")
    }

    private static func expected(_ expected: [String], _ services: [String: Service]) -> CheckReport {
        let name = "the expected services sent"
        guard !expected.isEmpty else { return .skipped(name, "no services were named") }
        var findings = Findings()
        for service in expected {
            findings.examined += 1
            if let found = services[service] {
                findings.fact("\(service): \(text(found.items))")
            } else {
                findings.problem("\(service): nothing came")
            }
        }
        var report = findings.report(
            name, expected: expected.joined(separator: ", "), noun: "services", nothing: "no services were named")
        report.actual = services.keys.sorted().joined(separator: ", ")
        if report.outcome == .failed {
            report.nearestMisses = services.keys.sorted().prefix(10).map { "\($0) sent" }
        }
        return report
    }

    private static func present(
        _ recording: Recording, _ services: [(key: String, value: Service)], _ noun: String, _ keys: [String]
    ) -> CheckReport {
        var findings = Findings()
        for (name, service) in services {
            findings.examined += 1
            let values = service.resources.map { index in
                keys.lazy.compactMap { recording.resources[index].attributes.text($0) }.first ?? ""
            }
            let missing = values.count { $0.isEmpty }
            if missing > 0 {
                findings.problem("\(name): \(missing) of \(values.count) resources have no \(keys[0])")
            } else {
                findings.fact("\(name): \(Set(values).sorted().joined(separator: ", ")); \(text(service.items))")
            }
        }
        return findings.report(
            "every service has its \(noun)", expected: keys.joined(separator: " or "), noun: "services",
            nothing: "no service has a name")
    }

    private static func consistent(_ recording: Recording, _ services: [(key: String, value: Service)]) -> CheckReport {
        var findings = Findings()
        for (name, service) in services {
            findings.examined += 1
            let attributes = service.resources.map { recording.resources[$0].attributes }
            let versions = Set(attributes.compactMap { $0.text("service.version") })
            let environments = Set(
                attributes.compactMap { $0.text("deployment.environment.name", "deployment.environment") })
            for (noun, values) in [("versions", versions), ("environments", environments)] where values.count > 1 {
                findings.problem("\(name): \(noun) \(values.sorted().joined(separator: ", "))")
            }
        }
        return findings.report(
            "a service has one version and environment", expected: "one value of each for a service",
            noun: "services", nothing: "no service has a name")
    }

    /// Two names are one service spelt in two ways when they differ in case and separators only, or when the same
    /// instance sent under both.
    private static func sameName(
        _ recording: Recording, _ services: [(key: String, value: Service)], _ used: [Int]
    ) -> CheckReport {
        var findings = Findings()
        findings.examined = services.count { $0.value.items.count > 1 }
        for (name, service) in services where service.items.count > 1 {
            findings.fact("\(name): \(text(service.items))")
        }
        let spellings = Dictionary(grouping: services.map(\.key)) { name in
            name.lowercased().filter { $0.isLetter || $0.isNumber }
        }
        for (plain, names) in spellings.sorted(by: { $0.key < $1.key }) where names.count > 1 && !plain.isEmpty {
            findings.examined += 1
            findings.problem("one service under several names: \(names.joined(separator: ", "))")
        }
        var byInstance: [String: Set<String>] = [:]
        for index in used {
            let resource = recording.resources[index]
            guard let instance = resource.attributes.text("service.instance.id"), instance.count >= 16 else { continue }
            byInstance[instance, default: []].insert(resource.service)
        }
        for (instance, names) in byInstance.sorted(by: { $0.key < $1.key }) where names.count > 1 {
            findings.examined += 1
            findings.problem(
                "instance \(Recording.cut(instance)) sent as \(names.sorted().joined(separator: " and "))")
        }
        return findings.report(
            "a service has the same name in all signals", expected: "one service.name over traces, metrics and logs",
            noun: "services with more than one signal", nothing: "no service sent more than one signal",
            isOptional: !services.isEmpty)
    }

    /// Spec: "service.instance.id MUST be unique for each instance of the same service.namespace,service.name pair".
    private static func instances(_ recording: Recording, _ services: [(key: String, value: Service)]) -> CheckReport {
        var findings = Findings()
        for (name, service) in services {
            var places: [String: Set<String>] = [:]
            for index in service.resources {
                let attributes = recording.resources[index].attributes
                guard let id = attributes.text("service.instance.id") else { continue }
                let keys = ["host.name", "host.id", "container.id", "k8s.pod.uid", "process.pid"]
                // Resources of one process can differ in what they say, not in what they contradict.
                let place = keys.compactMap { key in attributes.text(key).map { "\(key)=\($0)" } }
                places[(attributes.text("service.namespace") ?? "") + "/" + id, default: []]
                    .insert(place.joined(separator: " "))
            }
            for (id, found) in places.sorted(by: { $0.key < $1.key }) {
                findings.examined += 1
                let said = found.filter { !$0.isEmpty }
                if said.count > 1, Self.contradict(said) {
                    findings.problem(
                        "\(name): instance \(Recording.cut(id)) is \(said.sorted().joined(separator: " and "))")
                }
            }
        }
        return findings.report(
            "instances are told apart", expected: "service.instance.id unique in a service", noun: "instances",
            nothing: "no resource has service.instance.id", isOptional: !services.isEmpty)
    }

    /// Whether two places give different values for one key.
    private static func contradict(_ places: Set<String>) -> Bool {
        var values: [Substring: Substring] = [:]
        for place in places {
            for pair in place.split(separator: " ") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { continue }
                if let other = values[parts[0]], other != parts[1] { return true }
                values[parts[0]] = parts[1]
            }
        }
        return false
    }
}
