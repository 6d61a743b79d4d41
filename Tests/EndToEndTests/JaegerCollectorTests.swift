import Foundation
import Testing

extension EndToEnd {
    /// Port 14250: Jaeger's own collector protocol, and OTLP beside it, as the seeds send it there.
    @Suite(.server())
    struct JaegerCollectorTests {
        private static let post = "/jaeger.api_v2.CollectorService/PostSpans"

        /// The base64 of an id of 16 bytes, or of 8.
        private func id(_ number: UInt64, high: UInt64? = nil) -> String {
            Data((high.map(Protobuf.bigEndian) ?? []) + Protobuf.bigEndian(number)).base64EncodedString()
        }

        @Test("a batch of Jaeger spans is shown by every API, with tags of all types, logs and references")
        func postSpans() async throws {
            let server = try ServerProcess.shared
            let run = uniqueRun()
            let high = UInt64.random(in: 1...UInt64.max)
            let trace = id(1, high: high)
            let hex = hexDigits(Protobuf.bigEndian(high) + Protobuf.bigEndian(1))
            let time = "2026-03-01T10:00:00.123456789Z"
            let batch = """
                {"batch": {"process": {"service_name": "old-\(run)", "tags": [{"key": "host", "v_str": "h1"}]}, "spans": [
                    {"trace_id": "\(trace)", "span_id": "\(id(10))", "operation_name": "GET /old", "flags": 1,
                        "start_time": "\(time)", "duration": "1.5s", "tags": [
                            {"key": "span.kind", "v_str": "server"}, {"key": "error", "v_type": 1, "v_bool": true},
                            {"key": "n", "v_type": 2, "v_int64": "9007199254740993"},
                            {"key": "f", "v_type": 3, "v_float64": 0.5}, {"key": "b", "v_type": 4, "v_binary": "AAEC"}],
                        "logs": [{"timestamp": "\(time)", "fields": [{"key": "event", "v_str": "retry"},
                            {"key": "attempt", "v_type": 2, "v_int64": 2}]}]},
                    {"trace_id": "\(trace)", "span_id": "\(id(11))", "operation_name": "work",
                        "references": [{"trace_id": "\(trace)", "span_id": "\(id(10))"},
                            {"trace_id": "\(id(77, high: 66))", "span_id": "\(id(55))", "ref_type": 1}],
                        "start_time": "\(time)", "duration": "0.001s", "process": {"service_name": "other-\(run)"}}]}}
                """
            let answer = try await RPC.call(server.address("jaeger_collector"), Self.post, batch)
            #expect(answer.code == "OK", "\(answer.details)")

            let spans = TraceDocument.spans(
                in: try await server.json("tempo", "/api/traces/\(hex)")["batches"])
            let root = spans["GET /old"] ?? .null
            #expect(TraceDocument.id(root["spanId"]) == hexDigits(Protobuf.bigEndian(10)))
            #expect(root["startTimeUnixNano"] == "1772359200123456789")
            #expect(root["endTimeUnixNano"] == "1772359201623456789")
            #expect(root["kind"] == 2 && root["status"]["code"] == 2)
            let attributes = TraceDocument.attributes(root)
            #expect(attributes["n"]?["intValue"] == "9007199254740993")
            #expect(attributes["f"]?["doubleValue"] == 0.5)
            #expect(attributes["b"]?["bytesValue"] == "AAEC")
            #expect(root["events"][0]["name"] == "retry")
            let work = spans["work"] ?? .null
            #expect(TraceDocument.id(work["parentSpanId"]) == TraceDocument.id(root["spanId"]))
            #expect(TraceDocument.id(work["links"][0]["spanId"]) == hexDigits(Protobuf.bigEndian(55)))

            let found = try await server.traces(
                #"{ resource.service.name = "old-\#(run)" && resource.host = "h1" && status = error && .f = 0.5 }"#)
            #expect(Array(found.keys) == [hex])
            let jaeger = try await server.json("jaeger", "/api/traces", [("service", "other-\(run)")])["data"].array
            #expect(jaeger.count == 1)
            let shown = jaeger.first?["spans"].array.first { $0["operationName"] == "GET /old" } ?? .null
            #expect(shown["startTime"] == 1_772_359_200_123_456 && shown["duration"] == 1_500_000)
            #expect(shown["tags"].array.contains(["key": "b", "type": "binary", "value": "AAEC"]))
            #expect(shown["tags"].array.contains(["key": "f", "type": "float64", "value": 0.5]))
            #expect(shown["tags"].array.contains(["key": "error", "type": "bool", "value": true]))
            #expect(shown["tags"].array.contains(["key": "span.kind", "type": "string", "value": "server"]))
            let references = jaeger.first?["spans"].array.first { $0["operationName"] == "work" }?["references"]
            #expect(references?.array.map { $0["refType"] } == ["CHILD_OF", "FOLLOWS_FROM"])
            #expect(try await server.json("zipkin", "/api/v2/trace/\(hex)").array.count == 2)
        }

        @Test("ids of 64 bits are found with and without leading zeros")
        func shortID() async throws {
            let server = try ServerProcess.shared
            let number = UInt64.random(in: 1...0xFFFF_FFFF)
            let service = "short-\(uniqueRun())"
            let answer = try await RPC.call(
                server.address("jaeger_collector"), Self.post,
                """
                {"batch": {"process": {"service_name": "\(service)"}, "spans": [{"trace_id": "\(id(number))",
                    "span_id": "\(id(3))", "operation_name": "short", "start_time": "2026-03-01T10:00:00Z"}]}}
                """)
            #expect(answer.code == "OK", "\(answer.details)")
            let short = String(number, radix: 16)
            for text in [short, String(repeating: "0", count: 32 - short.count) + short] {
                #expect(try await server.spans(ofTrace: text).count == 1)
                #expect(try await server.json("jaeger", "/api/traces/\(text)")["data"].array.count == 1)
            }
            let found = try await server.json(
                "tempo", "/api/search", [("q", #"{ resource.service.name = "\#(service)" }"#)])["traces"].array
            #expect(found.map { $0["traceID"].string } == [short])
        }

        @Test("an empty batch is accepted, and what was sent is in the ledger")
        func ledger() async throws {
            let server = try ServerProcess.shared
            #expect(try await RPC.call(server.address("jaeger_collector"), Self.post, "{}").code == "OK")
            try await server.flush()
            let entries = try await server.ledger().filter { $0.signal == "traces" }
            #expect(!entries.isEmpty && entries.allSatisfy(\.isBalanced))
        }
    }
}
