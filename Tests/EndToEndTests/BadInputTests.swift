import Foundation
import Testing

/// A request that must be refused.
private struct BadRequest: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: @Sendable () -> [UInt8]
    var type: String? = "application/json"
    var encoding: String?
    var framing = BodyFraming.length
    let status: Int

    static let limit = 4 << 20

    static let fineJSON = OTLPJSON.traces(service: "bad-input", [OTLPJSON.Span()])
    static let fineProtobuf = Protobuf.traces(
        service: "bad-input", [(randomBytes(16), randomBytes(8), "probe")])
    static let protobuf = "application/x-protobuf"

    static let all: [BadRequest] = [
        .init(testDescription: "truncated protobuf", body: { fineProtobuf.dropLast(3) }, type: protobuf, status: 400),
        .init(testDescription: "truncated JSON", body: { fineJSON.dropLast(3) }, status: 400),
        .init(testDescription: "a JSON list", body: { Array("[]".utf8) }, status: 400),
        .init(testDescription: "JSON sent as protobuf", body: { fineJSON }, type: protobuf, status: 400),
        .init(testDescription: "not gzip", body: { fineJSON }, encoding: "gzip", status: 400),
        .init(
            testDescription: "truncated gzip", body: { Gzip.stored(fineJSON).dropLast(6) }, encoding: "gzip",
            status: 400),
        .init(
            testDescription: "gzip with a wrong checksum",
            body: {
                var bytes = Gzip.stored(fineJSON)
                bytes[bytes.count - 5] ^= 0x55
                return bytes
            }, encoding: "gzip", status: 400),
        .init(testDescription: "no content type", body: { fineJSON }, type: nil, status: 415),
        .init(testDescription: "wrong content type", body: { fineJSON }, type: "text/plain", status: 415),
        .init(testDescription: "unknown content encoding", body: { fineJSON }, encoding: "br", status: 415),
        .init(
            testDescription: "oversize with a length", body: { [UInt8](repeating: 0x20, count: limit + 1) }, status: 413
        ),
        .init(
            testDescription: "oversize in chunks", body: { [UInt8](repeating: 0x20, count: limit + 1) },
            framing: .chunked(64 << 10), status: 413),
        .init(
            testDescription: "oversize after gzip",
            body: { Gzip.stored([UInt8](repeating: 0x20, count: limit - 400) + [UInt8](repeating: 0, count: 401)) },
            type: protobuf, encoding: "gzip", status: 413),
        .init(
            testDescription: "10,000 levels in JSON",
            body: {
                OTLPJSON.traces(
                    service: "bad-input", [OTLPJSON.Span(more: OTLPJSON.nestedAttribute(levels: 10_000))])
            }, status: 400),
        .init(
            testDescription: "10,000 levels in an unknown member of JSON",
            body: {
                Array(#"{"unknown":"#.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 10_000)
                    + [UInt8](repeating: UInt8(ascii: "]"), count: 10_000) + Array("}".utf8)
            }, status: 400),
        .init(
            testDescription: "10,000 levels in protobuf",
            body: {
                Protobuf.traces(
                    service: "bad-input", [(randomBytes(16), randomBytes(8), "probe")],
                    more: Protobuf.nestedAttribute(levels: 10_000))
            }, type: protobuf, status: 400),
    ]
}

extension EndToEnd {
    /// What no sender should send: refused as OTLP says, counted, and without harm to the next request.
    @Suite(.server(["otlp.body_timeout": "1s", "otlp.max_body_bytes": "\(BadRequest.limit)B"]))
    struct BadInputTests {
        @Test(
            "is refused with its status and a message, counted once, and the next request is served",
            arguments: BadRequest.all)
        fileprivate func refused(_ bad: BadRequest) async throws {
            let server = try ServerProcess.shared
            let before = try await refusals(server)
            let answer = try await server.post(
                "traces", bad.body(), type: bad.type, encoding: bad.encoding, framing: bad.framing)
            #expect(answer.status == bad.status)
            let message =
                if bad.type == BadRequest.protobuf {
                    Protobuf.statusMessage(answer.body)
                } else {
                    try answer.json()["message"].string
                }
            #expect(message.map { !$0.isEmpty } == true, "no google.rpc.Status: \(answer.text)")
            // The answer has the encoding of the request; where that is unknown, JSON.
            #expect(answer.headers["content-type"] == (bad.type == BadRequest.protobuf ? bad.type : "application/json"))
            #expect(try await refusals(server) == before + 1)
            try await expectService(server)
        }

