import Foundation
import Testing

extension EndToEnd {
    /// `POST /api/v1/flush` and `GET /api/v1/ledger`. Rows wait for an hour unless somebody asks.
    @Suite(.server(["ingest.flush_interval": "1h"]))
    struct FlushAndLedgerTests {
        @Test(
            "after a flush everything acknowledged is found, and the answer says how much is stored",
            arguments: ["api", "otlp_http"])
        func flush(_ endpoint: String) async throws {
            let server = try ServerProcess.shared
            let numbers = ItemNumbers()
            let sender = NumberedSender(server: server, numbers: numbers, service: "flush-\(uniqueRun())")
            for signal in NumberedItems.Signal.allCases {
                for encoding in NumberedItems.Encoding.allCases {
                    #expect(await sender.send(signal, encoding, count: 3)?.status == 200)
                }
            }
            let answer = try await server.flushAnswer(endpoint)
            #expect(answer.status == 200)
            #expect(answer.headers["content-type"] == "application/json")
            let json = try answer.json()
            #expect(Set(json.object.keys) == ["status", "signals", "milliseconds"])
            #expect(json["status"] == "stored")
            #expect(json["milliseconds"].integer.map { $0 >= 0 } == true)
            #expect(Set(json["signals"].object.keys) == ["traces", "metrics", "logs"])
            let ledger = try await server.ledger(endpoint)
            for signal in NumberedItems.Signal.allCases {
                let stored = ledger.reduce(0) { $0 + ($1.signal == signal.rawValue ? $1.count("stored") : 0) }
                #expect(json["signals"][signal.rawValue] == ["stored": .integer(Int64(stored))])
                #expect(stored >= 6)
            }
            #expect(ledger.allSatisfy { $0.count("waiting") == 0 })
            #expect(try await numbers.compare(with: server, services: sender.service).isRight)
        }

        @Test("a flush of nothing is stored at once")
        func nothing() async throws {
            let server = try ServerProcess.shared
            try await server.flush()
            #expect(try await server.flush("otlp_http")["status"] == "stored")
        }

        @Test("a query finds what was acknowledged before it, over SQL and by trace id")
        func freshness() async throws {
            let server = try ServerProcess.shared
            for _ in 0..<5 {
                let span = OTLPJSON.Span()
                let body = OTLPJSON.traces(service: "fresh", [span])
                #expect(try await server.post("traces", body).status == 200)
                _ = try await poll("the span by its trace id", for: .seconds(20)) {
                    let answer = try await server.get("tempo", "/api/traces/\(span.trace)")
                    return answer.status == 200 ? true : nil
                }
            }
        }

        @Test("timeout takes a time up to ten minutes", arguments: ["500ms", "1s", "30", "10m", "600s"])
        func timeout(_ value: String) async throws {
            let answer = try await ServerProcess.shared.flushAnswer("api", "?timeout=\(value)")
            #expect(answer.status == 200, "\(answer.text)")
        }

        @Test(
            "any other timeout is 400 with a message",
            arguments: ["", "0", "0s", "-1s", "1h", "601s", "11m", "abc", "1.5s", "1 s", "99999999999999999999s", "s"])
        func badTimeout(_ value: String) async throws {
            let query = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let answer = try await ServerProcess.shared.flushAnswer("api", "?timeout=\(query)")
            #expect(answer.status == 400, "\(value): \(answer.text)")
            #expect(try answer.json()["message"].string?.contains("timeout") == true)
        }

