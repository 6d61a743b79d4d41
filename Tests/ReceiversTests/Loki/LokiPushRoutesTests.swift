import AsyncHTTPClient
import Codecs
import HTTPSurface
import Ingest
import NIOCore
import NIOHTTP1
import OTLPMessages
import Receivers
import ServiceLifecycle
import SwiftProtobuf
import TelemetryModel
import TelemetryStore
import TestSupport
import Testing
import WriteAheadLog

/// With a real client; the store's engine only records what is inserted.
@Suite(.timeLimit(.minutes(1))) struct LokiPushRoutesTests {
    private struct Answer {
        var status: Int
        var text: String
    }

    private struct Push {
        let port: Int
        let pipeline: IngestPipeline

        func callAsFunction(
            _ body: [UInt8], to path: String = "/loki/api/v1/push", _ headers: [(String, String)] = []
        ) async throws -> Answer {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
            request.method = .POST
            request.headers = HTTPHeaders(headers)
            request.body = .bytes(ByteBuffer(bytes: body))
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
            return Answer(status: Int(response.status.code), text: text)
        }

        func json(_ body: String) async throws -> Answer {
            try await self(Array(body.utf8), [("Content-Type", "application/json"), ("X-Scope-OrgID", "tenant")])
        }

        func callAsFunction(_ body: [UInt8], _ headers: [(String, String)]) async throws -> Answer {
            try await self(body, to: "/loki/api/v1/push", headers)
        }
    }

    private func serve(
        bodyBytesMax: Int = 1 << 20, _ body: @escaping @Sendable (Push, RecordingEngine) async throws -> Void
    ) async throws {
        let directory = TemporaryDirectory()
        let engine = RecordingEngine()
        let store = try await TelemetryStore(
            engine, retention: Retention(traces: .seconds(60), logs: .seconds(60), metrics: .seconds(60)),
            logger: silentLogger())
        let pipeline = try IngestPipeline(
            store: store, logDirectory: directory.path + "/wal",
            limits: IngestLimits(
                memoryBytes: 1 << 24, blockRows: 1000, flushInterval: .milliseconds(20), logBytes: 1 << 24,
                sync: .never), logger: silentLogger())
        _ = try await pipeline.recover()
        let (ports, reporter) = AsyncStream.makeStream(of: Int.self, bufferingPolicy: .bufferingNewest(1))
        let surface = HTTPSurface(
            SurfaceOptions(
                name: "loki", host: "127.0.0.1", port: 0,
                access: AccessRule(requiresLoopbackHost: false, token: nil, origins: [])),
            logger: silentLogger(), onListening: { reporter.yield($0) }
        ) { router in
            LokiPushRoutes.add(
                to: router, pipeline, limits: OTLPLimits(bodyBytesMax: bodyBytesMax, bodyTimeLimit: .seconds(30)))
        }
        let group = ServiceGroup(services: [pipeline, surface], logger: silentLogger())
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask {
                var iterator = ports.makeAsyncIterator()
                let port = try #require(await iterator.next())
                do {
                    try await body(Push(port: port, pipeline: pipeline), engine)
                } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    private static let good =
        #"{"stream":{"app":"api"},"values":[["1700000000000000000","a"],["1700000000000000001","b"]]}"#

    @Test func whatIsKeptIsAnsweredWithoutContent() async throws {
        try await serve { push, engine in
            let answer = try await push.json("{\"streams\":[\(Self.good)]}")
            #expect(answer.status == 204)
            #expect(answer.text.isEmpty)
            try await push.pipeline.flush(within: .seconds(10))
            #expect(engine.inserts.filter { $0.table == "logs" }.map(\.rows) == [2])
            let entry = try #require(push.pipeline.ledger.all.first)
            #expect(push.pipeline.budget.bytesUsed == 0)
            #expect(entry.received == 2)
            #expect(entry.sender.hasPrefix("loki 127.0.0.1"))
        }
    }

    @Test func protobufInSnappyIsTakenOnBothPaths() async throws {
        try await serve { push, _ in
            var entry = ProtobufWriter()
            entry.field(1, [8, 1] as [UInt8])
            entry.field(2, "line".utf8)
            var stream = ProtobufWriter()
            stream.field(1, "{a=\"b\"}".utf8)
            stream.field(2, entry.bytes)
            var request = ProtobufWriter()
            request.field(1, stream.bytes)
            // A literal of at most 60 bytes, as snappy writes it.
            let count = UInt8(request.bytes.count)
            let packed = [count, (count - 1) << 2] + request.bytes
            for path in ["/loki/api/v1/push", "/api/prom/push"] {
                let answer = try await push(packed, to: path, [("Content-Type", "application/x-protobuf")])
                #expect(answer.status == 204)
            }
            #expect(push.pipeline.ledger.all.map(\.received) == [2])
            let answer = try await push(request.bytes, [])
            #expect(answer.status == 400)
        }
    }

    @Test func packedJSONIsUnpacked() async throws {
        try await serve { push, _ in
            let body = Array("{\"streams\":[\(Self.good)]}".utf8)
            let packed = try Gzip.compress(body)
            let answer = try await push(packed, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")])
            #expect(answer.status == 204)
            let unknown = try await push(packed, [("Content-Type", "application/json"), ("Content-Encoding", "br")])
            #expect(unknown.status == 400)
            #expect(unknown.text == "Content-Encoding \"br\" not supported\n")
        }
    }

    @Test func aMalformedRequestKeepsNothing() async throws {
        try await serve { push, _ in
            let answer = try await push.json(
                "{\"streams\":[\(Self.good),{\"stream\":{\"a\":\"b\"},\"values\":[[1,\"x\"]]}]}")
            #expect(answer.status == 400)
            #expect(answer.text.hasPrefix("Value is string, but can't find closing '\"' symbol"))
            #expect(push.pipeline.ledger.all.map(\.received) == [0])
            #expect(push.pipeline.ledger.all.map(\.refusedRequests) == [["malformed": 1]])
            #expect(push.pipeline.budget.bytesUsed == 0)
        }
    }

    @Test func streamsThatAreValidAreKeptBesideOthers() async throws {
        try await serve { push, _ in
            let answer = try await push.json("{\"streams\":[{\"stream\":{},\"values\":[[\"1\",\"x\"]]},\(Self.good)]}")
            #expect(answer.status == 400)
            #expect(answer.text == "error at least one label pair is required per stream\n")
            #expect(push.pipeline.ledger.all.map(\.received) == [2])
            #expect(push.pipeline.ledger.all.map(\.refusedRequests) == [["loki_stream": 1]])
        }
    }

    @Test func aRequestWithoutStreamsIsRefused() async throws {
        try await serve { push, _ in
            let answer = try await push.json("{}")
            #expect(answer.status == 422)
            #expect(answer.text == "error at least one valid stream is required for ingestion\n")
            let empty = try await push.json(#"{"streams":[{"stream":{"a":"b"},"values":[]}]}"#)
            #expect(empty.status == 204)
        }
    }

    @Test func theLimitOfABodyHolds() async throws {
        try await serve(bodyBytesMax: 100) { push, _ in
            let answer = try await push.json("{\"streams\":[\(Self.good),\(Self.good)]}")
            #expect(answer.status == 413)
        }
    }

    @Test func otlpIsTakenOnItsPath() async throws {
        try await serve { push, _ in
            var draft = LogDraft(observedTime: Timestamp(nanoseconds: 1))
            draft.body = "x"
            let body = OTLPLogsWriter.encode([draft], scopeName: "test")
            let answer = try await push(body, to: "/otlp/v1/logs", [("Content-Type", "application/x-protobuf")])
            #expect(answer.status == 200)
            #expect(push.pipeline.ledger.all.map(\.received) == [1])
        }
    }

    @Test func otherMethodsAreNotAllowed() async throws {
        try await serve { push, _ in
            let response = try await HTTPClient.shared.execute(
                HTTPClientRequest(url: "http://127.0.0.1:\(push.port)/loki/api/v1/push"), timeout: .seconds(20))
            #expect(response.status == .methodNotAllowed)
        }
    }
}
