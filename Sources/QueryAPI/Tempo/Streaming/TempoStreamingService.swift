package import GRPCCore
import HTTPSurface
package import Logging
import QueryEngines
import SwiftProtobuf
import Synchronization
import TelemetryModel
import TraceMessages

/// `tempopb.StreamingQuerier`: the search and the metrics of the Tempo API over gRPC, answered in parts as they are found.
///
/// Grafana's data source opens it on the port of the HTTP API when streaming is switched on. The parameters mean what
/// those of HTTP mean, a field that is not set what an absent one does, and a refusal says the same sentence.
///
/// - Spec: tempo.proto; Grafana Tempo, "Tempo gRPC API".
package struct TempoStreamingService: RegistrableRPCService {
    static let name = "tempopb.StreamingQuerier"

    /// Bytes of found traces in one message, unless one trace has more: clients take 4 MiB by default.
    static let tracesBytesMax = 1 << 20

    private let dependencies: TempoDependencies
    private let logger: Logger

    package init(_ dependencies: TempoDependencies, logger: Logger) {
        self.dependencies = dependencies
        self.logger = logger
    }

    package func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        add("Search", to: &router, search)
        add("SearchTags", to: &router) { try await $1(try await tagNames($0)) }
        add("SearchTagsV2", to: &router) { try await $1(try await scopedTagNames($0)) }
        add("SearchTagValues", to: &router) { try await $1(try await tagValues($0)) }
        add("SearchTagValuesV2", to: &router) { try await $1(try await typedTagValues($0)) }
        add("MetricsQueryRange", to: &router) { try await $1(try await metricsRange($0)) }
        add("MetricsQueryInstant", to: &router) { try await $1(try await metricsInstant($0)) }
    }

    /// Does what comes before every answer, and turns a failure into its status.
    private func add<Input: Message, Output: Message>(
        _ method: String, to router: inout RPCRouter<some ServerTransport>,
        _ answer: @escaping @Sendable (Input, @escaping @Sendable (Output) async throws -> Void) async throws -> Void
    ) {
        router.streaming(Self.name, method, Input.self, Output.self) { input, write in
            do {
                guard dependencies.isReady() else { throw TraceQueryError(.unavailable, "not ready") }
                await dependencies.freshen()
                try await answer(input, write)
            } catch {
                let error = TempoStreamingFailure.rpcError(error)
                TempoStreamingFailure.log(error, "/\(Self.name)/\(method)", logger)
                throw error
            }
        }
    }

    // MARK: Search

    /// Writes traces as they are found, and at the end all of the answer again: clients put the messages together by
    /// trace id. The last message alone says that all jobs are done.
    func search(
        _ request: TempoSearchRequest, _ write: @escaping @Sendable (TempoSearchResponse) async throws -> Void
    ) async throws {
        let search = try TempoSearchParameters(request).request()
        let progress = Mutex(TempoSearchProgress())
        let result = try await dependencies.queries.search(search) { part in
            guard !part.traces.isEmpty else { return }
            for message in TempoSearchMessages.parts(part.traces) {
                try await write(progress.withLock { $0.next(message, part) })
            }
        }
        let parts = TempoSearchMessages.parts(result.traces)
        for (index, message) in parts.enumerated() {
            let isLast = index == parts.count - 1
            try await write(progress.withLock { $0.next(message, result, isLast: isLast) })
        }
    }

    // MARK: Names and values

    func tagNames(_ request: TempoTagsRequest) async throws -> TempoTagsResponse {
        let names = try await dependencies.bareTagNames(try TempoTagNamesParameters(request).request())
        return .with {
            $0.tagNames = names
            $0.metrics = .whole
        }
    }

    func scopedTagNames(_ request: TempoTagsRequest) async throws -> TempoTagsV2Response {
        let names = try await dependencies.tagNames(try TempoTagNamesParameters(request).request())
        return .with {
            $0.scopes = TagScope.allCases.compactMap { scope in
                guard let tags = names[scope], !tags.isEmpty else { return nil }
                return .with {
                    $0.name = scope.rawValue
                    $0.tags = tags
                }
            }
            $0.metrics = .whole
        }
    }

    func tagValues(_ request: TempoTagValuesRequest) async throws -> TempoTagValuesResponse {
        let values = try await dependencies.bareTagValues(TempoTagValuesParameters(request))
        return .with {
            $0.tagValues = values
            $0.metrics = .whole
        }
    }

    func typedTagValues(_ request: TempoTagValuesRequest) async throws -> TempoTagValuesV2Response {
        let values = try await dependencies.typedTagValues(TempoTagValuesParameters(request))
        return .with {
            $0.tagValues = values.map { value in
                .with {
                    $0.type = value.type
                    $0.value = value.text
                }
            }
            $0.metrics = .whole
        }
    }

    // MARK: Metrics

    func metricsRange(_ request: TempoQueryRangeRequest) async throws -> TempoQueryRangeResponse {
        let parameters = try TempoMetricsParameters(request)
        let now = dependencies.now()
        let isInstant = request.hasInstant && request.instant
        let query = try isInstant ? parameters.instantRequest(now: now) : parameters.rangeRequest(now: now)
        return TempoMetricsMessages.range(
            try await dependencies.queries.metrics(query), seriesMax: Int(request.maxSeries))
    }

    func metricsInstant(_ request: TempoQueryInstantRequest) async throws -> TempoQueryInstantResponse {
        let query = try TempoMetricsParameters(request).instantRequest(now: dependencies.now())
        return TempoMetricsMessages.instant(try await dependencies.queries.metrics(query))
    }
}
