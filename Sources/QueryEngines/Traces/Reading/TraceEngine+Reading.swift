import ClickHouse
import PromQLEvaluation
import SQLSyntax
package import TelemetryModel
import TelemetryStore

extension TraceEngine: TraceQueries {
    package func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace? {
        try await answering {
            try await store.trace(id, spansMax: spansMax, settings: limits.settings)
        }
    }

    package func streamTrace(
        _ id: TraceID, page: @Sendable (StoredTrace) async throws -> Void
    ) async throws -> Bool {
        // Without a place among the queries: a client that reads slowly would hold it. Each page is a statement, and
        // those have a bound of their own.
        try await wording {
            try await store.streamTrace(id, settings: limits.settings, spansPerPage: limits.spansPerPage, page: page)
        }
    }

    /// Puts a trace aside, out of the reach of retention; false when there is none.
    package func archive(_ id: TraceID) async throws -> Bool {
        // One at a time, so that the same trace is not put aside twice.
        guard await archiving.enter() == .entered else {
            throw TraceQueryError(.overloaded, "too many traces wait to be archived already; try again later")
        }
        defer { archiving.leave() }
        return try await answering { try await store.archive(id) }
    }

    package func services(_ range: TraceTimeRange) async throws -> [String] {
        try await answering {
            var select = Select(
                [.init(.column("service"))], from: TelemetrySchema.spans.name, where: range.condition)
            select.isDistinct = true
            return try await rows(select).compactMap { $0[0].text }.sorted()
        }
    }

    package func operations(service: String?, _ range: TraceTimeRange) async throws -> [TraceOperation] {
        try await answering {
            var conditions = range.overlap
            if let service { conditions.append(.equal(.column("service"), .parameter(.string(service)))) }
            var select = Select(
                [.init(.column("name")), .init(.column("kind"))], from: TelemetrySchema.spans.name,
                where: conditions.isEmpty ? nil : .and(conditions))
            select.isDistinct = true
            return try await rows(select)
                .map { TraceOperation(name: $0[0].text ?? "", kind: Int32(truncatingIfNeeded: $0[1].integer ?? 0)) }
                .sorted { ($0.name, $0.kind) < ($1.name, $1.kind) }
        }
    }
}

extension TraceTimeRange {
    var condition: Expression? { overlap.isEmpty ? nil : .and(overlap) }
}
