import Foundation
import Testing

extension EndToEnd {
    /// Zipkin spans in by both formats; the same trace by every API.
    @Suite(.server())
    struct ZipkinTests {
        enum Format: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case json = "application/json"
            case protobuf = "application/x-protobuf"
            var testDescription: String { rawValue }
        }

        /// A request whose two sides share one span id, as Zipkin's own libraries report it, and a database under it.
        private struct Request {
            let run = uniqueRun()
            let trace = hexDigits(randomBytes(16))
            /// Microseconds.
            let time = TestSpan.now() / 1000 - 10_000_000
            let root = "000000000000000a"
            let shared = "000000000000000b"
            let database = "000000000000000c"
            var web: String { "web-\(run)" }
            var stock: String { "stock-\(run)" }

            var json: [UInt8] {
                let text = """
                    [{"traceId":"\(trace)","id":"\(root)","kind":"SERVER","name":"get /","timestamp":\(time),
                        "duration":500000,"localEndpoint":{"serviceName":"\(web)","ipv4":"10.0.0.1","port":80},
                        "tags":{"http.method":"GET","http.path":"/"},
                        "annotations":[{"timestamp":\(time + 10),"value":"cache miss"}]},
                    {"traceId":"\(trace)","parentId":"\(root)","id":"\(shared)","kind":"CLIENT","name":"post",
                        "timestamp":\(time + 1000),"duration":400000,"localEndpoint":{"serviceName":"\(web)"}},
                    {"traceId":"\(trace)","parentId":"\(root)","id":"\(shared)","kind":"SERVER","name":"post",
                        "timestamp":\(time + 2000),"duration":300000,"localEndpoint":{"serviceName":"\(stock)"},
                        "shared":true,"tags":{"error":"no stock"}},
                    {"traceId":"\(trace)","parentId":"\(shared)","id":"\(database)","kind":"CLIENT","name":"select",
                        "timestamp":\(time + 3000),"duration":1000,"localEndpoint":{"serviceName":"\(stock)"},
                        "remoteEndpoint":{"serviceName":"mysql-\(run)"}}]
                    """
                return Array(text.utf8)
            }

            /// ListOfSpans of zipkin.proto.
            var protobuf: [UInt8] {
                func endpoint(_ name: String) -> [UInt8] { Protobuf.field(1, name) }
                func bytes(_ hex: String) -> [UInt8] {
                    stride(from: 0, to: hex.count, by: 2).compactMap {
                        UInt8(hex.dropFirst($0).prefix(2), radix: 16)
                    }
                }
                func tag(_ key: String, _ value: String) -> [UInt8] {
                    Protobuf.field(11, Protobuf.field(1, key) + Protobuf.field(2, value))
                }
                // Kinds: CLIENT 1, SERVER 2.
                func span(
                    _ id: String, _ parent: String, _ kind: Int, _ name: String, _ offset: UInt64, _ duration: Int,
                    _ service: String, _ more: [UInt8]
                ) -> [UInt8] {
                    var span = Protobuf.field(1, bytes(trace))
                    if !parent.isEmpty { span += Protobuf.field(2, bytes(parent)) }
                    span += Protobuf.field(3, bytes(id)) + Protobuf.varint(4 << 3) + Protobuf.varint(kind)
                    span += Protobuf.field(5, name) + Protobuf.fixed64(6, time + offset)
                    span += Protobuf.varint(7 << 3) + Protobuf.varint(duration)
                    return Protobuf.field(1, span + Protobuf.field(8, endpoint(service)) + more)
                }
                let annotation = Protobuf.field(10, Protobuf.fixed64(1, time + 10) + Protobuf.field(2, "cache miss"))
                return span(
                    root, "", 2, "get /", 0, 500_000, web,
                    tag("http.method", "GET") + tag("http.path", "/") + annotation)
                    + span(shared, root, 1, "post", 1000, 400_000, web, [])
                    + span(
                        shared, root, 2, "post", 2000, 300_000, stock,
                        tag("error", "no stock") + Protobuf.varint(13 << 3) + [1])
                    + span(
                        database, shared, 1, "select", 3000, 1000, stock,
                        Protobuf.field(9, endpoint("mysql-\(run)")))
            }
        }

        private func send(_ request: Request, _ format: Format, gzip: Bool = false) async throws -> ServerProcess {
            let server = try ServerProcess.shared
            let body = format == .json ? request.json : request.protobuf
            var headers = ["Content-Type": format.rawValue]
            if gzip { headers["Content-Encoding"] = "gzip" }
            let answer = try await HTTPExchange(
                method: "POST", url: server.url("zipkin") + "/api/v2/spans", headers: headers,
                body: gzip ? Gzip.stored(body) : body
            ).answer()
            #expect(answer.status == 202 && answer.body.isEmpty, "\(answer.text)")
            return server
        }

