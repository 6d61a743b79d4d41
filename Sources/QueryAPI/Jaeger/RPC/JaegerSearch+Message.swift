import QueryEngines
import SwiftProtobuf
import TelemetryModel
import TraceMessages

extension JaegerSearch {
    /// The parameters of FindTraces; a field that is not set, or 0, is no condition.
    ///
    /// - Spec: jaeger-idl, `query.proto`, `TraceQueryParameters`: "all fields should be treated as forming a
    ///   conjunction".
    init(_ parameters: JaegerTraceQueryParameters) throws(JaegerFailure) {
        let end = parameters.hasStartTimeMax ? parameters.startTimeMax.clampedNanoseconds : nil
        let range = TraceTimeRange(
            start: parameters.hasStartTimeMin ? parameters.startTimeMin.clampedNanoseconds : nil,
            // The last moment counts.
            end: end.map { $0 == .max ? $0 : $0 + 1 })
        if let start = range.start, let end, start > end {
            throw JaegerFailure(400, "'start_time_max' is before 'start_time_min'")
        }
        self.init(
            service: parameters.serviceName, operation: parameters.operationName,
            tags: try Self.checked(parameters.tags.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }),
            range: range, durationMin: try Self.duration(parameters.durationMin, "duration_min"),
            durationMax: try Self.duration(parameters.durationMax, "duration_max"),
            limit: try Self.limit(parameters.searchDepth))
        try checkDurations("duration_min", "duration_max")
    }

    private static func duration(
        _ duration: Google_Protobuf_Duration, _ name: String
    ) throws(JaegerFailure) -> Int64? {
        let nanoseconds = duration.clampedNanoseconds
        guard nanoseconds >= 0 else { throw .parameter(name, "must not be negative") }
        return nanoseconds == 0 ? nil : nanoseconds
    }

    private static func limit(_ depth: Int32) throws(JaegerFailure) -> Int {
        guard depth != 0 else { return limitDefault }
        guard depth > 0, depth <= limitMax else {
            throw .parameter("search_depth", "\(depth) is not between 1 and \(limitMax)")
        }
        return Int(depth)
    }
}
