import Foundation
import Testing

extension EndToEnd {
    /// Three services with the real OpenTelemetry SDK export one trace by each way in; each API shows the same spans.
    @Suite(.server())
    struct TraceSDKTests {
        enum WayIn: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case otlpGRPC = "otlp_grpc"
            case jaegerCollector = "jaeger_collector"
            case otlpHTTP = "otlp_http"
            var testDescription: String { rawValue }
        }

        /// What `shop_trace.py` prints.
        struct Shop: Decodable, Sendable {
            struct Span: Decodable, Sendable {
                let service: String
                let name: String
                let spanId: String
                let parentSpanId: String
                let kind: Int64
                let start: Int64
                let end: Int64
                let status: Int64
            }

            let accepted: Bool
            let traceId: String
            let spans: [Span]

            var ids: Set<String> { Set(spans.map(\.spanId)) }
            func span(_ name: String) throws -> Span { try #require(spans.first { $0.name == name }) }
            func service(_ name: String) throws -> String {
                try #require(spans.first { $0.service.hasPrefix(name + "-") }).service
            }
            /// The word of this run that is in the names of its services.
            var run: String { String(spans[0].service.split(separator: "-")[1]) }
        }

        /// One run of the program per way in serves all tests.
        private actor Shops {
            static let shared = Shops()
            private var tasks: [WayIn: Task<Shop, any Error>] = [:]

            func shop(_ way: WayIn, to server: ServerProcess) async throws -> Shop {
                // Not structured: the result belongs to all tests, not to the first that asks.
                let task =
                    tasks[way]
                    ?? Task {
                        let isHTTP = way == .otlpHTTP
                        let endpoint = isHTTP ? server.url(way.rawValue) : server.address(way.rawValue)
                        let (shop, errors) = try await PythonEnvironment.client(
                            "shop_trace.py", [isHTTP ? "http" : "grpc", endpoint, uniqueRun()], as: Shop.self)
                        // The SDK reports refused exports and partial success nowhere else.
                        #expect(errors == "", "the SDK complained")
                        #expect(shop.accepted && shop.spans.count == 6)
                        return shop
                    }
                tasks[way] = task
                return try await task.value
            }
        }

        private func shop(_ way: WayIn) async throws -> (Shop, ServerProcess) {
            let server = try ServerProcess.shared
            return (try await Shops.shared.shop(way, to: server), server)
        }