        @Test("the ledger: received = stored + rejected + dropped + waiting, for each signal and sender")
        func ledger() async throws {
            let server = try ServerProcess.shared
            try await server.flush()
            let agent = "ledger-test/\(uniqueRun())"
            let name = "http 127.0.0.1 \(agent)"
            func post(_ signal: String, _ body: [UInt8], type: String? = "application/json") async throws -> Int {
                var exchange = server.postExchange(signal, body, type: type)
                exchange.headers["User-Agent"] = agent
                return try await exchange.answer().status
            }
            func entry(_ signal: String) async throws -> ServerProcess.LedgerEntry {
                try #require(try await server.ledger().first { $0.signal == signal && $0.sender == name })
            }
            let spans = [OTLPJSON.Span(), OTLPJSON.Span(), OTLPJSON.Span(trace: "0102"), OTLPJSON.Span(span: "01")]
            #expect(try await post("traces", OTLPJSON.traces(service: "ledger", spans)) == 200)
            #expect(try await post("logs", OTLPJSON.logs(service: "ledger", ["a", "b", "c"])) == 200)
            let gauge = OTLPJSON.gauge(service: "ledger", name: "g", [1_700_000_000_000_000_000])
            #expect(try await post("metrics", gauge) == 200)
            #expect(try await post("traces", Array("{".utf8)) == 400)
            #expect(try await post("traces", Array("{}".utf8), type: "text/plain") == 415)
            #expect(try await post("logs", Array("x".utf8), type: "application/x-protobuf") == 400)

            let traces = try await entry("traces")
            #expect(traces.count("received") == 4 && traces.isBalanced, "\(traces.json)")
            #expect(traces.counts("rejected") == ["invalid_trace_id": 1, "invalid_span_id": 1])
            #expect(traces.counts("refusedRequests").values.reduce(0, +) == 2)
            #expect(traces.counts("refusedRequests")["content_type"] == 1, "\(traces.json)")
            let logs = try await entry("logs")
            #expect(logs.count("received") == 3 && logs.isBalanced, "\(logs.json)")
            #expect(logs.counts("rejected").isEmpty && logs.counts("dropped").isEmpty)
            #expect(logs.counts("refusedRequests").values.reduce(0, +) == 1)
            let metrics = try await entry("metrics")
            #expect(metrics.count("received") == 1 && metrics.isBalanced, "\(metrics.json)")
            #expect(metrics.counts("refusedRequests").isEmpty)

            try await server.flush()
            for (signal, stored) in [("traces", 2), ("logs", 3), ("metrics", 1)] {
                let entry = try await entry(signal)
                #expect(entry.count("stored") == stored && entry.count("waiting") == 0 && entry.isBalanced)
            }
        }

        @Test("items in the log that are not stored yet are waiting")
        func waiting() async throws {
            let server = try ServerProcess.shared
            try await server.flush()
            // The interval has begun with that flush.
            #expect(try await server.post("logs", OTLPJSON.logs(service: "waiting", ["a", "b"])).status == 200)
            try await server.flush()
            #expect(try await server.post("logs", OTLPJSON.logs(service: "waiting", ["c", "d", "e"])).status == 200)
            #expect(try await server.waiting() == 3)
            #expect(try await server.ledger().allSatisfy(\.isBalanced))
            try await server.flush()
            #expect(try await server.waiting() == 0)
        }

        @Test("the OpenTelemetry SDK over gRPC is a sender of all three signals")
        func sdk() async throws {
            struct Export: Decodable {
                let flushed: Bool
                let spans: [JSONValue]
            }
            let server = try ServerProcess.shared
            let (export, errors) = try await PythonEnvironment.client(
                "sdk_export.py", ["grpc", server.address("otlp_grpc"), uniqueRun()], as: Export.self)
            #expect(export.flushed && errors.isEmpty, "\(errors)")
            try await server.flush()
            let entries = try await server.ledger().filter {
                $0.sender.hasPrefix("grpc 127.0.0.1 OTel-OTLP-Exporter-Python/")
            }
            #expect(entries.map(\.signal) == ["logs", "metrics", "traces"], "\(entries)")
            #expect(entries.allSatisfy { $0.isBalanced && $0.count("waiting") == 0 && $0.count("received") > 0 })
            let traces = try #require(entries.first { $0.signal == "traces" })
            #expect(traces.count("received") == export.spans.count && traces.count("stored") == export.spans.count)
        }
    }
}
