import Recordings

/// Resources without `service.name`, or with the name that SDKs take when they are told none.
///
/// Spec: OpenTelemetry semantic conventions, "Service": `service.name` is required; SDKs fall back to `unknown_service`.
enum MissingServiceName {
    static func findings(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        var items = [Int](repeating: 0, count: subject.recording.resources.count)
        for span in subject.recording.spans { items[span.resource] += 1 }
        // StatsD, remote write and scraped pages have no resource at all, and nothing to set it by.
        for series in subject.recording.series
        where !subject.recording.resources[series.resource].attributes.isEmpty {
            items[series.resource] += series.points.count
        }
        for log in subject.recording.logs { items[log.resource] += 1 }
        var count = 0
        var evidence: [String] = []
        for (index, resource) in subject.recording.resources.enumerated() where items[index] > 0 {
            let name = resource.service
            guard name.isEmpty || name.hasPrefix("unknown_service") else { continue }
            count += items[index]
            guard evidence.count < evidenceMax else { continue }
            let attributes = resource.attributes.entries.prefix(4).map { "\($0.key)=\($0.value.text)" }
            evidence.append(
                "\(items[index]) items with \(name.isEmpty ? "no service.name" : "service.name \(name)"): "
                    + (attributes.isEmpty ? "a resource without attributes" : attributes.joined(separator: ", ")))
        }
        guard count > 0 else { return [] }
        return [
            InstrumentationFinding(
                rule: "missing-service-name", weight: .bad,
                text:
                    "\(count) items do not say which service they are of: set OTEL_SERVICE_NAME, or service.name on the "
                    + "resource", evidence: evidence, count: count)
        ]
    }
}