        @Test("the same requests without their faults are accepted")
        func faultless() async throws {
            let server = try ServerProcess.shared
            #expect(try await server.post("traces", BadRequest.fineJSON).status == 200)
            #expect(try await server.post("traces", BadRequest.fineProtobuf, type: BadRequest.protobuf).status == 200)
            #expect(try await server.post("traces", Gzip.stored(BadRequest.fineJSON), encoding: "gzip").status == 200)
            #expect(try await server.post("traces", BadRequest.fineJSON, framing: .chunked(7)).status == 200)
            let padding = BadRequest.limit - BadRequest.fineJSON.count
            let largest = BadRequest.fineJSON + [UInt8](repeating: 0x20, count: padding)
            #expect(try await server.post("traces", largest).status == 200)
            #expect(try await server.post("traces", largest, framing: .chunked(64 << 10)).status == 200)
        }

        @Test("other methods than POST are 405")
        func methods() async throws {
            let server = try ServerProcess.shared
            for method in ["GET", "PUT", "DELETE"] {
                let exchange = HTTPExchange(method: method, url: server.url("otlp_http") + "/v1/traces")
                let answer = try await exchange.answer()
                #expect(answer.status == 405)
                #expect(answer.headers["allow"]?.contains("POST") == true)
            }
        }

        @Test(
            "spans with ids of wrong length are rejected one by one, the others are kept",
            arguments: ["json", "protobuf"])
        func identifiers(_ encoding: String) async throws {
            let server = try ServerProcess.shared
            let service = "ids-\(uniqueRun())"
            func rejected(_ reason: String) async throws -> Double {
                try await server.counter(
                    "martlet_ingest_items_rejected_total", ["signal": "traces", "reason": reason])
            }
            let traceBefore = try await rejected("invalid_trace_id")
            let spanBefore = try await rejected("invalid_span_id")
            let spans: [(trace: [UInt8], span: [UInt8], name: String)] = [
                (randomBytes(16), randomBytes(8), "fine"), (randomBytes(5), randomBytes(8), "short trace id"),
                (randomBytes(16), randomBytes(9), "long span id"),
                ([UInt8](repeating: 0, count: 16), randomBytes(8), "zero trace id"),
            ]
            if encoding == "json" {
                let answer = try await server.post(
                    "traces",
                    OTLPJSON.traces(
                        service: service,
                        spans.map {
                            OTLPJSON.Span(trace: hexDigits($0.trace), span: hexDigits($0.span), name: $0.name)
                        }))
                #expect(answer.status == 200)
                let partial = try answer.json()["partialSuccess"]
                #expect(partial["rejectedSpans"].integer == 3)
                #expect(partial["errorMessage"].string?.isEmpty == false)
            } else {
                let answer = try await server.post(
                    "traces", Protobuf.traces(service: service, spans), type: BadRequest.protobuf)
                #expect(answer.status == 200)
                // partial_success (1) { rejected_spans (1): 3, error_message (2): .. }
                #expect(answer.body.count > 6 && answer.body.first == 0x0A)
                #expect(answer.body.contains(0x12) && answer.body.firstRange(of: [0x08, 0x03]) != nil)
            }
            #expect(try await rejected("invalid_trace_id") == traceBefore + 2)
            #expect(try await rejected("invalid_span_id") == spanBefore + 1)
            let rows = try await server.rows("SELECT name FROM telemetry.spans WHERE service = '\(service)'")
            #expect(rows.map { $0["name"] } == ["fine"])
        }

        @Test("a client that sends one byte a second is cut off at otlp.body_timeout")
        func slowClient() async throws {
            let server = try ServerProcess.shared
            let before = try await refusals(server)
            var exchange = server.postExchange(
                "traces", BadRequest.fineJSON, framing: .dripping(claimed: 100_000, every: .seconds(1)))
            exchange.deadline = .seconds(30)
            switch try await exchange.perform() {
            case .answered(let answer): #expect(answer.status == 408)
            case .closed: break
            }
            let after = try await poll("the slow client to be counted", for: .seconds(10)) {
                let now = try await refusals(server)
                return now > before ? now : nil
            }
            #expect(after == before + 1)
            try await expectService(server)
        }

