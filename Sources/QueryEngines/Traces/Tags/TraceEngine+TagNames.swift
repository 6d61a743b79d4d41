import ClickHouse
import SQLSyntax
import TelemetryModel
import TelemetryStore
import TraceQL

extension TraceEngine {
    /// See `TraceQueries.tagNames`. Without a filter names come from small tables; with one the spans are asked.
    package func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]] {
        try await answering { try await names(request) }
    }

    func names(_ request: TagNamesRequest) async throws -> [TagScope: [String]] {
        let scopes = request.scope.map { [$0] } ?? TagScope.allCases
        let spans = try await spanSelection(request.filter, request.range)
        var names: [TagScope: [String]] = [:]
        for scope in scopes {
            let found: [String]
            switch scope {
            case .intrinsic: found = Intrinsic.listed.map { Attribute(.intrinsic($0)).description }
            case .resource: found = try await referencedNames(.resource, of: spans)
            case .instrumentation: found = try await referencedNames(.scope, of: spans)
            case .span: found = try await spanNames(.span, of: spans)
            case .event: found = try await spanNames(.event, of: spans)
            case .link: found = try await spanNames(.link, of: spans)
            }
            let sorted = scope == .intrinsic ? found : found.sorted()
            names[scope] = request.limit > 0 ? Array(sorted.prefix(request.limit)) : sorted
        }
        return names
    }

    /// Conditions on the spans that tags are asked of; nil for all spans.
    func spanSelection(_ filter: Query?, _ range: TraceTimeRange) async throws -> [Expression]? {
        var conditions = range.overlap
        if let filter, case .search(let pipeline) = filter.body {
            let plan = try await CandidatePlan.make(pipeline, lowering(for: .answer))
            if !plan.driver.isAlways { conditions.append(plan.driver.sql) }
        }
        return conditions.isEmpty ? nil : conditions
    }

    private func referencedNames(_ reference: Reference, of spans: [Expression]?) async throws -> [String] {
        var select = Select(
            [.init(.call("arrayJoin", .call("mapKeys", .column("attributes"))), as: "key")], from: reference.table,
            where: spans.map { .inSubquery(.column("id"), Self.references(reference, of: $0)) })
        select.isDistinct = true
        return try await rows(select).compactMap { $0[0].text }
    }

    static func references(_ reference: Reference, of spans: [Expression]) -> Select {
        var select = Select(
            [.init(.column(reference.column))], from: TelemetrySchema.spans.name, where: .and(spans))
        select.isDistinct = true
        return select
    }

    private func spanNames(_ place: AttributePlace, of spans: [Expression]?) async throws -> [String] {
        var select: Select
        if let spans {
            let keys: Expression =
                switch place {
                case .span: .call("mapKeys", .column("attributes"))
                case .event: Self.keys(of: "event_attributes")
                case .link: Self.keys(of: "link_attributes")
                // Those of what spans refer to are asked of its own tables.
                case .resource, .scope, .log: .call("array")
                }
            select = Select(
                [.init(.call("arrayJoin", keys), as: "key")], from: TelemetrySchema.spans.name, where: .and(spans))
        } else {
            select = Select(
                [.init(.column("key"))], from: TelemetrySchema.attributeKeys.name,
                where: .equal(.column("place"), .parameter(.string(place.rawValue))))
        }
        select.isDistinct = true
        return try await rows(select).compactMap { $0[0].text }
    }

    private static func keys(of maps: Identifier) -> Expression {
        .call(
            "arrayFlatten", .call("arrayMap", .lambda("item", .call("mapKeys", .column("item"))), .column(maps)))
    }
}

extension Intrinsic {
    /// The intrinsics that lists of tags show.
    static let listed: [Intrinsic] = [
        .duration, .eventName, .eventTimeSinceStart, .instrumentationName, .instrumentationVersion, .kind, .name,
        .rootName, .rootService, .childCount, .spanID, .status, .statusMessage, .traceDuration, .traceID,
        .linkSpanID, .linkTraceID, .parentID, .nestedSetLeft, .nestedSetRight, .nestedSetParent,
    ]
}
