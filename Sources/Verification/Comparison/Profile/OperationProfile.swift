import Recordings
package import TraceAnalysis
import TelemetryModel

/// What is known of the spans of one operation.
package struct OperationProfile: Sendable {
    package struct Sample: Sendable {
        /// Nanoseconds since the Unix epoch.
        var time: UInt64
        /// Nanoseconds.
        var duration: UInt64
        /// Of the trace id.
        var trace: UInt64
        var isError: Bool
        /// Decides which samples are kept.
        var priority: UInt64
    }

    package var count = 0
    package var errors = 0
    /// Traces that have a span of the operation.
    package var traces = 0
    /// Sum of the squares of the spans of each trace.
    package var squares = 0.0
    /// Traces that have it, by the operation of their root.
    package var tracesByRoot: [OperationKey: Int] = [:]
    /// Exceptions by type, status messages, codes of HTTP and gRPC: spans of each.
    package var problems: [String: Int] = [:]
    package private(set) var samples: [Sample] = []

    /// In order of time.
    package var observations: Observations {
        let ordered = samples.sorted {
            ($0.time, $0.priority, $0.duration) < ($1.time, $1.priority, $1.duration)
        }
        return Observations(values: ordered.map { Double($0.duration) }, groups: ordered.map(\.trace))
    }

    /// How much more the count varies than one of independent calls, since calls come in traces.
    package var dispersion: Double { count > 0 ? max(1, squares / Double(count)) : 1 }

    /// How much more the share of errors varies than that of independent calls.
    package var errorDesignEffect: Double {
        var numbers: [UInt64: Int32] = [:]
        let clusters = samples.map { sample in
            let next = Int32(truncatingIfNeeded: numbers.count)
            let number = numbers[sample.trace] ?? next
            if number == next { numbers[sample.trace] = next }
            return number
        }
        guard numbers.count < samples.count else { return 1 }
        return Clusters.designEffect(hits: samples.map(\.isError), clusters: clusters, count: numbers.count)
    }

    mutating func add(_ span: RecordedSpan, _ limits: ProfileLimits) {
        count += 1
        if span.status == .error { errors += 1 }
        for problem in Self.problems(of: span) where problems[problem] != nil || problems.count < limits.problems {
            problems[problem, default: 0] += 1
        }
        var priority = StableHash()
        priority.combine(span.spanID.value)
        priority.combine(span.traceID.low)
        var trace = StableHash()
        trace.combine(span.traceID.high)
        trace.combine(span.traceID.low)
        samples.append(
            Sample(
                time: span.startTime, duration: span.duration, trace: trace.finalize(),
                isError: span.status == .error, priority: priority.finalize()))
        if samples.count > 2 * limits.samples { thin(to: limits.samples) }
    }

    /// Keeps those with the lowest hashes: the same ones in whatever order the spans came.
    mutating func thin(to count: Int) {
        guard samples.count > count else { return }
        samples.sort { ($0.priority, $0.time) < ($1.priority, $1.time) }
        samples.removeSubrange(count...)
    }

    /// What went wrong in a span, each thing once.
    ///
    /// Spec: OpenTelemetry semantic conventions, exceptions on spans, HTTP spans and RPC spans.
    private static func problems(of span: RecordedSpan) -> Set<String> {
        var found: Set<String> = []
        for event in span.events where event.name == "exception" {
            guard case .string(let type)? = event.attributes["exception.type"], !type.isEmpty else {
                found.insert("exception")
                continue
            }
            found.insert("exception \(type.prefix(200))")
        }
        if case .string(let type)? = span.attributes["error.type"], span.status == .error, !type.isEmpty {
            found.insert("error \(type.prefix(200))")
        }
        for key in ["http.response.status_code", "http.status_code"] {
            if case .int(let code)? = span.attributes[key], code >= 400 { found.insert("HTTP \(code)") }
        }
        if case .int(let code)? = span.attributes["rpc.grpc.status_code"], code != 0 { found.insert("gRPC \(code)") }
        return found
    }
}
