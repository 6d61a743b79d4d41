import Foundation
import Testing

extension EndToEnd {
    /// Jaeger's query service over gRPC on both of its ports, its archive and its graph of services.
    @Suite(.server())
    struct JaegerAPITests {
        private static let service = "/jaeger.api_v2.QueryService/"

        enum Port: String, CaseIterable, Sendable, CustomTestStringConvertible {
            /// 16685.
            case rpc = "jaeger_grpc"
            /// 16686, beside HTTP.
            case http = "jaeger"
            var testDescription: String { rawValue }
        }

        private func call(
            _ server: ServerProcess, _ port: Port, _ method: String, _ request: String
        ) async throws -> RPC.Answer {
            try await RPC.call(server.address(port.rawValue), Self.service + method, request)
        }

        private static func base64(_ id: String) -> String {
            var bytes: [UInt8] = []
            var rest = Substring(id)
            while let byte = UInt8(rest.prefix(2), radix: 16) {
                bytes.append(byte)
                rest = rest.dropFirst(2)
            }
            return Data(bytes).base64EncodedString()
        }

        /// A trace of a page and what it asked.
        private struct Sent {
            let web = "web-\(uniqueRun())"
            let stock = "stock-\(uniqueRun())"
            let root: TestSpan
            let child: TestSpan
            var trace: String { root.trace }

            init(_ server: ServerProcess, start: UInt64 = TestSpan.now() - 10_000_000_000) async throws {
                root = TestSpan(
                    name: "GET /", kind: 2, start: start, duration: 200_000_000, attributes: ["http.method": "GET"])
                child = TestSpan(
                    trace: root.trace, parent: root.id, name: "take", kind: 2, start: start + 1_000_000,
                    duration: 100_000_000, status: 2)
                try await server.send([(web, [root]), (stock, [child])])
            }
        }

