package import CoreMetrics
import Synchronization

/// Holds the values of Martlet's own metrics and prints them in Prometheus's text format.
///
/// The back end of swift-metrics for the process: modules count through that API and know nothing of this one.
package final class MetricsRegistry: MetricsFactory {
    private struct Key: Hashable {
        let name: String
        let labels: [Label]
    }

    private struct Label: Hashable {
        let name: String
        let value: String
    }

    private let state = Mutex(State())

    private struct State {
        var counters: [Key: CounterValue] = [:]
        var gauges: [Key: GaugeValue] = [:]
        var histograms: [Key: HistogramValue] = [:]
    }

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        let key = key(label, dimensions)
        return state.withLock { state in
            if let known = state.counters[key] { return known }
            let made = CounterValue()
            state.counters[key] = made
            return made
        }
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let key = key(label, dimensions)
        return state.withLock { state in
            if let known = state.gauges[key] { return known }
            let made = GaugeValue()
            state.gauges[key] = made
            return made
        }
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        histogram(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(label, dimensions)
    }

    private func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramValue {
        let key = key(label, dimensions)
        return state.withLock { state in
            if let known = state.histograms[key] { return known }
            let made = HistogramValue()
            state.histograms[key] = made
            return made
        }
    }

    // A metric lives as long as the process: its count must not start anew when a caller lets go of its handle.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    private func key(_ name: String, _ dimensions: [(String, String)]) -> Key {
        Key(name: name, labels: dimensions.map { Label(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name })
    }

    /// The text format 0.0.4, families sorted by name.
    package func text() -> String {
        let (counters, gauges, histograms) = state.withLock { ($0.counters, $0.gauges, $0.histograms) }
        var families: [String: (type: String, lines: [String])] = [:]
        func add(_ key: Key, _ type: String, _ lines: [String]) {
            families[key.name, default: (type, [])].lines += lines
        }
        for (key, counter) in counters {
            add(key, "counter", ["\(key.name)\(Self.print(key.labels)) \(counter.value)"])
        }
        for (key, gauge) in gauges {
            add(key, "gauge", ["\(key.name)\(Self.print(key.labels)) \(Self.print(gauge.value))"])
        }
        for (key, histogram) in histograms { add(key, "histogram", Self.lines(key, histogram.snapshot)) }
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            if let help = SelfMetricCatalog.help[name] { text += "# HELP \(name) \(help)\n" }
            text += "# TYPE \(name) \(family.type)\n"
            let lines = family.type == "histogram" ? family.lines : family.lines.sorted()
            for line in lines { text += line + "\n" }
        }
        return text
    }

    private static func lines(_ key: Key, _ snapshot: HistogramValue.Snapshot) -> [String] {
        var lines: [String] = []
        var cumulative: UInt64 = 0
        for (bound, count) in zip(HistogramValue.bounds.map { print($0) } + ["+Inf"], snapshot.buckets) {
            cumulative += count
            lines.append("\(key.name)_bucket\(print(key.labels + [Label(name: "le", value: bound)])) \(cumulative)")
        }
        lines.append("\(key.name)_sum\(print(key.labels)) \(print(snapshot.sum))")
        lines.append("\(key.name)_count\(print(key.labels)) \(cumulative)")
        return lines
    }

    private static func print(_ labels: [Label]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func print(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

private final class CounterValue: CounterHandler {
    private let count = Atomic<Int64>(0)
    var value: Int64 { count.load(ordering: .relaxed) }
    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { count.store(0, ordering: .relaxed) }
}

private final class GaugeValue: MeterHandler {
    private let stored = Mutex(0.0)
    var value: Double { stored.withLock { $0 } }
    func set(_ value: Int64) { stored.withLock { $0 = Double(value) } }
    func set(_ value: Double) { stored.withLock { $0 = value } }
    func increment(by amount: Double) { stored.withLock { $0 += amount } }
    func decrement(by amount: Double) { stored.withLock { $0 -= amount } }
}

/// A histogram of seconds.
private final class HistogramValue: RecorderHandler, TimerHandler {
    struct Snapshot {
        var buckets = [UInt64](repeating: 0, count: HistogramValue.bounds.count + 1)
        var sum = 0.0
    }

    static let bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    private let stored = Mutex(Snapshot())
    var snapshot: Snapshot { stored.withLock { $0 } }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let bucket = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
        stored.withLock {
            $0.buckets[bucket] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) * 1e-9) }
}
