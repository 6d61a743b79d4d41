import Recordings
import TelemetryModel

/// What metrics say of the operations of a program.
extension MetricAggregationSuite {
    /// Units of time and of names that end in one, in seconds.
    private static let secondsOfUnit: [String: Double] = [
        "s": 1, "seconds": 1, "ms": 1e-3, "milliseconds": 1e-3, "us": 1e-6, "microseconds": 1e-6, "ns": 1e-9,
        "nanoseconds": 1e-9, "min": 60, "h": 3600,
    ]

    private static let timeWords: Set<String> = ["duration", "time", "latency", "elapsed"]
    private static let databaseWords: Set<String> = ["database", "db", "sql", "query", "queries"]
    private static let errorWords: Set<String> = [
        "error", "errors", "failed", "failure", "failures", "exception", "exceptions", "rejected", "dropped",
    ]
    private static let errorKeys: Set<String> = [
        "error", "error.type", "exception.type", "status", "status_code", "status.code", "code", "outcome", "success",
        "http.response.status_code", "http.status_code", "http_status_code", "rpc.grpc.status_code",
        "rpc.response.status_code", "db.response.status_code", "otel.status_code",
    ]
    private static let operationWords: Set<String> = [
        "operations", "operation", "requests", "request", "queries", "calls", "call", "inserts", "selects", "updates",
        "deletes", "executions", "transactions",
    ]

    /// `spacetimedb_database_operations_total` is spacetimedb, database, operations, total.
    static func words(_ name: String) -> [String] {
        name.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }

    private static func isCounter(_ series: RecordedSeries) -> Bool { series.kind == .sum && series.isMonotonic }

    /// How much a series rose in the recording; nil when a single point cannot tell.
    static func increase(_ series: RecordedSeries) -> Double? {
        // The optimizer of Swift 6.3.1 fails on pairs of a point and its total, so the two go side by side.
        var totals: [Double] = []
        var starts: [UInt64] = []
        for point in series.points {
            guard let total = total(point) else { continue }
            totals.append(total)
            starts.append(point.startTime)
        }
        guard let first = totals.first else { return nil }
        if series.temporality == .delta { return totals.reduce(0, +) }
        let hasStart = starts[0] > 0
        // Since its start, which a sender without a memory gives as the time of the point itself.
        if totals.count == 1 { return hasStart ? first : nil }
        var sum = hasStart ? first : 0
        var before = first
        for value in totals.dropFirst() {
            sum += value >= before ? value - before : value
            before = value
        }
        return sum
    }

    static func operationCounters(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        var rises: [String: (series: Int, rise: Double)] = [:]
        for series in recording.series where isCounter(series) {
            let words = Set(words(series.name))
            guard !words.isDisjoint(with: databaseWords), words.isDisjoint(with: errorWords) else { continue }
            guard let rise = increase(series) else { continue }
            let key = "\(series.name), \(recording.service(series.resource))"
            let sum = rises[key] ?? (0, 0)
            rises[key] = (sum.series + 1, sum.rise + rise)
        }
        for (name, rise) in rises.sorted(by: { $0.key < $1.key }) {
            findings.examined += 1
            if rise.rise > 0 {
                findings.fact("\(name): rose by \(number(rise.rise)) in \(rise.series) series")
            } else {
                findings.problem("\(name): did not rise in \(rise.series) series")
            }
        }
        return findings.report(
            "counts of database operations rise", expected: "an increase of every counter of database operations",
            noun: "counters", nothing: "no counter of database operations came that can be followed over time",
            isOptional: true)
    }

    /// Seconds a value of the series stands for; nil when it measures no time.
    static func secondsFactor(_ series: RecordedSeries) -> Double? {
        let words = words(series.name)
        if let unit = secondsOfUnit[series.unit] {
            // A counter of seconds adds up, and a gauge of seconds can be a time of day: only what is called a
            // duration is one.
            return words.contains(where: timeWords.contains) || series.kind == .histogram ? unit : nil
        }
        guard words.contains(where: timeWords.contains) else { return nil }
        return words.compactMap { secondsOfUnit[$0] }.last
    }

    static func executionTimes(_ recording: Recording, _ limit: Duration) -> CheckReport {
        var findings = Findings()
        let limitSeconds = Double(limit.clampedNanoseconds) / 1e9
        for series in recording.series where series.kind != .sum {
            guard let factor = secondsFactor(series) else { continue }
            var times: [Double] = []
            for point in series.points {
                switch point.value {
                case .histogram(let histogram):
                    guard histogram.count > 0, let sum = histogram.sum else { continue }
                    times.append(histogram.max ?? sum / Double(histogram.count))
                    times.append(histogram.min ?? sum / Double(histogram.count))
                case .summary(let count, let sum, let quantiles):
                    if count > 0 { times.append(sum / Double(count)) }
                    times += quantiles.map(\.value).filter { !$0.isNaN }
                case .int(let value): times.append(Double(value))
                case .double(let value): times.append(value)
                case .none: continue
                }
            }
            guard let least = times.min(), let most = times.max() else { continue }
            findings.examined += 1
            let range = "\(seconds(least * factor)) to \(seconds(most * factor))"
            if least < 0 || most * factor > limitSeconds || times.contains(where: \.isNaN) {
                findings.problem("\(recording.describe(series)): \(range)")
            } else {
                findings.fact("\(recording.describe(series)): \(range)")
            }
        }
        return findings.report(
            "execution times are plausible", expected: "0 to \(DurationText.print(limit))", noun: "series of durations",
            nothing: "no metric of a duration came", isOptional: true)
    }