        @Test("gRPC refuses the same with its own codes, and counts")
        func grpc() async throws {
            struct Call: Decodable {
                let name: String
                let code: String
                let message: String
                let rejected: Int
            }
            let server = try ServerProcess.shared
            let before = try await refusals(server)
            let (calls, _) = try await PythonEnvironment.client(
                "bad_grpc.py", [server.address("otlp_grpc"), "\(BadRequest.limit)"], as: [Call].self)
            let codes = Dictionary(calls.map { ($0.name, $0.code) }) { $1 }
            #expect(
                codes == [
                    "truncated": "INVALID_ARGUMENT", "garbage": "INVALID_ARGUMENT", "nested": "INVALID_ARGUMENT",
                    "oversize": "RESOURCE_EXHAUSTED", "bomb": "RESOURCE_EXHAUSTED", "wrong ids": "OK", "fine": "OK",
                    "fine gzip": "OK",
                ])
            #expect(calls.filter { $0.code != "OK" }.allSatisfy { !$0.message.isEmpty })
            let partial = try #require(calls.first { $0.name == "wrong ids" })
            #expect(partial.rejected == 3 && !partial.message.isEmpty)
            #expect(try await refusals(server) == before + 5)
            try await expectService(server)
        }

        private func refusals(_ server: ServerProcess) async throws -> Double {
            try await server.counter("martlet_ingest_requests_refused_total", ["signal": "traces"])
        }

        /// The server takes a span, and a question finds it.
        private func expectService(_ server: ServerProcess) async throws {
            let span = OTLPJSON.Span()
            let answer = try await server.post("traces", OTLPJSON.traces(service: "still-here", [span]))
            #expect(answer.status == 200)
            let row = try await server.row(
                "SELECT count() AS n FROM telemetry.spans WHERE span_id = unhex('\(span.span)')")
            #expect(row["n"].integer == 1)
        }
    }

    /// A body that is a thousand times larger inside, against the default limits.
    @Suite(.server())
    struct DecompressionBombTests {
        static let bombBytes = 1 << 30

        /// 1 GiB of zeros as gzip: 1 MiB.
        private func bomb() async throws -> [UInt8] {
            let directory = try TemporaryDirectory()
            let file = directory.url.appending(path: "bomb.gz")
            let made = try await PythonEnvironment.runClient("gzip_zeros.py", ["\(Self.bombBytes)", file.path])
            guard made.exitCode == 0 else { throw TestFailure(made.summary) }
            return [UInt8](try Data(contentsOf: file))
        }

        @Test("is 413 and costs no memory", arguments: ["application/json", "application/x-protobuf"])
        func one(_ type: String) async throws {
            let server = try ServerProcess.shared
            let body = try await bomb()
            #expect(body.count < 2 << 20)
            // Whatever the first request makes (pools, the first block) is not the bomb's.
            #expect(try await server.post("traces", BadRequest.fineJSON).status == 200)
            try server.resetPeakMemory()
            let before = try server.memory().now
            let answer = try await server.post("traces", body, type: type, encoding: "gzip")
            let peak = try server.memory().peak
            #expect(answer.status == 413)
            #expect(peak - before < 150_000_000, "memory grew by \((peak - before) / 1_000_000) MB")
            #expect(try await server.post("traces", BadRequest.fineJSON).status == 200)
        }

        @Test("sixteen at once stay below the memory of ingest.memory_bytes")
        func sixteen() async throws {
            let server = try ServerProcess.shared
            let body = try await bomb()
            #expect(try await server.post("traces", BadRequest.fineJSON).status == 200)
            try server.resetPeakMemory()
            let before = try server.memory().now
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        try await server.post("traces", body, type: "application/x-protobuf", encoding: "gzip").status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let peak = try server.memory().peak
            // 503 where the memory of all requests together is used up.
            #expect(statuses.allSatisfy { $0 == 413 || $0 == 503 }, "\(statuses)")
            #expect(statuses.contains(413))
            #expect(peak - before < 256 << 20, "memory grew by \((peak - before) / 1_000_000) MB")
            #expect(try await server.post("traces", BadRequest.fineJSON).status == 200)
        }
    }
}
