import Foundation
import Testing

extension EndToEnd {
    /// The requests of Grafana's Tempo data source as contracts/clients.md, section 2, writes them, and those of the
    /// seeds' scripts.
    @Suite(.server())
    struct TempoAPITests {
        /// Members that Grafana's strict parser knows; one more, and it refuses the whole answer.
        private static let answerKeys: Set = ["traces", "metrics"]
        private static let metricsKeys: Set = [
            "inspectedTraces", "inspectedBytes", "totalBlocks", "completedJobs", "totalJobs", "totalBlockBytes",
            "inspectedSpans",
        ]
        private static let traceKeys: Set = [
            "traceID", "rootServiceName", "rootTraceName", "startTimeUnixNano", "durationMs", "spanSet", "spanSets",
            "serviceStats",
        ]
        private static let spansetKeys: Set = ["spans", "matched", "attributes"]
        private static let spanKeys: Set = ["spanID", "name", "startTimeUnixNano", "durationNanos", "attributes"]
        private static let instantKeys: Set = ["series", "metrics", "status", "message"]

        /// A page that is asked, half of them with tails.
        private struct Shop {
            let run = uniqueRun()
            let traces: [String]
            var web: String { "web-\(run)" }
            var stock: String { "stock-\(run)" }

            /// Four requests of a second each, the last with an error; each asks a database.
            init(_ server: ServerProcess) async throws {
                var web: [TestSpan] = []
                var stock: [TestSpan] = []
                let now = TestSpan.now()
                for number in 0..<4 {
                    let start = now - 60_000_000_000 + UInt64(number) * 1_000_000_000
                    let root = TestSpan(
                        name: "GET /buy", kind: 2, start: start, duration: 1_000_000_000,
                        attributes: ["http.method": "GET", "number": "\(number)"])
                    let client = TestSpan(
                        trace: root.trace, parent: root.id, name: "POST", kind: 3, start: start + 1_000_000,
                        duration: 900_000_000)
                    let asked = TestSpan(
                        trace: root.trace, parent: client.id, name: "POST /take", kind: 2, start: start + 2_000_000,
                        duration: 800_000_000, status: number == 3 ? 2 : 0)
                    let database = TestSpan(
                        trace: root.trace, parent: asked.id, name: "SELECT", kind: 3, start: start + 3_000_000,
                        duration: 50_000_000, attributes: ["db.system": "postgresql", "db.name": "goods-\(run)"])
                    web += [root, client]
                    stock += [asked, database]
                }
                traces = web.filter { $0.parent.isEmpty }.map(\.trace)
                try await server.send([("web-\(run)", web), ("stock-\(run)", stock)])
            }
        }

        private func seconds(_ offset: Int) -> String { "\(Int(Date().timeIntervalSince1970) + offset)" }

        @Test("every request of Grafana is answered on an empty store")
        func emptyStore() async throws {
            let server = try await ServerProcess.start()
            let echo = try await server.get("tempo", "/api/echo")
            #expect(echo.status == 200 && echo.text == "echo")
            #expect(try await server.get("tempo", "/ready").status == 200)
            let range = [("start", seconds(-900)), ("end", seconds(0))]
            let found = try await server.json(
                "tempo", "/api/search", [("q", "{}"), ("limit", "20"), ("spss", "3")] + range)
            #expect(found["traces"].array.isEmpty)
            #expect(Set(found["metrics"].object.keys).isSubset(of: Self.metricsKeys))
            let tags = try await server.json("tempo", "/api/v2/search/tags", [("limit", "5000")] + range)
            #expect(tags["scopes"].array.contains { $0["name"] == "intrinsic" })
            for tag in ["resource.service.name", ".http.method", "name", "status", "kind", "event:name"] {
                let values = try await server.json(
                    "tempo", "/api/v2/search/tag/\(tag)/values", [("limit", "5000"), ("tag", tag), ("q", "{}")])
                #expect(values.object["tagValues"] != nil, "\(tag)")
            }
            for (version, id) in [("v2/", "2f3e0cee77ae5dc9c17ade3689eb2e54"), ("", "1")] {
                let unknown = try await server.get(
                    "tempo", "/api/\(version)traces/\(id)", accept: "application/protobuf")
                #expect(unknown.status == 404)
            }
            for query in ["{} | rate()", "{} | quantile_over_time(duration, 0.9)"] {
                let lines = try await server.json(
                    "tempo", "/api/metrics/query_range",
                    [("q", query), ("step", "30s"), ("exemplars", "100")] + range)
                #expect(lines["series"].array.isEmpty)
                let values = try await server.json("tempo", "/api/metrics/query", [("q", query)] + range)
                #expect(Set(values.object.keys).isSubset(of: Self.instantKeys))
            }
            // Save & test of the Jaeger and Zipkin data sources, and the Jaeger UI's first page.
            #expect(try await server.json("jaeger", "/api/services")["data"] == [])
            #expect(try await server.json("jaeger", "/api/v3/services")["services"] == [])
            #expect(try await server.json("zipkin", "/api/v2/services") == [])
            #expect(try await server.get("jaeger", "/api/traces/1").status == 404)
            let series = try await server.json(
                "prometheus", "/api/v1/series",
                [("match[]", "traces_service_graph_request_server_seconds"), ("limit", "1")])
            #expect(series["data"] == [])
            let exitCode = try await server.stop()
            #expect(exitCode == 0, "\(server.log)")
        }

