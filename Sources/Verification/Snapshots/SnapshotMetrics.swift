import Recordings

/// Metrics: what each is, and below it the sets of attributes that it has.
enum SnapshotMetrics {
    static func lines(_ recording: Recording, _ masker: SnapshotMasker) -> [String] {
        var metrics: [String: [String]] = [:]
        for series in recording.series {
            var facts = [series.kind.rawValue.replacing("_", with: " ")]
            if series.temporality != .unspecified { facts.append(series.temporality.rawValue) }
            if series.kind == .sum, series.isMonotonic { facts.append("monotonic") }
            if !series.unit.isEmpty { facts.append("unit \(masker.quoted(series.unit))") }
            facts += recording.origin(resource: series.resource, scope: series.scope, masker)
            var heading = "\(masker.line(series.name)) (\(facts.joined(separator: ", ")))"
            if !series.description.isEmpty { heading += " \(masker.quoted(series.description))" }
            var line = "{" + masker.attributes(series.attributes).joined(separator: ", ") + "}"
            if masker.options.hasMetricValues { line += " = " + value(series.points.last?.value) }
            metrics[heading, default: []].append(line)
        }
        return metrics.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.flatMap { heading, series in
            [heading] + SnapshotText.counted(series, masker.options).map { "    \($0)" }
        }
    }

    private static func value(_ value: RecordedPoint.Value?) -> String {
        switch value {
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .histogram(let histogram):
            "\(histogram.count) observations" + (histogram.sum.map { ", sum \($0)" } ?? "")
        case .summary(let count, let sum, _): "\(count) observations, sum \(sum)"
        case .none?, nil: "no value"
        }
    }
}
