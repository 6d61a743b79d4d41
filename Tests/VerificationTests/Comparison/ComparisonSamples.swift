import Recordings
import TelemetryModel

/// Invented telemetry of one service, the same for the same seed.
struct ComparisonSamples {
    /// Nanoseconds since the Unix epoch.
    static let start: UInt64 = 1_767_225_600_000_000_000

    private var state: UInt64
    var recording = Recording()
    private var nextID: UInt64

    init(seed: UInt64, service: String = "shop") {
        // Mixed, since the states of neighbouring seeds must not follow one another.
        state = seed
        state = (state ^ state >> 32 ^ 0x51_7CC1_B727_220A) &* 0xD6E8_FEB8_6659_FD93
        state = (state ^ state >> 29) &* 0xA076_1D64_78BD_642F
        state ^= state >> 31
        nextID = seed &* 1_000_003 &+ 1
        recording.resources = [
            RecordedResource(attributes: RecordedAttributes([.init(key: "service.name", value: .string(service))]))
        ]
        recording.scopes = [RecordedScope(name: "test")]
    }

    mutating func random() -> UInt64 {
        state = state &+ 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// Above 0 and below 1.
    mutating func uniform() -> Double { (Double(random() >> 11) + 0.5) / 9_007_199_254_740_992 }

    /// Approximately normal: the sum of twelve uniform numbers.
    mutating func normal() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + uniform() } }

    /// e to the power of x, by squaring: tests of a pure module need no C library.
    static func exponential(_ x: Double) -> Double {
        var result = 1.0 + x / 1024 + x * x / (2 * 1024 * 1024)
        for _ in 0..<10 { result *= result }
        return result
    }

    /// Nanoseconds: log-normal around a median.
    mutating func duration(median: Double, sigma: Double = 0.5) -> UInt64 {
        UInt64(median * Self.exponential(sigma * normal()))
    }

    mutating func id() -> UInt64 {
        nextID &+= 1
        return nextID
    }

    /// A root with children; all last `duration`.
    @discardableResult
    mutating func addTrace(
        _ root: String, children: [String] = [], at offset: UInt64, duration: UInt64, isError: Bool = false,
        attributes: [String: RecordedValue] = [:]
    ) -> Int {
        let trace = TraceID(high: 7, low: id())
        let rootID = SpanID(value: id())
        let entries = attributes.sorted { $0.key < $1.key }.map {
            RecordedAttributes.Entry(key: $0.key, value: $0.value)
        }
        for (name, parent) in [(root, SpanID.zero)] + children.map({ ($0, rootID) }) {
            var span = RecordedSpan(
                resource: 0, scope: 0, traceID: trace, spanID: parent.value == 0 ? rootID : SpanID(value: id()),
                parentSpanID: parent, name: name, kind: parent.value == 0 ? .server : .client,
                startTime: Self.start + offset, endTime: Self.start + offset + duration)
            if parent.value == 0 {
                span.attributes = RecordedAttributes(entries)
                if isError { span.status = .error }
            }
            recording.spans.append(span)
        }
        return recording.spans.count - 1
    }

    mutating func addLog(_ text: String, at offset: UInt64, severity: Int = 9) {
        recording.logs.append(
            RecordedLog(
                resource: 0, scope: 0, time: Self.start + offset, observedTime: Self.start + offset,
                severityNumber: severity, severityText: "", eventName: "", body: .string(text), traceID: .zero,
                spanID: .zero, attributes: RecordedAttributes()))
    }

    mutating func addSeries(
        _ name: String, unit: String = "", kind: RecordedSeries.Kind = .sum,
        temporality: RecordedSeries.Temporality = .cumulative, isMonotonic: Bool = true,
        attributes: [RecordedAttributes.Entry] = [], values: [RecordedPoint.Value]
    ) {
        var series = RecordedSeries(
            resource: 0, scope: 0, name: name, unit: unit, description: "", kind: kind, temporality: temporality,
            isMonotonic: isMonotonic, attributes: RecordedAttributes(attributes))
        series.points = values.enumerated().map {
            RecordedPoint(time: Self.start + UInt64($0 + 1) * 1_000_000_000, startTime: Self.start, value: $1)
        }
        recording.series.append(series)
    }

    /// A server under load: three operations, the second with a child, errors in one of a hundred, random arrivals.
    static func load(seed: UInt64, requests: Int = 500, slowdown: [String: Double] = [:]) -> Recording {
        var samples = ComparisonSamples(seed: seed)
        for _ in 0..<requests {
            let choice = samples.uniform()
            let (name, median): (String, Double) =
                choice < 0.5 ? ("GET /items", 10e6) : choice < 0.8 ? ("POST /orders", 40e6) : ("GET /health", 2e6)
            let duration = samples.duration(median: median * (slowdown[name] ?? 1))
            let offset = UInt64(samples.uniform() * 60e9)
            var children: [String] = []
            if name == "POST /orders" {
                children = ["INSERT orders"]
                if samples.uniform() < 0.3 { children.append("publish") }
            }
            samples.addTrace(
                name, children: children, at: offset, duration: duration, isError: samples.uniform() < 0.01,
                attributes: ["http.route": .string(name)])
            samples.addLog("handled \(name) in \(duration / 1000) us", at: offset)
            if samples.uniform() < 0.02 {
                samples.addLog("slow disk sd\(samples.random() % 9)", at: offset, severity: 13)
            }
        }
        return samples.recording
    }
}