    private static func seconds(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "\(value) s" }
        return value < 0 ? "\(value) s" : DurationText.print(.nanoseconds(Int64(value * 1e9)))
    }

    /// A program that counts operations also says how many of them failed: by a counter or by an attribute.
    static func errorRates(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        struct Service {
            var operations: Set<String> = []
            var errors: Set<String> = []
        }
        var services: [String: Service] = [:]
        for series in recording.series {
            let words = words(series.name)
            var service = services[recording.service(series.resource)] ?? Service()
            let isOperation =
                (isCounter(series) && words.contains(where: operationWords.contains))
                || (series.kind == .histogram && words.contains(where: timeWords.contains))
            if isOperation { service.operations.insert(series.name) }
            if words.contains(where: errorWords.contains) {
                service.errors.insert(series.name)
            } else if isOperation, let key = series.attributes.entries.first(where: { errorKeys.contains($0.key) })?.key
            {
                service.errors.insert("\(series.name) by \(key)")
            }
            services[recording.service(series.resource)] = service
        }
        for (name, service) in services.sorted(by: { $0.key < $1.key }) where !service.operations.isEmpty {
            findings.examined += 1
            let operations = service.operations.sorted().prefix(5).joined(separator: ", ")
            if service.errors.isEmpty {
                findings.problem("\(name): counts \(operations), but nothing says how many failed")
            } else {
                findings.fact("\(name): \(service.errors.sorted().prefix(5).joined(separator: ", "))")
            }
        }
        return findings.report(
            "error rates are tracked", expected: "a counter of errors, or operations by status",
            noun: "services that count operations", nothing: "no service counts operations", isOptional: true)
    }

    /// Histograms that count the operations which spans of a kind with an attribute stand for.
    private static let spanMetrics: [(metrics: Set<String>, kind: RecordedSpan.Kind, keys: [String])] = [
        (
            ["http.server.request.duration", "http.server.duration"], .server,
            ["http.request.method", "http.method"]
        ),
        (
            ["http.client.request.duration", "http.client.duration"], .client,
            ["http.request.method", "http.method"]
        ),
        (["rpc.server.call.duration", "rpc.server.duration"], .server, ["rpc.system.name", "rpc.system"]),
        (["rpc.client.call.duration", "rpc.client.duration"], .client, ["rpc.system.name", "rpc.system"]),
        (["db.client.operation.duration"], .client, ["db.system.name", "db.system"]),
    ]

    /// Spans can be sampled, so there may be fewer of them than the metric counted, never more.
    static func spanCounts(_ recording: Recording) -> CheckReport {
        var findings = Findings()
        for rule in spanMetrics {
            struct Count {
                var metric = 0.0
                var start = UInt64.max
                var end: UInt64 = 0
            }
            var counts: [Int: Count] = [:]
            for series in recording.series where rule.metrics.contains(series.name) {
                guard let first = series.points.first, let last = series.points.last, first.startTime > 0,
                    let rise = increase(series)
                else { continue }
                var count = counts[series.resource] ?? Count()
                count.metric += rise
                count.start = min(count.start, first.startTime)
                count.end = max(count.end, last.time)
                counts[series.resource] = count
            }
            guard !counts.isEmpty else { continue }
            var seen: [Int: Int] = [:]
            for span in recording.spans where span.kind == rule.kind {
                guard let count = counts[span.resource], span.startTime >= count.start, span.endTime <= count.end,
                    rule.keys.contains(where: { span.attributes[$0] != nil })
                else { continue }
                seen[span.resource, default: 0] += 1
            }
            for (resource, count) in counts.sorted(by: { $0.key < $1.key }) {
                let spans = seen[resource] ?? 0
                findings.examined += 1
                let name = rule.metrics.sorted().joined(separator: " or ")
                let line = "\(recording.service(resource)): \(name) counts \(number(count.metric)), spans \(spans)"
                if Double(spans) > count.metric { findings.problem(line) } else { findings.fact(line) }
            }
        }
        return findings.report(
            "request counters agree with spans", expected: "no more spans than the metric counted",
            noun: "metrics of requests", nothing: "no service sent both spans and a metric of its requests",
            isOptional: true)
    }
}

extension Duration {
    /// Held at the ends of 63 bits.
    var clampedNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, sumOverflow) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sumOverflow ? (seconds < 0 ? .min : .max) : sum
    }
}