        @Test("services, operations, a trace and a search by gRPC show the spans", arguments: Port.allCases)
        func query(_ port: Port) async throws {
            let server = try ServerProcess.shared
            let sent = try await Sent(server)
            let services = try await call(server, port, "GetServices", "{}")
            #expect(services.code == "OK")
            let names = Set(services.all("services").compactMap(\.string))
            #expect(names.isSuperset(of: [sent.web, sent.stock]))
            let operations = try await call(server, port, "GetOperations", #"{"service": "\#(sent.web)"}"#)
            #expect(operations.all("operations") == [["name": "GET /", "span_kind": "server"]])

            let trace = try await call(server, port, "GetTrace", #"{"trace_id": "\#(Self.base64(sent.trace))"}"#)
            let search = try await call(
                server, port, "FindTraces",
                """
                {"query": {"service_name": "\(sent.stock)", "operation_name": "take", "search_depth": 20,
                    "tags": [{"key": "error", "value": "true"}], "duration_min": "0.05s", "duration_max": "1s",
                    "start_time_min": "2020-01-01T00:00:00Z", "start_time_max": "2090-01-01T00:00:00Z"}}
                """)
            for answer in [trace, search] {
                #expect(answer.code == "OK", "\(answer.details)")
                let spans = answer.all("spans")
                #expect(spans.count == 2)
                for span in [sent.root, sent.child] {
                    let shown = spans.first { $0["span_id"].string == Self.base64(span.id) } ?? .null
                    #expect(shown["trace_id"].string == Self.base64(sent.trace))
                    #expect(shown["operation_name"].string == span.name)
                    let parents = shown["references"].array.compactMap { $0["span_id"].string }
                    #expect(parents == (span.parent.isEmpty ? [] : [Self.base64(span.parent)]))
                    #expect(
                        shown["process"]["service_name"].string == (span.parent.isEmpty ? sent.web : sent.stock))
                }
            }
            let none = try await call(
                server, port, "FindTraces", #"{"query": {"service_name": "\#(sent.web)", "operation_name": "no"}}"#)
            #expect(none.code == "OK" && none.all("spans").isEmpty)
            let graph = try await call(
                server, port, "GetDependencies",
                #"{"start_time": "2020-01-01T00:00:00Z", "end_time": "2090-01-01T00:00:00Z"}"#)
            let edge: JSONValue = ["parent": .string(sent.web), "child": .string(sent.stock), "call_count": "1"]
            #expect(graph.all("dependencies").contains(edge))
        }

        @Test("an unknown trace is NOT_FOUND, what is no id INVALID_ARGUMENT", arguments: Port.allCases)
        func refused(_ port: Port) async throws {
            let server = try ServerProcess.shared
            let unknown = #"{"trace_id": "\#(Self.base64(hexDigits(randomBytes(16))))"}"#
            #expect(try await call(server, port, "GetTrace", unknown).code == "NOT_FOUND")
            #expect(try await call(server, port, "ArchiveTrace", unknown).code == "NOT_FOUND")
            #expect(try await call(server, port, "GetTrace", #"{"trace_id": "AAA="}"#).code == "INVALID_ARGUMENT")
            #expect(try await call(server, port, "FindTraces", "{}").code == "INVALID_ARGUMENT")
        }

        private func archived(_ server: ServerProcess, _ trace: String) async throws -> [String] {
            try await server.rows(
                """
                SELECT lower(hex(span_id)) AS id FROM telemetry.archived_spans
                WHERE lower(hex(trace_id)) = '\(trace)' ORDER BY start_time
                """
            ).compactMap { $0["id"].string }
        }

        @Test("an archived trace is put aside once, however often it is asked for, and shown once")
        func archive() async throws {
            let server = try ServerProcess.shared
            let sent = try await Sent(server)
            let url = server.url("jaeger") + "/api/archive/"
            for _ in 0..<2 {
                let answer = try await HTTPExchange(method: "POST", url: url + sent.trace).answer()
                #expect(answer.status == 200)
                #expect(try answer.json()["errors"] == .null)
                #expect(try await archived(server, sent.trace) == [sent.root.id, sent.child.id])
            }
            let byRPC = try await call(
                server, .rpc, "ArchiveTrace", #"{"trace_id": "\#(Self.base64(sent.trace))"}"#)
            #expect(byRPC.code == "OK")
            #expect(try await archived(server, sent.trace) == [sent.root.id, sent.child.id])
            // The rows that are there twice now are shown once by every API.
            #expect(try await server.spans(ofTrace: sent.trace).count == 2)
            let jaeger = try await server.json("jaeger", "/api/traces/\(sent.trace)")["data"][0]["spans"].array
            #expect(jaeger.count == 2)
            #expect(try await server.json("zipkin", "/api/v2/trace/\(sent.trace)").array.count == 2)
            let found = try await server.traces(#"{ resource.service.name = "\#(sent.web)" } >> { }"#)
            #expect(found[sent.trace]?["spanSets"][0]["matched"] == 1)
        }

        @Test("what cannot be archived is refused: 404 for an unknown trace, 400 for what is no id")
        func archiveRefused() async throws {
            let server = try ServerProcess.shared
            let url = server.url("jaeger") + "/api/archive/"
            let unknown = hexDigits(randomBytes(16))
            let answer = try await HTTPExchange(method: "POST", url: url + unknown).answer()
            #expect(answer.status == 404)
            #expect(try answer.json()["errors"][0]["code"] == 404)
            #expect(try await HTTPExchange(method: "POST", url: url + "zz").answer().status == 400)
            #expect(try await archived(server, unknown).isEmpty)
        }

        @Test("Grafana's time shift in milliseconds does not hide a trace that is opened by its id")
        func timeShift() async throws {
            let server = try ServerProcess.shared
            let sent = try await Sent(server)
            let now = Int(TestSpan.now() / 1_000_000)
            let shown = try await server.json(
                "jaeger", "/api/traces/\(sent.trace)", [("start", "\(now - 60_000)"), ("end", "\(now)")])
            #expect(shown["data"][0]["spans"].array.count == 2)
        }

        @Test("Grafana's search and graph have the members its viewers read")
        func grafana() async throws {
            let server = try ServerProcess.shared
            let sent = try await Sent(server)
            let now = Int(TestSpan.now() / 1000)
            let search = try await server.json(
                "jaeger", "/api/traces",
                [
                    ("service", sent.web), ("operation", "GET /"), ("tags", #"{"http.method":"GET"}"#),
                    ("minDuration", "100ms"), ("maxDuration", "1s"), ("limit", "20"),
                    ("start", "\(now - 3_600_000_000)"), ("end", "\(now)"),
                ])
            #expect(Set(search.object.keys) == ["data", "total", "limit", "offset", "errors"])
            #expect(search["data"].array.count == 1)
            for span in search["data"][0]["spans"].array {
                let required: Set = [
                    "traceID", "spanID", "processID", "operationName", "startTime", "duration", "references", "tags",
                    "logs", "warnings",
                ]
                #expect(required.isSubset(of: Set(span.object.keys)))
            }
            let graph = try await server.json(
                "jaeger", "/api/dependencies", [("endTs", "\(now / 1000)"), ("lookback", "3600000")])
            let edge: JSONValue = ["parent": .string(sent.web), "child": .string(sent.stock), "callCount": 1]
            #expect(graph["data"].array.contains(edge))
            let refused = try await server.get("jaeger", "/api/traces?limit=20")
            #expect(refused.status == 400)
            #expect(try refused.json()["errors"][0]["code"] == 400)
        }
    }
}
