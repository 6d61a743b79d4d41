import GRPCCore
import GRPCNIOTransportHTTP2Posix
import HTTPSurface
import Logging
import QueryEngines
import ServiceLifecycle
import SwiftProtobuf
import Testing
import TraceMessages

@testable import QueryAPI

/// Through a socket, with a real client, on the port of the HTTP API.
@Suite struct TempoStreamingSurfaceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func withClient(
        _ dependencies: TempoDependencies,
        _ body: @escaping @Sendable (GRPCClient<HTTP2ClientTransport.Posix>) async throws -> Void
    ) async throws {
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = HTTPSurface(
            SurfaceOptions(
                name: "tempo", host: "127.0.0.1", port: 0,
                access: AccessRule(requiresLoopbackHost: true, token: nil, origins: [])),
            services: [TempoStreamingService(dependencies, logger: Self.logger)], logger: Self.logger,
            onListening: { reporter.yield($0) }
        ) { router in
            TempoSurface.addRoutes(to: router, dependencies: dependencies, logger: Self.logger)
        }
        let group = ServiceGroup(services: [surface], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await withGRPCClient(
                        transport: try .http2NIOPosix(
                            target: .ipv4(address: "127.0.0.1", port: port), transportSecurity: .plaintext)
                    ) { try await body($0) }
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    private func messages<Input: Message, Output: Message>(
        _ client: GRPCClient<HTTP2ClientTransport.Posix>, _ method: String, _ request: Input, _: Output.Type
    ) async throws -> [Output] {
        try await client.serverStreaming(
            request: ClientRequest(message: request),
            descriptor: MethodDescriptor(fullyQualifiedService: "tempopb.StreamingQuerier", method: method),
            serializer: ProtobufCoder<Input>(), deserializer: ProtobufCoder<Output>(), options: .defaults
        ) { response in
            var messages: [Output] = []
            for try await message in response.messages { messages.append(message) }
            return messages
        }
    }

    @Test func everyMethodAnswers() async throws {
        let queries = TempoFakeQueries {
            $0.found = TraceSearchResult(traces: [TempoSamples.found], inspectedTraces: 1, inspectedSpans: 1)
            $0.values = [TagValue(type: "string", text: "a")]
            $0.names = [.span: ["a"]]
        }
        try await withClient(TempoDependencies(queries: queries, now: { TempoSamples.now })) { client in
            let search = TempoSearchRequest.with { $0.query = "{}" }
            let found = try await messages(client, "Search", search, TempoSearchResponse.self)
            #expect(found.map { $0.traces.map(\.traceID) } == [["abcdef01234567"]])
            let tags = TempoTagsRequest()
            let names = try await messages(client, "SearchTags", tags, TempoTagsResponse.self)
            #expect(names.map(\.tagNames) == [["a"]])
            let scopes = try await messages(client, "SearchTagsV2", tags, TempoTagsV2Response.self)
            #expect(scopes.first?.scopes.first?.name == "span")
            let name = TempoTagValuesRequest.with { $0.tagName = "span.a" }
            let values = try await messages(client, "SearchTagValues", name, TempoTagValuesResponse.self)
            #expect(values.map(\.tagValues) == [["a"]])
            let typed = try await messages(client, "SearchTagValuesV2", name, TempoTagValuesV2Response.self)
            #expect(typed.first?.tagValues.map(\.type) == ["string"])
            let range = TempoQueryRangeRequest.with { $0.query = "{} | rate()" }
            let series = try await messages(client, "MetricsQueryRange", range, TempoQueryRangeResponse.self)
            #expect(series.map(\.metrics.completedJobs) == [1])
            let instant = TempoQueryInstantRequest.with { $0.query = "{} | rate()" }
            let value = try await messages(client, "MetricsQueryInstant", instant, TempoQueryInstantResponse.self)
            #expect(value.map(\.metrics.completedJobs) == [1])
        }
    }

    @Test func aBadQueryIsInvalidWithTheSentenceOfHTTP() async throws {
        let dependencies = TempoDependencies(queries: TempoFakeQueries(), now: { TempoSamples.now })
        try await withClient(dependencies) { client in
            let query = "{ name = }"
            let request = TempoSearchRequest.with { $0.query = query }
            let error = await #expect(throws: RPCError.self) {
                try await messages(client, "Search", request, TempoSearchResponse.self)
            }
            #expect(error?.code == .invalidArgument)
            let http = await TempoSamples.answer(TempoFakeQueries(), .search, [("q", query)])
            #expect(error?.message == http.text)
        }
    }

    @Test func aServerThatStartsIsUnavailable() async throws {
        var dependencies = TempoDependencies(queries: TempoFakeQueries(), now: { TempoSamples.now })
        dependencies.isReady = { false }
        try await withClient(dependencies) { client in
            let error = await #expect(throws: RPCError.self) {
                try await messages(client, "Search", TempoSearchRequest(), TempoSearchResponse.self)
            }
            #expect(error?.code == .unavailable)
        }
    }
}
