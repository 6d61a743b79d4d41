package import Recordings
import TelemetryModel

/// Telemetry against the registry of the OpenTelemetry semantic conventions.
///
/// What lies in no namespace of the registry is the program's own affair: it counts for the coverage, never as wrong.
package struct SemanticConventionsSuite: BuiltInSuite {
    package static let name = "semantic-conventions"
    package static let title = "Names, types, values, units and required attributes are those of the registry."

    package init() {}

    package func run(
        _ source: any TelemetrySource, _ recording: Recording, _ options: SuiteOptions
    ) async throws(VerificationError) -> SuiteReport {
        let recording = recording.sent
        let registry = SemanticConventions.registry
        var uses = AttributeUses(registry)
        uses.add(recording)
        return SuiteReport(
            Self.self,
            [
                uses.coverage(),
                uses.names(),
                uses.deprecated(isAllowed: options.allowsDeprecated),
                uses.types(),
                uses.values(),
                Self.metrics(recording, registry, options),
                Self.metricNames(recording, registry),
                Self.spans(recording, registry),
                Self.events(recording, registry),
            ])
    }

    // MARK: Metrics

    /// Unit, instrument and required attributes of the metrics that the registry knows.
    private static func metrics(
        _ recording: Recording, _ registry: SemanticConventions, _ options: SuiteOptions
    ) -> CheckReport {
        var findings = Findings()
        var seen: Set<String> = []
        for series in recording.series {
            guard let metric = registry.metrics[series.name] else { continue }
            let wrong = problems(of: series, metric, options)
            let key = "\(series.resource) \(series.name) \(wrong.joined(separator: "; "))"
            guard seen.insert(key).inserted else { continue }
            findings.examined += 1
            for line in wrong { findings.problem("\(series.name), \(recording.service(series.resource)): \(line)") }
        }
        return findings.report(
            "known metrics are as the registry says", expected: "instrument, unit, required attributes",
            noun: "metrics that the registry knows", nothing: "no metric has a name that the registry knows",
            isOptional: true)
    }

    private static func problems(
        of series: RecordedSeries, _ metric: SemanticConventions.Metric, _ options: SuiteOptions
    ) -> [String] {
        var problems: [String] = []
        if let replacements = metric.replacements {
            if !options.allowsDeprecated { problems.append("deprecated" + AttributeUses.instead(replacements)) }
        }
        if series.unit != metric.unit { problems.append("unit `\(series.unit)`, the registry says `\(metric.unit)`") }
        let isInstrument =
            switch metric.instrument {
            case .counter: series.kind == .sum && series.isMonotonic
            case .updowncounter: series.kind == .sum && !series.isMonotonic
            case .gauge: series.kind == .gauge
            case .histogram: series.kind == .histogram || series.kind == .exponentialHistogram
            }
        if !isInstrument {
            let kind = series.kind == .sum ? (series.isMonotonic ? "a monotonic sum" : "a sum") : series.kind.rawValue
            problems.append("came as \(kind), the registry says \(metric.instrument.rawValue)")
        }
        // Data of a deprecated metric has the attributes of its time.
        guard metric.replacements == nil else { return problems }
        let missing = metric.levels.filter { $0.value == .required && series.attributes[$0.key] == nil }.keys.sorted()
        if !missing.isEmpty { problems.append("without \(missing.joined(separator: ", "))") }
        return problems
    }

    private static func metricNames(_ recording: Recording, _ registry: SemanticConventions) -> CheckReport {
        var findings = Findings()
        var nearest: [String] = []
        let names = Set(recording.series.map(\.name)).filter { registry.isReserved($0) || registry.metrics[$0] != nil }
        for name in names.sorted() {
            findings.examined += 1
            guard registry.metrics[name] == nil else { continue }
            let near = findings.problems < Findings.linesMax ? registry.nearestMetrics(name) : []
            findings.problem("\(Recording.cut(name)) is not in the registry" + AttributeUses.meant(near))
            if let first = near.first { nearest.append("\(Recording.cut(name)) → \(first)") }
        }
        var report = findings.report(
            "metrics in reserved namespaces are in the registry", expected: "a metric of the registry", noun: "names",
            nothing: "no metric has a name in a namespace of the registry", isOptional: true)
        report.nearestMisses = Array(nearest.prefix(Findings.linesMax))
        return report
    }

    // MARK: Spans

    private static func spans(_ recording: Recording, _ registry: SemanticConventions) -> CheckReport {
        var findings = Findings()
        var types: [String: Int] = [:]
        for span in recording.spans where !span.attributes.isEmpty {
            guard let type = registry.spanType(kind: "\(span.kind)", value: { span.attributes.text($0) }) else {
                continue
            }
            findings.examined += 1
            types[type.name, default: 0] += 1
            let missing = type.levels.filter { $0.value == .required && !has($0.key, span, registry) }.keys.sorted()
            if !missing.isEmpty {
                findings.problem(
                    "\(recording.describe(span)): \(type.name) without \(missing.joined(separator: ", "))")
            }
        }
        let counts = types.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        return findings.report(
            "spans of known types have what is required", expected: "the attributes that the registry requires",
            noun: "spans of known types", nothing: "no span is of HTTP, database, RPC, messaging or FaaS",
            isOptional: true, passed: counts.joined(separator: ", "))
    }

    /// A deprecated attribute that the required one replaces stands for it: that it is deprecated is said elsewhere.
    private static func has(_ name: String, _ span: RecordedSpan, _ registry: SemanticConventions) -> Bool {
        if span.attributes[name] != nil { return true }
        return span.attributes.entries.contains { registry.attributes[$0.key]?.replacements?.contains(name) ?? false }
    }

    // MARK: Events

    private static func events(_ recording: Recording, _ registry: SemanticConventions) -> CheckReport {
        var findings = Findings()
        func look(_ name: String, _ attributes: RecordedAttributes, _ place: @autoclosure () -> String) {
            let known = registry.events[name]
            guard known != nil || registry.isReserved(name) else { return }
            findings.examined += 1
            guard let known else {
                findings.problem("\(place()): event `\(Recording.cut(name))` is not in the registry")
                return
            }
            let missing = known.levels.filter { $0.value == .required && attributes[$0.key] == nil }.keys.sorted()
            if !missing.isEmpty {
                findings.problem("\(place()): event `\(name)` without \(missing.joined(separator: ", "))")
            } else if let replacements = known.replacements {
                findings.problem("\(place()): event `\(name)` is deprecated" + AttributeUses.instead(replacements))
            }
        }
        for span in recording.spans {
            for event in span.events { look(event.name, event.attributes, recording.describe(span)) }
        }
        for log in recording.logs where !log.eventName.isEmpty {
            look(log.eventName, log.attributes, recording.describe(log))
        }
        return findings.report(
            "events are as the registry says", expected: "a known name, its required attributes", noun: "events",
            nothing: "no event has a name in a namespace of the registry", isOptional: true)
    }
}