        @Test("an answer to a search has only the members that Grafana's strict parser knows")
        func search() async throws {
            let server = try ServerProcess.shared
            let shop = try await Shop(server)
            let answer = try await server.json(
                "tempo", "/api/search",
                [
                    ("q", #"{resource.service.name="\#(shop.stock)" && duration>10ms} | select(span.db.name, status)"#),
                    ("limit", "20"), ("spss", "1"), ("start", seconds(-900)), ("end", seconds(1)),
                ])
            #expect(Set(answer.object.keys).isSubset(of: Self.answerKeys))
            #expect(Set(answer["metrics"].object.keys).isSubset(of: Self.metricsKeys))
            let traces = answer["traces"].array
            #expect(traces.count == 4)
            for trace in traces {
                #expect(Set(trace.object.keys).isSubset(of: Self.traceKeys))
                #expect(trace["startTimeUnixNano"].string != nil && trace["durationMs"] == 1000)
                #expect(trace["rootServiceName"].string == shop.web && trace["rootTraceName"] == "GET /buy")
                #expect(trace["spanSets"].array.count == 1)
                for spanset in trace["spanSets"].array {
                    #expect(Set(spanset.object.keys).isSubset(of: Self.spansetKeys))
                    // One span is shown, two match.
                    #expect(spanset["matched"] == 2 && spanset["spans"].array.count == 1)
                    for span in spanset["spans"].array {
                        #expect(Set(span.object.keys).isSubset(of: Self.spanKeys))
                        #expect(span["startTimeUnixNano"].string != nil && span["durationNanos"].string != nil)
                    }
                }
            }
            let selected = try await server.traces(
                #"{ span.db.name = "goods-\#(shop.run)" } | select(span.db.system, status)"#)
            for trace in selected.values {
                let attributes = TraceDocument.attributes(trace["spanSets"][0]["spans"][0])
                #expect(attributes["db.system"] == ["stringValue": "postgresql"])
                #expect(attributes["status"] == ["stringValue": "unset"])
            }
            #expect(selected.count == 4)
        }

        @Test("the queries that Grafana builds find what they say")
        func builtQueries() async throws {
            let server = try ServerProcess.shared
            let shop = try await Shop(server)
            let goods = "goods-\(shop.run)"
            for (query, count) in [
                (#"{resource.service.name="\#(shop.web)"}"#, 4),
                (#"{resource.service.name="\#(shop.stock)" && name="POST /take" && duration>100ms}"#, 4),
                (#"{(resource.service.name="\#(shop.web)" || resource.service.name="no")}"#, 4),
                (#"{resource.service.name=~"\#(shop.web)|no"}"#, 4),
                (#"{resource.service.name="\#(shop.stock)" && status=error}"#, 1),
                (#"{resource.service.name="\#(shop.stock)" && kind=server}"#, 4),
                (
                    #"{span.db.name="\#(goods)" || span.db.system="\#(goods)" || span.peer.service="\#(goods)" "#
                        + #"|| span.messaging.system="\#(goods)" || span.net.peer.name="\#(goods)"}"#, 4
                ),
            ] {
                let found = try await server.traces(query, [("limit", "20"), ("spss", "3")])
                #expect(found.count == count, "\(query)")
            }
        }

        // Grafana writes a variable with "All" as one comparison for each of its values.
        @Test(
            "a filter with hundreds of values of one field is answered", arguments: ["name", "resource.service.name"])
        func manyValues(_ field: String) async throws {
            let server = try ServerProcess.shared
            let shop = try await Shop(server)
            let value = field == "name" ? "GET /buy" : shop.web
            let values = (0..<300).map { "value \($0)" } + [value]
            let any = values.map { "\(field)=\"\($0)\"" }.joined(separator: " || ")
            let query = "{(\(any)) && kind=server && resource.service.name=\"\(shop.web)\"}"
            let answer = try await server.get("tempo", ServerProcess.path("/api/search", [("q", query)]))
            #expect(answer.status == 200, "\(answer.text)")
            if answer.status == 200 { #expect(try answer.json()["traces"].array.count == 4) }
        }

        @Test("drop-downs fill: tags, values of a tag, and of a tag after the filters typed so far")
        func dropDowns() async throws {
            let server = try ServerProcess.shared
            let shop = try await Shop(server)
            let scopes = try await server.json("tempo", "/api/v2/search/tags", [("limit", "5000")])["scopes"].array
            #expect(
                Set(scopes.compactMap { $0["name"].string }).isSubset(of: [
                    "resource", "span", "event", "link", "instrumentation", "intrinsic",
                ]))
            func values(_ tag: String, _ query: String) async throws -> Set<String> {
                let answer = try await server.json(
                    "tempo", "/api/v2/search/tag/\(tag)/values", [("limit", "5000"), ("tag", tag), ("q", query)])
                return Set(answer["tagValues"].array.compactMap { $0["value"].string })
            }
            #expect(try await values("resource.service.name", "{}").isSuperset(of: [shop.web, shop.stock]))
            let web = #"{resource.service.name="\#(shop.web)"}"#
            #expect(try await values("name", web) == ["GET /buy", "POST"])
            #expect(try await values("kind", web) == ["server", "client"])
            #expect(try await values("span.http.method", web) == ["GET"])
            #expect(try await values(".number", web) == ["0", "1", "2", "3"])
        }

        @Test("TraceQL metrics of Grafana and Traces Drilldown have exact values, and exemplars name a trace")
        func metrics() async throws {
            let server = try ServerProcess.shared
            let shop = try await Shop(server)
            let range = [("start", seconds(-600)), ("end", seconds(60))]
            let web = #"{resource.service.name="\#(shop.web)"}"#
            func sum(_ series: JSONValue) -> Double {
                series["samples"].array.reduce(0) { $0 + ($1["value"].double ?? 0) }
            }
            let counts = try await server.json(
                "tempo", "/api/metrics/query_range",
                [("q", "\(web) | count_over_time() by(name)"), ("step", "30s"), ("exemplars", "10")] + range
            )["series"].array
            #expect(counts.count == 2)
            for line in counts {
                #expect(sum(line) == 4)
                #expect(line["labels"][0]["key"] == "name")
                #expect(line["samples"].array.allSatisfy { $0["timestampMs"].string != nil })
                let exemplars = line["exemplars"].array
                #expect(!exemplars.isEmpty)
                for exemplar in exemplars {
                    let id = exemplar["labels"].array.first { $0["key"] == "trace:id" }?["value"]["stringValue"]
                    #expect(shop.traces.contains(id?.string ?? ""))
                }
            }
            // Without a step, as the plugin sends it when none is set.
            let rates = try await server.json(
                "tempo", "/api/metrics/query_range",
                [("q", "\(web) | rate() by(resource.service.name)")] + range)["series"].array
            #expect(rates.count == 1 && rates[0]["labels"][0]["value"]["stringValue"].string == shop.web)
            let buckets = try await server.json(
                "tempo", "/api/metrics/query_range",
                [("q", "\(web) | histogram_over_time(duration) with(sample=true)"), ("step", "30s")] + range
            )["series"].array
            #expect(!buckets.isEmpty && buckets.reduce(0) { $0 + sum($1) } == 8)
            #expect(buckets.allSatisfy { $0["labels"].array.contains { $0["key"] == "__bucket" } })
            let quantiles = try await server.json(
                "tempo", "/api/metrics/query_range",
                [("q", "\(web) | quantile_over_time(duration, 0.9)"), ("step", "30s")] + range)["series"].array
            #expect(quantiles.count == 1 && quantiles[0]["labels"].array.contains { $0["key"] == "p" })
            let instant = try await server.json(
                "tempo", "/api/metrics/query", [("q", "\(web) | count_over_time()")] + range)
            #expect(Set(instant.object.keys).isSubset(of: Self.instantKeys))
            #expect(instant["series"].array.map { $0["value"].double } == [8])
            let longest = try await server.json(
                "tempo", "/api/metrics/query", [("q", "\(web) | max_over_time(duration)")] + range)
            #expect(longest["series"].array.map { $0["value"].double } == [1])
        }

        @Test("after a flush the service graph and the span table of Grafana have values")
        func serviceGraph() async throws {
            let server = try ServerProcess.shared
            let shop = try await Shop(server)
            try await server.flush()
            let isShop = #"server=~"(stock|goods)-\#(shop.run)""#
            for name in [
                "traces_service_graph_request_server_seconds_sum", "traces_service_graph_request_total",
                "traces_service_graph_request_failed_total", "traces_service_graph_request_server_seconds_bucket",
            ] {
                let rates = try await server.promQL("sum by (client, server) (rate(\(name){\(isShop)}[3600s]))")
                #expect(rates[["client": shop.web, "server": shop.stock]].flatMap { Double($0) } ?? -1 > 0, "\(name)")
                let groups = try await server.promQL("group by (client, connection_type, server) (\(name){\(isShop)})")
                #expect(!groups.isEmpty)
                #expect(groups.keys.contains { $0["client"] == shop.web && $0["server"] == shop.stock })
            }
            let databases = try await server.promQL(
                #"traces_service_graph_request_total{client="\#(shop.stock)", connection_type="database"}"#)
            #expect(databases.values.compactMap { Double($0) } == [4])

            let table = try await server.promQL(
                "topk(5, sum(rate(traces_spanmetrics_calls_total{span_kind=\"SPAN_KIND_SERVER\"}[3600s])) by (span_name))"
            )
            #expect(table.keys.contains(["span_name": "GET /buy"]))
            let errors = try await server.promQL(
                "topk(5, sum(rate(traces_spanmetrics_calls_total{span_kind=\"SPAN_KIND_SERVER\","
                    + "status_code=\"STATUS_CODE_ERROR\",span_name=~\"POST /take|b\"}[3600s])) by (span_name))")
            #expect(errors.keys.contains(["span_name": "POST /take"]))
            let quantile = try await server.promQLValue(
                "histogram_quantile(.9, sum(rate(traces_spanmetrics_latency_bucket{span_name=~\"GET /buy\","
                    + "service=\"\(shop.web)\"}[3600s])) by (le))")
            // Seconds: all four took one, which is in the bucket from 0.512 to 1.024.
            #expect((0.512...1.024).contains(quantile ?? -1))
        }

        @Test("the shapes of the seeds' scripts are answered: a bare condition, /ready, Jaeger's root")
        func seeds() async throws {
            let server = try ServerProcess.shared
            let shop = try await Shop(server)
            // The guide of the seed writes TraceQL without its braces.
            let bare = try await server.json("tempo", "/api/search", [("q", #"service.name = "\#(shop.web)""#)])
            #expect(bare["traces"].array.count == 4)
            // With braces it is TraceQL, and Tempo knows no scope `service`.
            let braced = try await server.get(
                "tempo", ServerProcess.path("/api/search", [("q", #"{ service.name = "\#(shop.web)" }"#)]))
            #expect(braced.status == 400 && braced.text.contains("`.service.name`"), "\(braced.text)")
            for query in ["{ duration > 100ms }", "{ status = error }"] {
                #expect(try await !server.traces(query).isEmpty, "\(query)")
            }
            #expect(try await server.traces(#"{ name = "database_query" }"#).isEmpty)
            #expect(try await server.get("tempo", "/ready").status == 200)
            let trace = try await server.get("tempo", "/api/traces/\(shop.traces[0])")
            #expect(trace.status == 200)
            #expect(TraceDocument.allSpans(in: try trace.json()["batches"]).count == 4)
            #expect(try await server.get("jaeger", "/").status == 200)
            let page = try await server.json(
                "jaeger", "/api/traces", [("service", shop.web), ("limit", "2")])["data"].array
            #expect(page.count == 2)
        }
    }
}
