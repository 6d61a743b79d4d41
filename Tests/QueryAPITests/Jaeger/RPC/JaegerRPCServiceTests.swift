import GRPCCore
import HTTPSurface
import Logging
import QueryEngines
import SwiftProtobuf
import Synchronization
import TelemetryModel
import Testing
import TraceMessages

@testable import QueryAPI

@Suite struct JaegerRPCServiceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func service(
        _ queries: MemoryTraceQueries, _ configure: (inout JaegerDependencies) -> Void = { _ in }
    ) -> JaegerRPCService {
        var dependencies = JaegerDependencies(queries: queries)
        configure(&dependencies)
        return JaegerRPCService(dependencies, logger: Self.logger)
    }

    private func chunks(
        _ run: (@escaping JaegerRPCService.WriteSpans) async throws -> Void
    ) async throws -> [JaegerSpansResponseChunk] {
        let chunks = Mutex<[JaegerSpansResponseChunk]>([])
        try await run { chunk in chunks.withLock { $0.append(chunk) } }
        return chunks.withLock { $0 }
    }

    private static func find(_ change: (inout JaegerTraceQueryParameters) -> Void) -> JaegerFindTracesRequest {
        .with {
            $0.query = JaegerTraceQueryParameters()
            change(&$0.query)
        }
    }

    // MARK: GetTrace

    @Test func aTraceIsItsSpansEachWithItsProcess() async throws {
        let queries = MemoryTraceQueries([
            JaegerSamples.trace([
                JaegerSamples.span(1, name: "root", kind: .server), JaegerSamples.span(2, parent: 1, service: "db"),
            ])
        ])
        let request = JaegerGetTraceRequest.with { $0.traceID = .init(JaegerSamples.id(1).bytes) }
        let chunks = try await chunks { try await service(queries).trace(request, $0) }
        #expect(chunks.count == 1)
        let spans = chunks.flatMap(\.spans)
        #expect(spans.map(\.operationName) == ["root", "op"])
        #expect(spans.map(\.process.serviceName) == ["shop", "db"])
        #expect(spans.map { $0.process.tags.map(\.key) } == [["host.name"], ["host.name"]])
        #expect(spans.last?.references.map(\.spanID.last) == [1])
        #expect(spans.first?.tags.contains { $0.key == "span.kind" && $0.vStr == "server" } == true)
    }

    @Test func aTraceIDMayHave64Bits() async throws {
        let queries = MemoryTraceQueries([JaegerSamples.trace([JaegerSamples.span(1)])])
        let request = JaegerGetTraceRequest.with { $0.traceID = .init([0, 0, 0, 0, 0, 0, 0, 1]) }
        let chunks = try await chunks { try await service(queries).trace(request, $0) }
        #expect(chunks.flatMap(\.spans).count == 1)
    }

    @Test func aTraceThatIsNotThereIsNotFoundAndOneWithoutAnIDInvalid() async {
        let service = service(MemoryTraceQueries())
        let missing = await #expect(throws: JaegerFailure.self) {
            try await service.trace(.with { $0.traceID = .init(JaegerSamples.id(9).bytes) }) { _ in }
        }
        #expect(missing.map { JaegerRPCFailure.rpcError($0).code } == .notFound)
        for bytes in [[], [1, 2, 3], [UInt8](repeating: 0, count: 16), [UInt8](repeating: 1, count: 17)] {
            let invalid = await #expect(throws: JaegerFailure.self) {
                try await service.trace(.with { $0.traceID = .init(bytes) }) { _ in }
            }
            #expect(invalid.map { JaegerRPCFailure.rpcError($0).code } == .invalidArgument)
        }
    }

    /// Too large to be held: the pages of the store become chunks, and the warnings are those of the whole trace.
    @Test func aTraceOfManyPagesIsSentPageByPage() async throws {
        let count = UInt64(JaegerAPI.wholeSpansMax + 1)
        let spans = (1...count).map { JaegerSamples.span($0, parent: $0 == count ? count + 5 : 0) }
        let queries = MemoryTraceQueries([JaegerSamples.trace(spans)], pageSpans: 500)
        let request = JaegerGetTraceRequest.with { $0.traceID = .init(JaegerSamples.id(1).bytes) }
        let chunks = try await chunks { try await service(queries).trace(request, $0) }
        #expect(chunks.allSatisfy { (1...JaegerSpanChunks.spansMax).contains($0.spans.count) })
        let sent = chunks.flatMap(\.spans)
        #expect(sent.count == spans.count)
        #expect(sent.last?.warnings.count == 1)
        var raw = request
        raw.rawTraces = true
        let rawChunks = try await self.chunks { [raw] in try await service(queries).trace(raw, $0) }
        let rawWarnings = rawChunks.flatMap(\.spans).flatMap(\.warnings)
        #expect(rawWarnings.isEmpty)
    }

    @Test func aChunkIsBoundedInBytes() {
        let span = JaegerSpan(
            traceID: JaegerSamples.id(1), spanID: SpanID(value: 1), operationName: "op", startNanoseconds: 0,
            durationNanoseconds: 0,
            tags: [JaegerTag("t", .string(String(repeating: "x", count: JaegerSpanChunks.bytesMax / 3)))], process: 0)
        let chunks = Array(JaegerSpanChunks.chunks(Array(repeating: span, count: 5), []))
        #expect(chunks.map(\.spans.count) == [2, 2, 1])
    }

    // MARK: Messages

    @Test func aSpanKeepsTimesTagsAndLogs() {
        let span = JaegerProtoSpan(
            JaegerSpan(
                traceID: JaegerSamples.id(2, high: 1), spanID: SpanID(value: 3), flags: 1, operationName: "op",
                references: [
                    .init(kind: .followsFrom, traceID: JaegerSamples.id(5), spanID: SpanID(value: 6))
                ],
                startNanoseconds: 1_700_000_000_123_456_789, durationNanoseconds: 2_000_000_005,
                tags: [
                    JaegerTag("s", .string("x")), JaegerTag("b", .bool(true)), JaegerTag("i", .int64(-7)),
                    JaegerTag("d", .float64(0.5)), JaegerTag("y", .binary([0, 255])),
                ], logs: [JaegerLog(nanoseconds: -1, fields: [JaegerTag("event", .string("e"))])], process: 0,
                warnings: ["w"]))
        #expect(Array(span.traceID) == JaegerSamples.id(2, high: 1).bytes)
        #expect(span.startTime == .init(seconds: 1_700_000_000, nanos: 123_456_789))
        #expect(span.duration == .init(seconds: 2, nanos: 5))
        #expect(span.flags == 1)
        #expect(span.references.map(\.refType) == [.followsFrom])
        #expect(span.tags.map(\.vType) == [.string, .bool, .int64, .float64, .binary])
        #expect(span.tags.map(\.vStr) == ["x", "", "", "", ""])
        #expect(span.tags.map(\.vInt64) == [0, 0, -7, 0, 0])
        #expect(span.tags.last.map { Array($0.vBinary) } == [0, 255])
        #expect(span.logs.first?.timestamp == .init(seconds: -1, nanos: 999_999_999))
        #expect(span.warnings == ["w"])
    }

    @Test func aNegativeDurationIsNone() {
        let span = JaegerProtoSpan(
            JaegerSpan(
                traceID: JaegerSamples.id(1), spanID: SpanID(value: 1), operationName: "op", startNanoseconds: .min,
                durationNanoseconds: .min, process: 0))
        #expect(span.duration == Google_Protobuf_Duration())
        #expect(span.startTime.clampedNanoseconds == .min)
    }

    @Test func timesThatDoNotFitAreTheNearestThatDo() {
        #expect(Google_Protobuf_Timestamp(seconds: .max, nanos: .max).clampedNanoseconds == .max)
        #expect(Google_Protobuf_Timestamp(seconds: .min, nanos: .min).clampedNanoseconds == .min)
        #expect(Google_Protobuf_Duration(seconds: 1, nanos: -1).clampedNanoseconds == 999_999_999)
    }

    // MARK: FindTraces

    @Test func aSearchIsThatOfTheSameFormOverHTTP() throws {
        let request = Self.find {
            $0.serviceName = "shop"
            $0.operationName = "GET"
            $0.tags = ["error": "true", "a": "1"]
            $0.startTimeMin = .init(seconds: 1, nanos: 0)
            $0.startTimeMax = .init(seconds: 2, nanos: 0)
            $0.durationMin = .init(seconds: 0, nanos: 1_000_000)
            $0.durationMax = .init(seconds: 1, nanos: 0)
            $0.searchDepth = 7
        }
        let search = try JaegerSearch(request.query)
        let form = try JaegerSearch(
            FormParameters([
                ("service", "shop"), ("operation", "GET"), ("tag", "a:1"), ("tag", "error:true"),
                ("minDuration", "1ms"), ("maxDuration", "1s"), ("limit", "7"),
            ]))
        #expect(search.query() == form.query())
        #expect(search.limit == 7)
        #expect(search.range == TraceTimeRange(start: 1_000_000_000, end: 2_000_000_001))
    }

    @Test func fieldsThatAreNotSetAreNoConditions() throws {
        let search = try JaegerSearch(JaegerTraceQueryParameters())
        #expect(search.query() == JaegerSearch().query())
        #expect(search.range == .all)
        #expect(search.limit == JaegerSearch.limitDefault)
    }

    @Test(
        "what cannot be meant is invalid",
        arguments: [
            find { $0.searchDepth = -1 }, find { $0.searchDepth = .max },
            find { $0.durationMin = .init(seconds: -1, nanos: 0) },
            find {
                $0.durationMin = .init(seconds: 2, nanos: 0)
                $0.durationMax = .init(seconds: 1, nanos: 0)
            },
            find {
                $0.startTimeMin = .init(seconds: 2, nanos: 0)
                $0.startTimeMax = .init(seconds: 1, nanos: 0)
            },
            find { $0.tags = Dictionary(uniqueKeysWithValues: (0..<1000).map { ("\($0)", "") }) },
            JaegerFindTracesRequest(),
        ])
    func invalid(request: JaegerFindTracesRequest) async {
        let error = await #expect(throws: JaegerFailure.self) {
            try await service(MemoryTraceQueries()).findTraces(request) { _ in }
        }
        #expect(error?.status == 400)
    }

    @Test func foundTracesAreSentWhole() async throws {
        let queries = MemoryTraceQueries([
            JaegerSamples.trace([JaegerSamples.span(1, name: "a"), JaegerSamples.span(2, name: "b")]),
            JaegerSamples.trace([JaegerSamples.span(3, trace: JaegerSamples.id(2), name: "c")]),
        ])
        let chunks = try await chunks {
            try await service(queries).findTraces(
                Self.find {
                    $0.serviceName = "shop"
                    $0.operationName = "a"
                }, $0)
        }
        #expect(chunks.flatMap(\.spans).map(\.operationName) == ["a", "b"])
    }

    // MARK: Services

    @Test func servicesAndOperationsAreListed() async throws {
        let queries = MemoryTraceQueries([
            JaegerSamples.trace([
                JaegerSamples.span(1, name: "a", kind: .server), JaegerSamples.span(2, name: "a", kind: .client),
                JaegerSamples.span(3, service: "", name: "b"),
            ])
        ])
        let service = service(queries)
        let names = try await service.services().services
        #expect(names == ["missing-service-name", "shop"])
        let all = try await service.operations(.with { $0.service = "shop" })
        #expect(all.operations.map(\.spanKind).sorted() == ["client", "server"])
        #expect(all.operationNames == ["a"])
        let server = try await service.operations(
            .with {
                $0.service = "shop"
                $0.spanKind = "server"
            })
        #expect(server.operations.map(\.spanKind) == ["server"])
        let any = try await service.operations(JaegerGetOperationsRequest())
        #expect(any.operationNames == ["a", "b"])
        await #expect(throws: JaegerFailure.self) { try await service.operations(.with { $0.spanKind = "x" }) }
    }

    @Test func dependenciesOfATime() async throws {
        let queries = MemoryTraceQueries(links: [.init(parent: "", child: "db", calls: 5, errors: 1)])
        let answer = try await service(queries).serviceDependencies(
            .with {
                $0.startTime = .init(seconds: 1, nanos: 0)
                $0.endTime = .init(seconds: 2, nanos: 0)
            })
        #expect(answer.dependencies.map { "\($0.parent) \($0.child) \($0.callCount)" } == ["missing-service-name db 5"])
        let asked = queries.ranges.withLock { $0 }
        #expect(asked == [TraceTimeRange(start: 1_000_000_000, end: 2_000_000_001)])
        _ = try await service(queries).serviceDependencies(JaegerGetDependenciesRequest())
        let all = queries.ranges.withLock { $0.last }
        #expect(all == .all)
    }

    // MARK: ArchiveTrace

    @Test func archivingIsUnimplementedUnlessThereIsAnArchive() async throws {
        let request = JaegerArchiveTraceRequest.with { $0.traceID = .init(JaegerSamples.id(1).bytes) }
        let without = await #expect(throws: JaegerFailure.self) {
            try await service(MemoryTraceQueries()).archive(request)
        }
        #expect(without.map { JaegerRPCFailure.rpcError($0).code } == .unimplemented)
        let with = service(MemoryTraceQueries()) { $0.archive = { $0 == JaegerSamples.id(1) } }
        let answer = try await with.archive(request)
        #expect(answer == JaegerArchiveTraceResponse())
        let missing = await #expect(throws: JaegerFailure.self) {
            try await with.archive(.with { $0.traceID = .init(JaegerSamples.id(2).bytes) })
        }
        #expect(missing.map { JaegerRPCFailure.rpcError($0).code } == .notFound)
    }

    @Test(
        "each kind of failure has its code",
        arguments: zip(
            ErrorKind.allCases,
            [
                RPCError.Code.invalidArgument, .unimplemented, .notFound, .resourceExhausted, .resourceExhausted,
                .resourceExhausted, .deadlineExceeded, .cancelled, .unavailable, .permissionDenied, .internalError,
            ]))
    func codes(kind: ErrorKind, code: RPCError.Code) {
        let error = JaegerRPCFailure.rpcError(TraceQueryError(kind, "why"))
        #expect(error.code == code)
        #expect(error.message == "why")
    }
}
