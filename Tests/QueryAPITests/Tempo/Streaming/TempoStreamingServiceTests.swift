import GRPCCore
import HTTPSurface
import Logging
import QueryEngines
import SwiftProtobuf
import Synchronization
import TelemetryModel
import Testing
import TraceMessages
import TraceQL

@testable import QueryAPI

@Suite struct TempoStreamingServiceTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func service(_ queries: any TraceQueries) -> TempoStreamingService {
        TempoStreamingService(
            TempoDependencies(queries: queries, now: { TempoSamples.now }), logger: Self.logger)
    }

    private func search(
        _ queries: any TraceQueries, _ request: TempoSearchRequest
    ) async throws -> [TempoSearchResponse] {
        let messages = Mutex<[TempoSearchResponse]>([])
        try await service(queries).search(request) { message in messages.withLock { $0.append(message) } }
        return messages.withLock { $0 }
    }

    /// Reports traces before it answers, as the engine does.
    private struct ReportingQueries: TraceQueries {
        let base: TempoFakeQueries
        let reports: [TraceSearchProgress]

        func search(_ request: TraceSearchRequest, progress: @Sendable (TraceSearchProgress) async throws -> Void)
            async throws -> TraceSearchResult
        {
            for report in reports { try await progress(report) }
            return try await base.search(request, progress: progress)
        }

        func metrics(_ request: TraceMetricsRequest) async throws -> TraceMetricsResult {
            try await base.metrics(request)
        }
        func tagNames(_ request: TagNamesRequest) async throws -> [TagScope: [String]] {
            try await base.tagNames(request)
        }
        func tagValues(_ request: TagValuesRequest) async throws -> [TagValue] { try await base.tagValues(request) }
        func trace(_ id: TraceID, spansMax: Int) async throws -> StoredTrace? { nil }
        func streamTrace(_ id: TraceID, page: @Sendable (StoredTrace) async throws -> Void) async throws -> Bool {
            false
        }
        func services(_ range: TraceTimeRange) async throws -> [String] { [] }
        func operations(service: String?, _ range: TraceTimeRange) async throws -> [TraceOperation] { [] }
        func dependencies(_ range: TraceTimeRange) async throws -> [ServiceDependency] { [] }
    }

    // MARK: Search

    @Test func theRequestIsThatOfTheSameSearchOverHTTP() async throws {
        let queries = TempoFakeQueries()
        _ = try await search(
            queries,
            .with {
                $0.query = "{ name = \"a\" }"
                $0.limit = 7
                $0.spansPerSpanSet = 2
                $0.start = 10
                $0.end = 20
            })
        var form: [(name: String, value: String)] = [("q", "{ name = \"a\" }"), ("limit", "7"), ("spss", "2")]
        form += [("start", "10"), ("end", "20")]
        let expected = try TempoSearchParameters(TempoForm(form)).request()
        let asked = try #require(queries.asked.search.first)
        #expect(asked.query == expected.query)
        #expect(asked.range == TraceTimeRange(start: 10_000_000_000, end: 20_000_000_000))
        #expect(asked.limit == 7)
        #expect(asked.spansPerSpanset == 2)
    }

    @Test func fieldsThatAreNotSetHaveTheDefaults() async throws {
        let queries = TempoFakeQueries()
        _ = try await search(queries, .with { $0.query = "{}" })
        let asked = try #require(queries.asked.search.first)
        #expect(asked.limit == 20)
        #expect(asked.spansPerSpanset == 3)
        #expect(asked.range == .all)
    }

    @Test func tagsAndDurationsAreThoseOfHTTP() async throws {
        let queries = TempoFakeQueries()
        _ = try await search(
            queries,
            .with {
                $0.tags = ["b": "2", "a": "1"]
                $0.minDurationMs = 5
                $0.maxDurationMs = 1500
            })
        let form: [(name: String, value: String)] = [
            ("tags", "a=1 b=2"), ("minDuration", "5ms"), ("maxDuration", "1.5s"),
        ]
        let expected = try TempoSearchParameters(TempoForm(form)).request()
        #expect(queries.asked.search.first?.query == expected.query)
    }

    @Test func aWholeAnswerIsTheLastMessage() async throws {
        let queries = TempoFakeQueries {
            $0.found = TraceSearchResult(traces: [TempoSamples.found], inspectedTraces: 4, inspectedSpans: 9)
        }
        let messages = try await search(queries, .with { $0.query = "{}" })
        let message = try #require(messages.first)
        #expect(messages.count == 1)
        #expect(message.metrics.inspectedTraces == 4)
        #expect(message.metrics.inspectedSpans == 9)
        #expect(message.metrics.completedJobs == 1)
        #expect(message.metrics.totalJobs == 1)
        #expect(message.traces.count == 1)
    }

    @Test func nothingFoundIsOneMessageWithoutTraces() async throws {
        let messages = try await search(TempoFakeQueries(), .with { $0.query = "{}" })
        #expect(messages.count == 1)
        #expect(messages.first?.traces.isEmpty == true)
        #expect(messages.first?.metrics.completedJobs == messages.first?.metrics.totalJobs)
    }

    @Test func tracesComeAsTheyAreFoundAndOnlyTheLastMessageIsDone() async throws {
        var second = TempoSamples.found
        second.id = TraceID(high: 1, low: 1)
        let base = TempoFakeQueries { [second] in
            $0.found = TraceSearchResult(traces: [second, TempoSamples.found], inspectedTraces: 9, inspectedSpans: 90)
        }
        let queries = ReportingQueries(
            base: base,
            reports: [
                TraceSearchProgress(traces: [TempoSamples.found], inspectedTraces: 3, inspectedSpans: 30),
                TraceSearchProgress(traces: [], inspectedTraces: 5, inspectedSpans: 50),
                TraceSearchProgress(traces: [second], inspectedTraces: 7, inspectedSpans: 70),
            ])
        let messages = try await search(queries, .with { $0.query = "{}" })
        #expect(messages.map(\.traces.count) == [1, 1, 2])
        #expect(messages.map(\.metrics.inspectedSpans) == [30, 70, 90])
        #expect(messages.map { "\($0.metrics.completedJobs)/\($0.metrics.totalJobs)" } == ["1/2", "2/3", "3/3"])
    }

    @Test func aLargeAnswerIsSplitAndLosesNothing() {
        let traces = (1...50).map { number in
            var trace = TempoSamples.found
            trace.id = TraceID(high: 0, low: UInt64(number))
            return trace
        }
        let size = (try? TempoSearchMessages.message(TempoSamples.found).serializedBytes() as [UInt8])?.count ?? 0
        let parts = TempoSearchMessages.parts(traces, bytesMax: size * 10)
        #expect(parts.count >= 5)
        #expect(parts.allSatisfy { (1...10).contains($0.traces.count) })
        #expect(parts.flatMap(\.traces).map(\.traceID) == (1...50).map { String($0, radix: 16) })
        // One that is larger than a message goes alone.
        #expect(TempoSearchMessages.parts(traces, bytesMax: 1).count == 50)
    }

    @Test func aTraceHasTheMembersOfItsJSON() throws {
        let message = TempoSearchMessages.message(TempoSamples.found)
        #expect(message.traceID == "abcdef01234567")
        #expect(message.rootServiceName == "shop")
        #expect(message.rootTraceName == "GET /")
        #expect(message.startTimeUnixNano == 1_684_778_327_699_392_724)
        #expect(message.durationMs == 557)
        #expect(message.serviceStats["shop"] == .with { ($0.spanCount, $0.errorCount) = (3, 1) })
        #expect(message.spanSets.map(\.matched) == [7, 0])
        #expect(message.spanSet == message.spanSets.first)
        #expect(message.spanSet.attributes.map(\.key) == ["by(span.a)"])
        let span = try #require(message.spanSet.spans.first)
        #expect(span.spanID == "563d623c76514f8e")
        #expect(span.name == "query")
        #expect(span.startTimeUnixNano == 1_684_778_327_735_077_898)
        #expect(span.durationNanos == 446_979_497)
        // The name and the duration are members already.
        #expect(
            span.attributes.map(\.key) == [
                "status", "kind", "span.count", "span.ratio", "span.ok", "traceDuration", "span.none", "span.list",
            ])
        let list = TempoAnyValue.with {
            $0.arrayValue.values = [.with { $0.intValue = 1 }, .with { $0.stringValue = "b" }]
        }
        #expect(
            span.attributes.map(\.value.value) == [
                .stringValue("error"), .stringValue("client"), .intValue(-5), .doubleValue(0.5), .boolValue(true),
                .stringValue("1.5s"), .stringValue("nil"), list.value,
            ])
    }

    @Test func aTraceWithoutARootSaysSo() {
        var trace = TempoSamples.found
        (trace.rootService, trace.rootName, trace.start) = (nil, nil, -1)
        let message = TempoSearchMessages.message(trace)
        #expect(message.rootServiceName == "<root span not yet received>")
        #expect(message.rootTraceName.isEmpty)
        #expect(message.startTimeUnixNano == 0)
    }

    @Test(
        "a refusal says the sentence of HTTP",
        arguments: [
            TempoSearchRequest.with { $0.query = "{ name = }" },
            .with {
                $0.query = "{}"
                $0.tags = ["a": "b"]
            },
            .with {
                $0.query = "{}"
                $0.start = 20
                $0.end = 10
            },
            .with {
                $0.query = "{}"
                $0.start = 20
            },
            .with { $0.query = "{} | rate()" },
            .with {
                $0.minDurationMs = 2
                $0.maxDurationMs = 1
            },
            .with {
                $0.query = "{}"
                $0.limit = .max
            },
        ])
    func refusal(request: TempoSearchRequest) async {
        let error = await #expect(throws: TraceQueryError.self) { try await search(TempoFakeQueries(), request) }
        #expect(error?.kind == .invalid)
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
        let error = TempoStreamingFailure.rpcError(TraceQueryError(kind, "why"))
        #expect(error.code == code)
        #expect(error.message == "why")
        #expect(TempoStreamingFailure.rpcError(CancellationError()).code == .cancelled)
    }

    // MARK: Names and values

    private static let names: [TagScope: [String]] = [.resource: ["service.name", "x"], .span: ["b", "x"]]

    @Test func namesOfAllScopesAreOneList() async throws {
        let service = service(TempoFakeQueries { $0.names = Self.names })
        let all = try await service.tagNames(TempoTagsRequest())
        #expect(all.tagNames == ["b", "service.name", "x"])
        let two = try await service.tagNames(.with { $0.maxTagsPerScope = 2 })
        #expect(two.tagNames.count == 2)
        let fields = try await service.tagNames(.with { $0.scope = "intrinsic" })
        #expect(fields.tagNames.contains("duration"))
    }

    @Test func namesByScopeHaveTheFieldsToo() async throws {
        let queries = TempoFakeQueries { $0.names = Self.names }
        let service = service(queries)
        let all = try await service.scopedTagNames(
            .with {
                $0.start = 1
                $0.end = 2
                $0.query = "{ span.a = 1 }"
            })
        #expect(all.scopes.map(\.name) == ["resource", "span", "intrinsic"])
        #expect(all.scopes.first?.tags == ["service.name", "x"])
        let asked = try #require(queries.asked.tagNames.first)
        #expect(asked.range == TraceTimeRange(start: 1_000_000_000, end: 2_000_000_000))
        #expect(asked.filter != nil)
        let span = try await service.scopedTagNames(.with { $0.scope = "span" })
        #expect(span.scopes.map(\.name) == ["span"])
        await #expect(throws: TraceQueryError.self) { try await service.scopedTagNames(.with { $0.scope = "color" }) }
    }

    @Test func valuesHaveTheirTypes() async throws {
        let queries = TempoFakeQueries {
            $0.values = [TagValue(type: "int", text: "2"), TagValue(type: "string", text: "a")]
        }
        let service = service(queries)
        let typed = try await service.typedTagValues(
            .with {
                $0.tagName = "span.a"
                $0.maxTagValues = 1
            })
        #expect(typed.tagValues.map { "\($0.type) \($0.value)" } == ["int 2"])
        let untyped = try await service.tagValues(.with { $0.tagName = "a" })
        #expect(untyped.tagValues == ["2", "a"])
        #expect(queries.asked.tagValues.map(\.target) == [.attribute(.span, "a"), .attribute(.any, "a")])
        await #expect(throws: TraceQueryError.self) { try await service.typedTagValues(.with { $0.tagName = "" }) }
    }

    // MARK: Metrics

    private static let series = TraceMetricsResult(
        series: [
            .init(
                labels: [("span.a", .string("x")), ("p", .double(0.9))],
                samples: [(time: 60_000_000_000, value: 1.5), (time: 120_000_000_000, value: 2)],
                exemplars: [
                    .init(
                        traceID: TempoSamples.id, spanID: SpanID(value: 7), time: 61_000_000_000, value: 0.25)
                ]),
            .init(labels: [], samples: []),
        ], inspectedSpans: 12)

    @Test func aRangeIsInNanosecondsAndAnsweredInMilliseconds() async throws {
        let queries = TempoFakeQueries { $0.series = Self.series }
        let answer = try await service(queries).metricsRange(
            .with {
                $0.query = "{} | rate()"
                $0.start = 60_000_000_000
                $0.end = 180_000_000_000
                $0.step = 60_000_000_000
                $0.exemplars = 5
            })
        let asked = try #require(queries.asked.metrics.first)
        #expect(asked.start == 60_000_000_000)
        #expect(asked.end == 180_000_000_000)
        #expect(asked.step == 60_000_000_000)
        #expect(asked.exemplars == 5)
        #expect(answer.series.count == 2)
        let series = try #require(answer.series.first)
        #expect(series.labels.map(\.key) == ["span.a", "p"])
        #expect(series.labels.map(\.value.value) == [.stringValue("x"), .doubleValue(0.9)])
        #expect(series.samples.map(\.timestampMs) == [60_000, 120_000])
        #expect(series.samples.map(\.value) == [1.5, 2])
        #expect(series.exemplars.first?.timestampMs == 61_000)
        #expect(
            series.exemplars.first?.labels.map(\.value.stringValue) == [
                TempoSamples.id.hex, "0000000000000007",
            ])
        #expect(answer.metrics.inspectedSpans == 12)
        #expect(answer.metrics.completedJobs == answer.metrics.totalJobs)
        #expect(answer.status == .complete)
    }

    @Test func anAnswerThatIsCutIsPartial() {
        let answer = TempoMetricsMessages.range(Self.series, seriesMax: 1)
        #expect(answer.series.count == 1)
        #expect(answer.status == .partial)
        #expect(answer.message == "the answer has 2 series, limit is 1")
        #expect(TempoMetricsMessages.range(Self.series, seriesMax: 2).status == .complete)
    }

    @Test func anInstantAnswerHasOneValueForEachSeriesThatHasOne() async throws {
        let queries = TempoFakeQueries { $0.series = Self.series }
        let answer = try await service(queries).metricsInstant(.with { $0.query = "{} | rate()" })
        #expect(answer.series.map(\.value) == [1.5])
        let asked = try #require(queries.asked.metrics.first)
        #expect(asked.step == nil)
        #expect(asked.end == TempoSamples.now)
        _ = try await service(queries).metricsRange(
            .with {
                $0.query = "{} | rate()"
                $0.instant = true
            })
        #expect(queries.asked.metrics.last?.step == nil)
    }

    @Test(
        "times beyond the range are refused",
        arguments: [
            TempoQueryRangeRequest.with { $0.start = .max }, .with { $0.end = .max }, .with { $0.step = .max },
        ])
    func lateTimes(request: TempoQueryRangeRequest) async {
        var request = request
        request.query = "{} | rate()"
        let late = request
        let error = await #expect(throws: TraceQueryError.self) {
            _ = try await service(TempoFakeQueries()).metricsRange(late)
        }
        #expect(error?.kind == .invalid)
    }
}
