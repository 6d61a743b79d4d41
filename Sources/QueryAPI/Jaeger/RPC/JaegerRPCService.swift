package import GRPCCore
import HTTPSurface
package import Logging
import QueryEngines
import SwiftProtobuf
import Synchronization
import TelemetryModel
import TraceMessages

/// `jaeger.api_v2.QueryService`: the Jaeger query API over gRPC.
///
/// Traces come as chunks of spans, each span with its process. A trace that is too large to be held is read page by
/// page. The warnings and the sentences of refusals are those of the HTTP API.
///
/// - Spec: jaeger-idl, `query.proto`; Jaeger, "APIs", "gRPC/Protobuf".
package struct JaegerRPCService: RegistrableRPCService {
    static let name = "jaeger.api_v2.QueryService"

    let dependencies: JaegerDependencies
    let logger: Logger

    package init(_ dependencies: JaegerDependencies, logger: Logger) {
        self.dependencies = dependencies
        self.logger = logger
    }

    typealias WriteSpans = @Sendable (JaegerSpansResponseChunk) async throws -> Void

    package func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        add("GetTrace", to: &router, trace)
        add("FindTraces", to: &router, findTraces)
        add("ArchiveTrace", to: &router, archive)
        add("GetServices", to: &router) { (_: JaegerGetServicesRequest) in try await services() }
        add("GetOperations", to: &router, operations)
        add("GetDependencies", to: &router, serviceDependencies)
    }

    private func add<Input: Message, Output: Message>(
        _ method: String, to router: inout RPCRouter<some ServerTransport>,
        _ answer: @escaping @Sendable (Input) async throws -> Output
    ) {
        router.unary(Self.name, method, Input.self, Output.self) { input in
            try await answering(method) { try await answer(input) }
        }
    }

    private func add<Input: Message>(
        _ method: String, to router: inout RPCRouter<some ServerTransport>,
        _ answer: @escaping @Sendable (Input, @escaping WriteSpans) async throws -> Void
    ) {
        router.streaming(Self.name, method, Input.self, JaegerSpansResponseChunk.self) { input, write in
            try await answering(method) { try await answer(input, write) }
        }
    }

    /// Does what comes before every answer, and turns a failure into its status.
    private func answering<Answer: Sendable>(
        _ method: String, _ answer: () async throws -> Answer
    ) async throws -> Answer {
        do {
            await dependencies.freshen()
            return try await answer()
        } catch {
            let error = JaegerRPCFailure.rpcError(error)
            JaegerRPCFailure.log(error, "/\(Self.name)/\(method)", logger)
            throw error
        }
    }

    // MARK: Services

    func services() async throws -> JaegerGetServicesResponse {
        let names = JaegerService.shown(try await dependencies.queries.services(.all))
        return .with { $0.services = names }
    }

    /// Of all services when none is named; of all kinds when none is named.
    func operations(_ request: JaegerGetOperationsRequest) async throws -> JaegerGetOperationsResponse {
        var operations = try await dependencies.queries.operations(
            service: request.service.isEmpty ? nil : JaegerService.stored(request.service), .all)
        let kind = request.spanKind
        if kind.lowercased() == "unspecified" {
            operations.removeAll { JaegerSpanKind(rawValue: $0.kind) != nil }
        } else if !kind.isEmpty {
            guard let wanted = JaegerSpanKind(name: kind) else { throw JaegerFailure.unknownKind("span_kind", kind) }
            operations.removeAll { $0.kind != wanted.rawValue }
        }
        return .with {
            // Deprecated, and still what older clients read.
            $0.operationNames = Set(operations.map(\.name)).sorted()
            $0.operations = operations.map { operation in
                .with {
                    $0.name = operation.name
                    $0.spanKind = JaegerSpanKind.name(of: operation.kind)
                }
            }
        }
    }

    /// A time that is not given is no bound; the end counts.
    func serviceDependencies(_ request: JaegerGetDependenciesRequest) async throws -> JaegerGetDependenciesResponse {
        let start = request.hasStartTime ? request.startTime.clampedNanoseconds : nil
        let end = request.hasEndTime ? request.endTime.clampedNanoseconds : nil
        if let start, let end, start > end { throw JaegerFailure(400, "'end_time' is before 'start_time'") }
        let range = TraceTimeRange(start: start, end: end.map { $0 == .max ? $0 : $0 + 1 })
        let links = try await dependencies.queries.dependencies(range)
        return .with {
            $0.dependencies = links.map { link in
                .with {
                    $0.parent = JaegerService.shown(link.parent)
                    $0.child = JaegerService.shown(link.child)
                    $0.callCount = UInt64(clamping: link.calls)
                }
            }
        }
    }

    // MARK: Traces

    /// The times of the request are hints for stores that find by time.
    func trace(_ request: JaegerGetTraceRequest, _ write: @escaping WriteSpans) async throws {
        let id = try Self.traceID(request.traceID)
        guard try await JaegerSpanChunks(queries: dependencies.queries, isRaw: request.rawTraces).send(id, write) else {
            throw JaegerFailure.notFound(id)
        }
    }

    /// The newest traces first; the spans of a trace come one after another.
    func findTraces(_ request: JaegerFindTracesRequest, _ write: @escaping WriteSpans) async throws {
        guard request.hasQuery else { throw JaegerFailure.missing("query") }
        let search = try JaegerSearch(request.query)
        let found = try await dependencies.queries.find(search)
        let chunks = JaegerSpanChunks(queries: dependencies.queries, isRaw: request.query.rawTraces)
        // One that retention has taken meanwhile is left out.
        for trace in found { _ = try await chunks.send(trace.id, write) }
    }

    func archive(_ request: JaegerArchiveTraceRequest) async throws -> JaegerArchiveTraceResponse {
        let id = try Self.traceID(request.traceID)
        guard let archive = dependencies.archive else {
            throw JaegerFailure(
                501, "archiving is not supported: every trace stays in the one store until its retention ends")
        }
        guard try await archive(id) else { throw JaegerFailure.notFound(id) }
        return JaegerArchiveTraceResponse()
    }

    /// 16 bytes, or 8 of an id of 64 bits.
    static func traceID(_ bytes: some Collection<UInt8>) throws(JaegerFailure) -> TraceID {
        let padding = [UInt8](repeating: 0, count: bytes.count == 8 ? 8 : 0)
        guard let id = TraceID(bytes: padding + bytes), !id.isZero else {
            throw JaegerFailure(400, "trace id must be 8 or 16 bytes and not zero")
        }
        return id
    }
}