        /// Compares OTLP spans, in JSON of OTLP or of protobuf, with what was sent.
        private func expectSent(_ shop: Shop, in blocks: JSONValue) throws {
            let names: [Int64: String] = [
                1: "SPAN_KIND_INTERNAL", 2: "SPAN_KIND_SERVER", 3: "SPAN_KIND_CLIENT", 4: "SPAN_KIND_PRODUCER",
                5: "SPAN_KIND_CONSUMER",
            ]
            let statusNames: [Int64: String] = [1: "STATUS_CODE_OK", 2: "STATUS_CODE_ERROR"]
            #expect(TraceDocument.allSpans(in: blocks).count == shop.spans.count)
            let spans = TraceDocument.spans(in: blocks)
            for sent in shop.spans {
                let span = try #require(spans[sent.name], "no span \(sent.name)")
                #expect(TraceDocument.id(span["traceId"]) == shop.traceId)
                #expect(TraceDocument.id(span["spanId"]) == sent.spanId)
                #expect(TraceDocument.id(span["parentSpanId"]) == sent.parentSpanId)
                #expect(span["startTimeUnixNano"].integer == sent.start)
                #expect(span["endTimeUnixNano"].integer == sent.end)
                let kind = span["kind"]
                #expect(kind == .integer(sent.kind) || kind.string == names[sent.kind])
                let code = span["status"]["code"]
                #expect(code.integer ?? 0 == sent.status || code.string == statusNames[sent.status])
            }
            let attributes = TraceDocument.attributes(spans["GET /buy"] ?? .null)
            #expect(attributes["text"]?["stringValue"] == "Zoë ✓ \"quoted\"\n")
            #expect(attributes["big"]?["intValue"] == "9007199254740993")
            #expect(attributes["negative"]?["intValue"] == "-7")
            #expect(attributes["ratio"]?["doubleValue"] == 0.1)
            #expect(attributes["cached"]?["boolValue"] == true)
            #expect(attributes["missed"]?["boolValue"] == false)
            let words = attributes["words"]?["arrayValue"]["values"].array.map { $0["stringValue"] }
            #expect(words == ["a", "b"])
            let counts = attributes["counts"]?["arrayValue"]["values"].array.map { $0["intValue"].integer }
            #expect(counts == [1, 2, 3])
            let retry = (spans["POST"] ?? .null)["events"][0]
            #expect(retry["name"] == "retry")
            let retryAttributes = TraceDocument.attributes(retry)
            #expect(retryAttributes["attempt"]?["intValue"].integer == 2)
            #expect(retryAttributes["wait"]?["doubleValue"] == 0.5)
            #expect(retryAttributes["last"]?["boolValue"] == false)
            let failed = spans["POST /take"] ?? .null
            #expect(failed["status"]["message"] == "nothing left")
            #expect(failed["events"][0]["name"] == "exception")
            #expect(
                TraceDocument.attributes(failed["events"][0])["exception.type"]?["stringValue"] == "ValueError")
            let link = (spans["consume"] ?? .null)["links"][0]
            #expect(TraceDocument.id(link["spanId"]) == (try shop.span("GET /buy").spanId))
            #expect(TraceDocument.attributes(link)["link.rank"]?["intValue"].integer == 3)
            for block in blocks.array {
                let resource = TraceDocument.attributes(block["resource"])
                #expect(resource["service.namespace"]?["stringValue"] == "e2e")
                #expect(resource["host.cpus"]?["intValue"].integer == 8)
                #expect(block["scopeSpans"][0]["scope"]["version"] == "1.5")
            }
            let services = blocks.array.compactMap {
                TraceDocument.attributes($0["resource"])["service.name"]?["stringValue"].string
            }
            #expect(Set(services) == Set(shop.spans.map(\.service)))
        }

        @Test("the trace by id is whole in JSON and in protobuf, v1 and v2", arguments: WayIn.allCases)
        func traceByID(_ way: WayIn) async throws {
            let (shop, server) = try await shop(way)
            try expectSent(shop, in: try await server.json("tempo", "/api/traces/\(shop.traceId)")["batches"])
            let second = try await server.json("tempo", "/api/v2/traces/\(shop.traceId)")
            try expectSent(shop, in: second["trace"]["resourceSpans"])
            for version in ["v1", "v2"] {
                let (protobuf, _) = try await PythonEnvironment.client(
                    "trace_by_id.py", [version, server.url("tempo"), shop.traceId], as: JSONValue.self)
                #expect(protobuf["content_type"] == "application/protobuf")
                // Grafana dereferences resources, scopes and statuses.
                #expect(protobuf["bare"] == 0)
                try expectSent(shop, in: protobuf["trace"]["resourceSpans"])
            }
        }

