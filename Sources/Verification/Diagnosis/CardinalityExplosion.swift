import Recordings

/// Names and attributes with a value for nearly each item: they make as many series, and no sum over them means anything.
enum CardinalityExplosion {
    /// Streams of one metric name of one service.
    private static let streamsMax = 1_000
    /// Names of spans of one service, when most occur a few times only.
    private static let namesMax = 200
    /// Values that are counted of one attribute.
    private static let valuesMax = 100_000

    private struct Metric: Hashable {
        let service: String
        let name: String
    }

    static func findings(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        metrics(subject) + names(subject)
    }

    private static func metrics(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        var streams: [Metric: Int] = [:]
        for series in subject.recording.series {
            streams[Metric(service: subject.service(series.resource), name: series.name), default: 0] += 1
        }
        let large = streams.filter { $0.value > streamsMax }
            .sorted { ($1.value, $0.key.name) < ($0.value, $1.key.name) }
        guard !large.isEmpty else { return [] }
        let lines = large.prefix(evidenceMax).map { metric, count in
            "\(metric.service): \(metric.name) has \(count) series, by \(culprit(metric, subject))"
        }
        return [
            InstrumentationFinding(
                rule: "cardinality", weight: .bad,
                text:
                    "\(large.count) metrics have more than \(streamsMax) series each: leave ids, addresses and paths with "
                    + "ids out of the attributes of metrics, they belong on spans and logs",
                evidence: lines, count: large.reduce(0) { $0 + $1.value })
        ]
    }

    /// The attribute with the most values.
    private static func culprit(_ metric: Metric, _ subject: DiagnosisSubject) -> String {
        var values: [String: Set<RecordedValue>] = [:]
        for series in subject.recording.series
        where series.name == metric.name && subject.service(series.resource) == metric.service {
            for entry in series.attributes.entries where (values[entry.key]?.count ?? 0) < valuesMax {
                values[entry.key, default: []].insert(entry.value)
            }
        }
        guard let worst = values.max(by: { ($0.value.count, $1.key) < ($1.value.count, $0.key) }) else {
            return "their resources"
        }
        return "\(worst.key) with \(worst.value.count) values"
    }

    private static func names(_ subject: DiagnosisSubject) -> [InstrumentationFinding] {
        var names: [String: [String: Int]] = [:]
        for span in subject.recording.spans {
            names[subject.service(span.resource), default: [:]][span.name, default: 0] += 1
        }
        var count = 0
        var lines: [String] = []
        for (service, counts) in names.sorted(by: { $0.key < $1.key }) where counts.count > namesMax {
            // ReifyDB has hundreds of names that all come again and again; ids in names come once.
            let rare = counts.filter { $0.value <= 2 }
            guard rare.count * 2 > counts.count else { continue }
            count += counts.count
            let examples = rare.keys.sorted().prefix(2).joined(separator: ", ")
            if lines.count < evidenceMax {
                lines.append("\(service): \(counts.count) names, \(rare.count) of them once or twice: \(examples)")
            }
        }
        guard count > 0 else { return [] }
        return [
            InstrumentationFinding(
                rule: "cardinality", weight: .bad,
                text:
                    "\(count) names of spans, most of them used once: put ids and paths into attributes, and the route or "
                    + "the operation into the name", evidence: lines, count: count)
        ]
    }
}
