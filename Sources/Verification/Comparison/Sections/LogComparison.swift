import LogPatterns
import TelemetryModel

/// Log records: levels of each service, and templates that are new, gone, or more or less frequent.
///
/// Templates are made of the lines of both sides together (`PatternMiner`), so that a line has the same template on
/// both; a part of the run's time is a step of the miner, those of B after those of A.
enum LogComparison {
    /// Services whose templates are made apart.
    private static let servicesMax = 100

    static func candidates(_ context: ComparisonContext) -> [Candidate] {
        levels(context) + templates(context)
    }

    private static func levels(_ context: ComparisonContext) -> [Candidate] {
        let keys = Set(context.a.lines.levels.keys).union(context.b.lines.levels.keys).sorted {
            ($0.service, $0.level.rawValue) < ($1.service, $1.level.rawValue)
        }
        return keys.map { key in
            candidate(
                service: key.service, name: "level \(key.level.name)", context.a.lines.levels[key] ?? [],
                context.b.lines.levels[key] ?? [], context, presence: nil)
        }
    }

    private static func templates(_ context: ComparisonContext) -> [Candidate] {
        var services: [String] = []
        for service in context.a.lines.services + context.b.lines.services
        where !services.contains(service) && services.count < servicesMax {
            services.append(service)
        }
        return services.flatMap { service -> [Candidate] in
            var limits = PatternLimits()
            limits.patterns = 1_000
            var miner = PatternMiner(step: 1, limits: limits)
            for (lines, offset) in [(context.a.lines, 0), (context.b.lines, Clusters.batches)] {
                guard let number = lines.services.firstIndex(of: service) else { continue }
                for line in lines.lines where line.service == number {
                    miner.add(line: line.text, level: line.level.rawValue, time: Int64(line.batch + offset))
                }
            }
            return miner.patterns().filter { $0.pattern != "<_>" }.map { pattern in
                var counts = Array(repeating: 0, count: 2 * Clusters.batches)
                for sample in pattern.samples where counts.indices.contains(Int(sample.time)) {
                    counts[Int(sample.time)] += sample.count
                }
                let level = LogLevel(rawValue: pattern.level) ?? .unknown
                return candidate(
                    service: service, name: pattern.pattern, Array(counts[..<Clusters.batches]),
                    Array(counts[Clusters.batches...]), context, presence: level)
            }
        }
    }

    /// - Parameters:
    ///   - one, two: records in each part of the time.
    ///   - presence: the level of a template; nil for a level as a whole, which has no `new` and `gone`.
    private static func candidate(
        service: String, name: String, _ one: [Int], _ two: [Int], _ context: ComparisonContext, presence: LogLevel?
    ) -> Candidate {
        let totals = (one.reduce(0, +), two.reduce(0, +))
        let isPresence = presence != nil && (totals.0 == 0 || totals.1 == 0)
        // A burst of new lines is one event or many; for what is new the count of lines is taken as it is.
        let noise = isPresence ? 1 : max(dispersion(one), dispersion(two))
        let test = context.countTest(totals.0, totals.1, dispersion: noise)
        let kind: ComparisonFinding.Kind =
            isPresence
            ? (totals.0 == 0 ? .newPattern : .gonePattern) : test.change >= 0 ? .moreLogs : .fewerLogs
        var finding = ComparisonFinding(kind, service: service, name: name)
        if let presence { finding.detail = presence.name }
        context.setCounts(totals.0, totals.1, in: &finding)
        return Candidate(
            finding: finding, pValue: test.pValue,
            isLarge: isPresence || abs(test.change) >= context.options.relativeMin,
            isCertain: isPresence && context.isSameWork, isPresence: isPresence)
    }

    /// Variance by mean over the parts of the run: 1 for records that come at random times.
    private static func dispersion(_ counts: [Int]) -> Double {
        let mean = Double(counts.reduce(0, +)) / Double(max(1, counts.count))
        guard mean > 0, counts.count > 1 else { return 1 }
        let squares = counts.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        return max(1, squares / Double(counts.count - 1) / mean)
    }
}