        @Test(
            "TraceQL finds the trace by every kind of field, and the spans that match",
            arguments: WayIn.allCases,
            [
                (#"{ span.text = "Zoë ✓ \"quoted\"\n" }"#, ["GET /buy"]),
                (
                    #"{ span.big = 9007199254740993 && .negative < 0 && span.ratio = 0.1 && .cached = true }"#,
                    ["GET /buy"]
                ),
                (#"{ span.missed = false }"#, ["GET /buy"]),
                (#"{ span.words = "b" }"#, ["GET /buy"]),
                (#"{ resource.service.name =~ "stock-.*" && status = error }"#, ["POST /take"]),
                (#"{ resource.host.cpus = 8 && kind = consumer }"#, ["consume"]),
                (#"{ event:name = "exception" && event.exception.type = "ValueError" }"#, ["POST /take"]),
                (#"{ event.attempt = 2 }"#, ["POST"]),
                (#"{ link.link.rank = 3 }"#, ["consume"]),
                (#"{ instrumentation:name = "mail.tracer" }"#, ["consume", "render"]),
                (#"{ statusMessage = "nothing left" } > { }"#, ["publish"]),
                (#"{ kind = client } >> { kind = consumer }"#, ["consume"]),
                (#"{ rootName = "GET /buy" && name = "render" }"#, ["render"]),
            ])
        func traceQL(_ way: WayIn, _ example: (query: String, names: [String])) async throws {
            let (shop, server) = try await shop(way)
            let found = try await server.traces(
                "\(example.query) && { resource.service.name = \"\(try shop.service("shop"))\" }", [("spss", "20")])
            // The other side of && matches two more spans.
            let other = shop.spans.filter { $0.service.hasPrefix("shop-") }
            #expect(Set(found.keys) == [shop.traceId])
            let trace = found[shop.traceId] ?? .null
            let wanted = Set(other.map(\.spanId) + shop.spans.filter { example.names.contains($0.name) }.map(\.spanId))
            #expect(Set(trace["spanSets"][0]["spans"].array.compactMap { $0["spanID"].string }) == wanted)
            #expect(trace["spanSets"][0]["matched"].integer == Int64(wanted.count))
            #expect(trace["rootServiceName"].string == (try shop.service("shop")))
            #expect(trace["rootTraceName"] == "GET /buy")
            #expect(trace["startTimeUnixNano"].integer == (try shop.span("GET /buy").start))
        }

        @Test("names of tags and their values are those of the spans", arguments: WayIn.allCases)
        func tags(_ way: WayIn) async throws {
            let (shop, server) = try await shop(way)
            let scopes = try await server.json("tempo", "/api/v2/search/tags")["scopes"].array
            func tags(_ scope: String) -> [String] {
                (scopes.first { $0["name"].string == scope } ?? .null)["tags"].array.compactMap(\.string)
            }
            #expect(Set(tags("span")).isSuperset(of: ["text", "big", "ratio", "cached", "words"]))
            #expect(Set(tags("resource")).isSuperset(of: ["service.name", "service.namespace", "host.cpus"]))
            #expect(Set(tags("event")).isSuperset(of: ["attempt", "exception.type"]))
            #expect(Set(tags("link")).isSuperset(of: ["link.reason", "link.rank"]))
            let flat = try await server.json("tempo", "/api/search/tags")["tagNames"].array.compactMap(\.string)
            #expect(Set(flat).isSuperset(of: ["text", "service.name"]))

            func values(_ tag: String, _ query: String = "{}") async throws -> [JSONValue] {
                try await server.json("tempo", "/api/v2/search/tag/\(tag)/values", [("q", query)])["tagValues"].array
            }
            #expect(try await values("span.run").contains(["type": "string", "value": .string(shop.run)]))
            let ofRun = #"{ .run = "\#(shop.run)" }"#
            #expect(try await values("span.big", ofRun) == [["type": "int", "value": "9007199254740993"]])
            #expect(try await values("span.ratio", ofRun) == [["type": "float", "value": "0.1"]])
            #expect(try await values("span.cached", ofRun) == [["type": "bool", "value": "true"]])
            #expect(try await values("name", ofRun) == [["type": "string", "value": "GET /buy"]])
            #expect(try await values("kind").contains(["type": "keyword", "value": "consumer"]))
            #expect(try await values("status").contains(["type": "keyword", "value": "error"]))
            let services = try await server.json("tempo", "/api/search/tag/service.name/values")["tagValues"].array
            #expect(Set(services.compactMap(\.string)).isSuperset(of: Set(shop.spans.map(\.service))))
        }

        @Test("Jaeger's classic API shows the spans by id and by search", arguments: WayIn.allCases)
        func jaeger(_ way: WayIn) async throws {
            let (shop, server) = try await shop(way)
            let byID = try await server.json("jaeger", "/api/traces/\(shop.traceId)")["data"].array
            let bySearch = try await server.json(
                "jaeger", "/api/traces", [("service", try shop.service("stock")), ("operation", "POST /take")]
            )["data"].array
            let byTag = try await server.json(
                "jaeger", "/api/traces",
                [("service", try shop.service("shop")), ("tags", #"{"big":"9007199254740993"}"#)]
            )["data"].array
            for traces in [byID, bySearch, byTag] {
                #expect(traces.count == 1)
                let trace = traces.first ?? .null
                #expect(trace["traceID"].string == shop.traceId)
                #expect(Set(trace["spans"].array.compactMap { $0["spanID"].string }) == shop.ids)
                for span in trace["spans"].array {
                    let sent = try shop.span(span["operationName"].string ?? "")
                    #expect(span["startTime"].integer == sent.start / 1000)
                    #expect(span["duration"].integer == (sent.end - sent.start) / 1000)
                    let process = trace["processes"][span["processID"].string ?? ""]
                    #expect(process["serviceName"].string == sent.service)
                    let parents = span["references"].array.filter { $0["refType"] == "CHILD_OF" }
                    #expect(parents.map { $0["spanID"].string ?? "" } == [sent.parentSpanId].filter { $0 != "" })
                }
                let failed = trace["spans"].array.first { $0["operationName"] == "POST /take" } ?? .null
                let tags = Dictionary(failed["tags"].array.map { ($0["key"].string ?? "", $0["value"]) }) { $1 }
                #expect(tags["error"] == true && tags["otel.status_code"] == "ERROR" && tags["span.kind"] == "server")
                #expect(tags["otel.status_description"] == "nothing left")
                #expect(failed["logs"][0]["fields"].array.contains { $0["value"] == "ValueError" })
            }
            let services = try await server.json("jaeger", "/api/services")["data"].array.compactMap(\.string)
            #expect(Set(services).isSuperset(of: Set(shop.spans.map(\.service))))
            let operations = try await server.json(
                "jaeger", "/api/services/\(try shop.service("mail"))/operations")["data"].array.compactMap(\.string)
            #expect(operations.sorted() == ["consume", "render"])
        }

        @Test("Jaeger's third API shows the spans by id, by search and as a summary", arguments: WayIn.allCases)
        func jaegerV3(_ way: WayIn) async throws {
            let (shop, server) = try await shop(way)
            let byID = try await server.json("jaeger", "/api/v3/traces/\(shop.traceId)")
            try expectSent(shop, in: byID["result"]["resourceSpans"])
            let search = [
                ("query.serviceName", try shop.service("stock")), ("query.startTimeMin", "2020-01-01T00:00:00.000Z"),
                ("query.startTimeMax", "2099-01-01T00:00:00.000Z"),
            ]
            let found = try await server.json("jaeger", "/api/v3/traces", search)
            try expectSent(shop, in: found["result"]["resourceSpans"])
            let summaries = try await server.json("jaeger", "/api/v3/trace-summaries", search)["summaries"].array
            #expect(summaries.count == 1)
            let summary = summaries.first ?? .null
            let root = try shop.span("GET /buy")
            #expect(summary["traceId"].string == shop.traceId)
            #expect(summary["rootServiceName"].string == root.service)
            #expect(summary["rootOperationName"] == "GET /buy")
            #expect(summary["minStartTimeUnixNano"] == .string("\(root.start)"))
            #expect(summary["maxEndTimeUnixNano"] == .string("\(root.end)"))
            #expect(summary["spanCount"] == 6 && summary["errorSpanCount"] == 1 && summary["orphanSpanCount"] == 0)
            #expect(summary["services"].array.count == 3)
        }

        @Test("Zipkin's API shows the spans", arguments: WayIn.allCases)
        func zipkin(_ way: WayIn) async throws {
            let (shop, server) = try await shop(way)
            let byID = try await server.json("zipkin", "/api/v2/trace/\(shop.traceId)").array
            let found = try await server.json(
                "zipkin", "/api/v2/traces", [("serviceName", try shop.service("mail")), ("limit", "10")]
            ).array
            #expect(found.count == 1)
            for spans in [byID, (found.first ?? .null).array] {
                #expect(Set(spans.compactMap { $0["id"].string }) == shop.ids)
                for span in spans {
                    let sent = try #require(shop.spans.first { $0.spanId == span["id"].string })
                    #expect(span["traceId"].string == shop.traceId)
                    #expect(span["parentId"].string ?? "" == sent.parentSpanId)
                    #expect(span["name"].string == sent.name)
                    #expect(span["localEndpoint"]["serviceName"].string == sent.service)
                    #expect(span["timestamp"].integer == sent.start / 1000)
                    let kinds: [Int64: String] = [2: "SERVER", 3: "CLIENT", 4: "PRODUCER", 5: "CONSUMER"]
                    #expect(span["kind"].string == kinds[sent.kind])
                }
            }
        }
    }
}