        @Test("what came is read back by Zipkin's API", arguments: Format.allCases, [false, true])
        func readBack(_ format: Format, gzip: Bool) async throws {
            let request = Request()
            let server = try await send(request, format, gzip: gzip)
            let trace = try await server.json("zipkin", "/api/v2/trace/\(request.trace)").array
            #expect(trace.count == 4)
            let root = trace.first { $0["id"].string == request.root } ?? .null
            #expect(root["kind"] == "SERVER" && root["name"] == "get /" && root["duration"] == 500_000)
            #expect(root["timestamp"].integer == Int64(request.time))
            #expect(root["localEndpoint"]["serviceName"].string == request.web)
            #expect(root["tags"]["http.method"] == "GET" && root["tags"]["http.path"] == "/")
            #expect(
                root["annotations"] == [["timestamp": .integer(Int64(request.time) + 10), "value": "cache miss"]])
            let sides = trace.filter { $0["id"].string == request.shared }
            #expect(Set(sides.compactMap { $0["kind"].string }) == ["CLIENT", "SERVER"])
            let asked = sides.first { $0["kind"] == "SERVER" } ?? .null
            #expect(asked["tags"]["error"] == "no stock" && asked["shared"] == true)
            let database = trace.first { $0["id"].string == request.database } ?? .null
            #expect(database["remoteEndpoint"]["serviceName"].string == "mysql-\(request.run)")

            let services = try await server.json("zipkin", "/api/v2/services").array.compactMap(\.string)
            #expect(Set(services).isSuperset(of: [request.web, request.stock]))
            let names = try await server.json("zipkin", "/api/v2/spans", [("serviceName", request.stock)])
            #expect(names == ["post", "select"])
            let remote = try await server.json(
                "zipkin", "/api/v2/remoteServices", [("serviceName", request.stock)])
            #expect(remote == [.string("mysql-\(request.run)")])
            for parameters in [
                [("serviceName", request.web)], [("serviceName", request.stock), ("spanName", "select")],
                [("annotationQuery", "http.method=GET"), ("serviceName", request.web)],
                [("annotationQuery", "cache miss"), ("serviceName", request.web)],
                [("serviceName", request.web), ("minDuration", "450000"), ("maxDuration", "600000")],
            ] {
                let found = try await server.json("zipkin", "/api/v2/traces", parameters + [("limit", "5")]).array
                #expect(found.map { $0[0]["traceId"].string } == [request.trace], "\(parameters)")
            }
        }

        @Test("the trace is the same by TraceQL and by Jaeger", arguments: Format.allCases)
        func otherAPIs(_ format: Format) async throws {
            let request = Request()
            let server = try await send(request, format)
            let found = try await server.traces(
                #"{ resource.service.name = "\#(request.stock)" && status = error && kind = server }"#)
            #expect(Array(found.keys) == [request.trace])
            #expect(found[request.trace]?["rootServiceName"].string == request.web)
            #expect(found[request.trace]?["rootTraceName"] == "get /")
            #expect(try await server.spans(ofTrace: request.trace).count == 4)
            let trace = try await server.json("jaeger", "/api/traces/\(request.trace)")["data"][0]
            #expect(trace["spans"].array.count == 4)
            let services = trace["processes"].object.values.compactMap { $0["serviceName"].string }
            #expect(Set(services) == [request.web, request.stock])
            let root = trace["spans"].array.first { $0["operationName"] == "get /" } ?? .null
            #expect(root["logs"][0]["fields"][0] == ["key": "event", "type": "string", "value": "cache miss"])
        }

        @Test("a call whose sides share a span id is one call of the graph, a peer without spans is a service of it")
        func dependencies() async throws {
            let request = Request()
            let server = try await send(request, .json)
            let graph = try await server.json(
                "zipkin", "/api/v2/dependencies", [("endTs", "\(request.time / 1000 + 60_000)")]
            ).array
            func edge(_ parent: String, _ child: String) -> JSONValue {
                graph.first { $0["parent"].string == parent && $0["child"].string == child } ?? .null
            }
            #expect(edge(request.web, request.stock)["callCount"] == 1)
            #expect(edge(request.web, request.stock)["errorCount"] == 1)
        }

        @Test("one malformed span refuses the request, and nothing of it is stored")
        func malformed() async throws {
            let server = try ServerProcess.shared
            let trace = hexDigits(randomBytes(16))
            let body = #"[{"traceId":"\#(trace)","id":"000000000000000a"},{"traceId":"xyz","id":"000000000000000b"}]"#
            let answer = try await HTTPExchange(
                method: "POST", url: server.url("zipkin") + "/api/v2/spans",
                headers: ["Content-Type": "application/json"], body: Array(body.utf8)
            ).answer()
            #expect(answer.status == 400 && !answer.text.isEmpty)
            #expect(try await server.get("zipkin", "/api/v2/trace/\(trace)").status == 404)
        }
    }
}
