import QueryEngines
import TelemetryModel
import TraceQL

/// What `GET /api/v2/traces` asks for.
///
/// One span of a trace has to meet all conditions at once. Spec: zipkin2-api.yaml, `GET /traces`; the checks of values
/// are those of Zipkin's server.
struct ZipkinSearch: Sendable, Equatable {
    /// Any of these, when there are some; names are told in several spellings when theirs differ in case only.
    var services: [String]
    var spanNames: [String]
    var remoteServices: [String]
    var annotations: AnnotationQuery
    /// Microseconds.
    var minDuration: Int64?
    var maxDuration: Int64?
    var range: TraceTimeRange
    var limit: Int

    init(_ parameters: ZipkinParameters, now: Timestamp) throws(ZipkinFailure) {
        services = parameters.text("serviceName").map { [$0] } ?? []
        remoteServices = parameters.text("remoteServiceName").map { [$0] } ?? []
        // What Zipkin's page sends for no choice.
        spanNames = parameters.text("spanName").flatMap { $0 == "all" ? nil : [$0] } ?? []
        annotations = try AnnotationQuery(parameters.text("annotationQuery") ?? "")
        minDuration = try parameters.positive("minDuration")
        maxDuration = try parameters.positive("maxDuration")
        if let maxDuration {
            guard let minDuration else { throw .parameter("maxDuration", "is only valid with minDuration") }
            guard maxDuration >= minDuration else { throw .parameter("maxDuration", "is less than minDuration") }
        }
        range = try parameters.range(now: now)
        let limit = try parameters.positive("limit") ?? 10
        guard limit <= ZipkinLimits.tracesMax else {
            throw .parameter("limit", "is more than \(ZipkinLimits.tracesMax)")
        }
        self.limit = Int(limit)
    }

    var query: Query { ZipkinCondition.query(FieldExpression.all(conditions)) }

    private var conditions: [FieldExpression] {
        var conditions: [FieldExpression] = []
        if !services.isEmpty { conditions.append(FieldExpression.any(services.map(ZipkinCondition.service))) }
        if !spanNames.isEmpty {
            conditions.append(
                FieldExpression.any(spanNames.map { FieldExpression.intrinsic(.name, .equal, .string($0)) }))
        }
        if !remoteServices.isEmpty {
            conditions.append(FieldExpression.any(remoteServices.map(RemoteServiceCondition.named)))
        }
        conditions += annotations.terms.map(TagCondition.condition)
        if let minDuration {
            // What took less than a microsecond is shown with one.
            conditions.append(
                minDuration == 1
                    ? FieldExpression.intrinsic(.duration, .greater, .duration(0))
                    : FieldExpression.intrinsic(
                        .duration, .greaterOrEqual,
                        .duration(ZipkinParameters.nanoseconds(minDuration, per: 1000))))
        }
        if let maxDuration {
            // Durations are shown without their fraction of a microsecond.
            conditions.append(
                FieldExpression.intrinsic(
                    .duration, .less, .duration(ZipkinParameters.nanoseconds(maxDuration &+ 1, per: 1000))))
        }
        return conditions
    }
}
