import TelemetryModel

/// The metrics of services that Jaeger's "Monitor" page draws, made of spans.
enum JaegerMetric: String, Sendable, CaseIterable {
    case latencies, calls, errors

    /// The name of the family, as Jaeger's readers of metrics have it.
    func name(byOperation: Bool) -> String {
        let subject = byOperation ? "service_operation" : "service"
        return switch self {
        case .latencies: "\(subject)_latencies"
        case .calls: "\(subject)_call_rate"
        case .errors: "\(subject)_error_rate"
        }
    }

    func help(byOperation: Bool, quantile: Double) -> String {
        let groups = byOperation ? "service & operation" : "service"
        return switch self {
        case .latencies: "\(NumberWord.print(quantile))th quantile latency, grouped by \(groups)"
        case .calls: "calls/sec, grouped by \(groups)"
        case .errors: "error rate, computed as a fraction of errors/sec over calls/sec, grouped by \(groups)"
        }
    }
}

/// Numbers in sentences.
private enum NumberWord {
    static func print(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}

/// What a question for such a metric says.
struct JaegerMetricRequest: Sendable, Equatable {
    /// Steps of one question at most, as Prometheus has it, which Jaeger itself asks.
    static let pointsMax: Int64 = 11_000
    static let servicesMax = 100

    var services: [String]
    /// As OTLP numbers them; nil stands for unspecified.
    var kinds: [JaegerSpanKind?]
    var groupsByOperation: Bool
    /// Nanoseconds since the Unix epoch.
    var end: Int64
    /// Nanoseconds.
    var lookback: Int64
    var step: Int64
    /// The time that each point looks back over.
    var window: Int64
    var quantile: Double

    /// - Spec: Jaeger, "Service Performance Monitoring", "API": defaults of one hour in steps of 5 s, each over 10
    ///   minutes, of server spans.
    init(_ metric: JaegerMetric, _ form: FormParameters, now: Int64) throws(JaegerFailure) {
        services = form.all("service").filter { !$0.isEmpty }
        guard !services.isEmpty else {
            throw .parameter("service", "please provide at least one service name")
        }
        guard services.count <= Self.servicesMax else { throw .parameter("service", "more than \(Self.servicesMax)") }
        kinds = []
        for name in form.all("spanKind") where !name.isEmpty {
            if name.lowercased() == "unspecified" {
                kinds.append(nil)
            } else if let kind = JaegerSpanKind(name: name) {
                kinds.append(kind)
            } else {
                throw .unknownKind("spanKind", name)
            }
        }
        if kinds.isEmpty { kinds = [.server] }
        groupsByOperation = try form.flag("groupByOperation")
        quantile = 0
        if metric == .latencies {
            guard let text = form.text("quantile") else { throw .missing("quantile") }
            guard let value = Double(text), (0...1).contains(value) else {
                throw .parameter("quantile", "'\(text)' is no number from 0 to 1")
            }
            quantile = value
        }
        end = now
        if let milliseconds = try form.integer("endTs") { end = milliseconds.multipliedClamping(by: 1_000_000) }
        lookback = try form.milliseconds("lookback") ?? 3_600_000_000_000
        step = try form.milliseconds("step") ?? 5_000_000_000
        window = try form.milliseconds("ratePer") ?? 600_000_000_000
        // Both are below 2^63, so their quotients' sum fits when the step is two nanoseconds or more, as it is.
        guard lookback / step + window / step + 3 <= Self.pointsMax else {
            throw JaegerFailure(
                400, "lookback and ratePer together have more than \(Self.pointsMax) steps: ask for a longer step")
        }
        guard end.magnitude < UInt64(Int64.max) / 4, lookback < Int64.max / 8, window < Int64.max / 8 else {
            throw .parameter("endTs", "the time is out of range")
        }
    }

    /// The points' times: multiples of the step, so that an engine that aligns its intervals has the same; the last is
    /// the first multiple that is not before the end, so that what came just now is seen.
    var lastPoint: Int64 { roundedUp(end) }
    var firstPoint: Int64 { min(lastPoint, roundedUp(end - lookback)) }
    /// Where the first point begins to look.
    var start: Int64 { firstPoint - steps * step }
    /// Steps in the window of a point.
    var steps: Int64 { max(1, (window + step - 1) / step) }

    private func roundedUp(_ time: Int64) -> Int64 {
        let remainder = time % step
        return remainder == 0 ? time : remainder > 0 ? time - remainder + step : time - remainder
    }
}
