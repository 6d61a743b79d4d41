import Foundation
import Testing

extension EndToEnd {
    /// A program with the real OpenTelemetry SDK exports over both protocols; everything is read back and compared with
    /// what the program says it has sent.
    @Suite(.server())
    struct SDKTests {
        enum Transport: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case grpc, http
            var testDescription: String { rawValue }
        }

        /// What `sdk_export.py` prints.
        struct Export: Decodable, Sendable {
            struct Span: Decodable, Sendable {
                let name: String
                let spanId: String
                let start: Int64
                let end: Int64
            }

            let service: String
            let traceId: String
            let flushed: Bool
            let spans: [Span]

            func span(_ name: String) throws -> Span {
                try #require(spans.first { $0.name == name }, "sdk_export.py says nothing of a span \(name)")
            }
        }

        /// One run of the program per protocol serves all tests.
        private actor Exports {
            static let shared = Exports()
            private var tasks: [Transport: Task<Export, any Error>] = [:]

            func export(_ transport: Transport, to server: ServerProcess) async throws -> Export {
                // Not structured: the result belongs to all tests, not to the first that asks.
                let task = tasks[transport] ?? Task { try await Self.run(transport, server) }
                tasks[transport] = task
                return try await task.value
            }

            private static func run(_ transport: Transport, _ server: ServerProcess) async throws -> Export {
                let endpoint = transport == .grpc ? server.address("otlp_grpc") : server.url("otlp_http")
                let (export, errors) = try await PythonEnvironment.client(
                    "sdk_export.py", [transport.rawValue, endpoint, uniqueRun()], as: Export.self)
                // The SDK reports refused exports and partial success nowhere else.
                #expect(errors == "", "the SDK complained")
                #expect(export.flushed)
                return export
            }
        }

        private func export(_ transport: Transport) async throws -> (Export, ServerProcess) {
            let server = try ServerProcess.shared
            return (try await Exports.shared.export(transport, to: server), server)
        }

        @Test("spans are read back by SQL with exact times, ids and typed attributes", arguments: Transport.allCases)
        func spans(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let rows = try await server.rows(
                """
                SELECT name, lower(hex(span_id)) AS span, lower(hex(parent_span_id)) AS parent, service, kind,
                    status_code, status_message, toString(toUnixTimestamp64Nano(start_time)) AS start,
                    toString(duration) AS duration, attributes, attribute_types, attribute_numbers, event_names,
                    event_attributes, event_attribute_types,
                    arrayMap(x -> lower(hex(x)), link_trace_ids) AS link_traces,
                    arrayMap(x -> lower(hex(x)), link_span_ids) AS link_spans, link_attributes
                FROM telemetry.spans WHERE lower(hex(trace_id)) = '\(export.traceId)' ORDER BY start_time
                """)
            #expect(rows.map { $0["name"] } == ["checkout", "query", "serialize"])
            guard rows.count == 3 else { return }
            for row in rows {
                let sent = try export.span(row["name"].string ?? "")
                #expect(row["span"] == .string(sent.spanId))
                #expect(row["start"].integer == sent.start)
                #expect(row["duration"].integer == sent.end - sent.start)
                #expect(row["service"] == .string(export.service))
            }
            let (root, query, leaf) = (rows[0], rows[1], rows[2])
            #expect(root["parent"] == "0000000000000000")
            #expect(query["parent"] == root["span"])
            #expect(leaf["parent"] == query["span"])
            // SERVER, CLIENT, INTERNAL; OK, ERROR, unset.
            #expect(rows.map { $0["kind"] } == [2, 3, 1])
            #expect(rows.map { $0["status_code"] } == [1, 2, 0])
            #expect(rows.map { $0["status_message"] } == ["", "no such order", ""])

            #expect(
                root["attributes"].object.filter { $0.key != "tags" && $0.key != "counts" } == [
                    "http.response.status_code": "503", "big": "9007199254740993", "negative": "-7", "ratio": "0.1",
                    "tiny": "1.5e-300", "cached": "true", "user": "Zoë ✓ \"quoted\"\n",
                ])
            #expect(try JSONValue.decode(Array((root["attributes"]["tags"].string ?? "").utf8)) == ["a", "b"])
            #expect(try JSONValue.decode(Array((root["attributes"]["counts"].string ?? "").utf8)) == [1, 2, 3])
            #expect(root["attribute_types"] == "iiiddbsaa")
            let numbers = root["attribute_numbers"].object.compactMapValues(\.double)
            #expect(
                numbers == [
                    "http.response.status_code": 503, "big": 9_007_199_254_740_992, "negative": -7, "ratio": 0.1,
                    "tiny": 1.5e-300,
                ])

            #expect(root["link_traces"] == ["0af7651916cd43dd8448eb211c80319c"])
            #expect(root["link_spans"] == ["b7ad6b7169203331"])
            #expect(root["link_attributes"] == [["link.reason": "retry"]])
            #expect(query["event_names"] == ["rows", "exception"])
            #expect(query["event_attributes"][0] == ["count": "42", "partial": "false"])
            #expect(query["event_attribute_types"][0] == "ib")
            #expect(query["event_attributes"][1]["exception.type"] == "ValueError")
            #expect(query["event_attributes"][1]["exception.message"] == "no such order")
        }

        @Test("the resource and the scope of a span are kept", arguments: Transport.allCases)
        func resources(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let row = try await server.row(
                """
                SELECT DISTINCT r.attributes AS resource, r.attribute_types AS types, s.name AS scope,
                    s.version AS version
                FROM telemetry.spans AS t
                INNER JOIN (SELECT DISTINCT id, attributes, attribute_types FROM telemetry.resources) AS r
                    ON r.id = t.resource_id
                INNER JOIN (SELECT DISTINCT id, name, version FROM telemetry.scopes) AS s ON s.id = t.scope_id
                WHERE lower(hex(t.trace_id)) = '\(export.traceId)'
                """)
            #expect(row["resource"]["service.name"] == .string(export.service))
            #expect(row["resource"]["service.version"] == "1.2.3")
            #expect(row["resource"]["deployment.environment.name"] == "test")
            #expect(row["resource"]["telemetry.sdk.language"] == "python")
            #expect(row["resource"]["host.cpus"] == "8")
            #expect((row["types"].string ?? "").filter { $0 == "i" } == "i")
            #expect(row["scope"] == "e2e.tracer")
            #expect(row["version"] == "0.9")
        }

        @Test("each kind of metric is read back by SQL with exact values", arguments: Transport.allCases)
        func metrics(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let series = try await server.rows(
                """
                SELECT DISTINCT toString(id) AS id, name, type, unit, description, temporality, is_monotonic, attributes
                FROM telemetry.metric_series WHERE service = '\(export.service)' ORDER BY name
                """)
            #expect(series.map { $0["name"] } == ["jobs.active", "jobs.done", "latency", "sizes", "temperature"])
            guard series.count == 5 else { return }
            #expect(series.map { $0["type"] } == ["sum", "sum", "histogram", "exponential_histogram", "gauge"])
            #expect(series.map { $0["unit"] } == ["{job}", "{job}", "ms", "By", "Cel"])
            #expect(series.map { $0["description"] }.first == "running jobs")
            #expect(series.map { $0["temporality"] } == [2, 2, 2, 2, 0])
            #expect(series.prefix(2).map { $0["is_monotonic"] } == [0, 1])
            #expect(series.map { $0["attributes"] } == [[:], ["queue": "a"], ["queue": "a"], [:], ["room": "north"]])
            func id(_ name: String) -> String {
                series.first { $0["name"] == .string(name) }?["id"].string ?? "0"
            }

            func sample(_ name: String) async throws -> JSONValue {
                try await server.row(
                    "SELECT value, int_value, value_kind FROM telemetry.metric_samples WHERE series_id = \(id(name))")
            }
            let done = try await sample("jobs.done")
            #expect(done["value"].double == 5 && done["int_value"].integer == 5 && done["value_kind"] == 2)
            let active = try await sample("jobs.active")
            #expect(active["value"].double == 2 && active["int_value"].integer == 2 && active["value_kind"] == 2)
            let temperature = try await sample("temperature")
            #expect(temperature["value"].double == 21.5 && temperature["value_kind"] == 1)

            let latency = try await server.row(
                """
                SELECT count, sum, min, max, bounds, bucket_counts FROM telemetry.metric_histograms
                WHERE series_id = \(id("latency"))
                """)
            #expect(latency["count"].integer == 3 && latency["sum"].double == 555)
            #expect(latency["min"].double == 5 && latency["max"].double == 500)
            #expect(latency["bounds"].array.map(\.double) == [10, 100])
            #expect(latency["bucket_counts"].array.map(\.integer) == [1, 1, 1])

            let sizes = try await server.row(
                """
                SELECT count, sum, zero_count, scale, positive_offset, positive_counts
                FROM telemetry.metric_exponential_histograms WHERE series_id = \(id("sizes"))
                """)
            #expect(sizes["count"].integer == 4 && sizes["sum"].double == 7 && sizes["zero_count"].integer == 1)
            // 1, 2 and 4 each stand at the upper edge of a bucket (base^index, base^(index+1)], whatever the scale.
            let counts = sizes["positive_counts"].array.compactMap(\.integer)
            #expect(counts.filter { $0 != 0 } == [1, 1, 1])
            let scale = try #require(sizes["scale"].integer)
            let offset = try #require(sizes["positive_offset"].integer)
            let edges = counts.indices.filter { counts[$0] != 0 }.map { index in
                pow(2, Double(offset + Int64(index) + 1) / pow(2, Double(scale)))
            }
            #expect(edges.map { ($0 * 1e6).rounded() / 1e6 } == [1, 2, 4])
        }

        @Test("the exemplars of a histogram name the trace and the span", arguments: Transport.allCases)
        func exemplars(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let rows = try await server.rows(
                """
                SELECT value, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span FROM telemetry.metric_exemplars
                WHERE series_id IN (
                    SELECT id FROM telemetry.metric_series WHERE service = '\(export.service)' AND name = 'latency')
                ORDER BY value
                """)
            #expect(rows.map { $0["value"].double } == [5, 50, 500])
            let span = try export.span("query")
            #expect(rows.allSatisfy { $0["trace"] == .string(export.traceId) && $0["span"] == .string(span.spanId) })
        }

        @Test("log records are read back by SQL with severity, attributes and span", arguments: Transport.allCases)
        func logs(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let rows = try await server.rows(
                """
                SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, severity_number, severity_text, body,
                    body_type, attributes, toString(toUnixTimestamp64Nano(time)) AS time
                FROM telemetry.logs WHERE service = '\(export.service)' ORDER BY time
                """)
            #expect(
                rows.map { $0["body"] } == ["payment of 7 failed", "order lost", "outside of any span"])
            guard rows.count == 3 else { return }
            #expect(rows.map { $0["severity_number"] } == [13, 17, 9])
            #expect(rows.map { $0["severity_text"] } == ["WARN", "ERROR", "INFO"])
            let query = try export.span("query")
            for row in rows.prefix(2) {
                #expect(row["trace"] == .string(export.traceId))
                #expect(row["span"] == .string(query.spanId))
                let time = try #require(row["time"].integer)
                #expect(time >= query.start && time <= query.end)
            }
            #expect(rows[2]["trace"] == "00000000000000000000000000000000")
            #expect(rows[2]["span"] == "0000000000000000")
            #expect(rows[0]["attributes"]["order.id"] == "42")
            #expect(rows[0]["attributes"]["retry"] == "false")
            #expect(rows[0]["attributes"]["share"] == "0.25")
            #expect(rows[1]["attributes"]["exception.type"] == "ValueError")
            #expect(rows[1]["attributes"]["exception.message"] == "no such order")
        }

        @Test("the trace by id in JSON has every value of the program with its type", arguments: Transport.allCases)
        func traceJSON(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let first = try await server.get("tempo", "/api/traces/\(export.traceId)")
            #expect(first.status == 200)
            #expect(first.headers["content-type"]?.hasPrefix("application/json") == true)
            let second = try await server.get("tempo", "/api/v2/traces/\(export.traceId)")
            #expect(second.status == 200)
            for (blocks, idKey) in [
                (try first.json()["batches"], "v1"), (try second.json()["trace"]["resourceSpans"], "v2"),
            ] {
                let spans = TraceDocument.spans(in: blocks)
                #expect(Set(spans.keys) == ["checkout", "query", "serialize"], "\(idKey)")
                guard let root = spans["checkout"], let query = spans["query"] else { continue }
                let resource = TraceDocument.attributes(blocks[0]["resource"])
                #expect(resource["service.name"] == ["stringValue": .string(export.service)])
                for (name, span) in spans {
                    let sent = try export.span(name)
                    #expect(TraceDocument.id(span["spanId"]) == sent.spanId)
                    #expect(TraceDocument.id(span["traceId"]) == export.traceId)
                    #expect(span["startTimeUnixNano"].integer == sent.start)
                    #expect(span["endTimeUnixNano"].integer == sent.end)
                }
                #expect(TraceDocument.id(query["parentSpanId"]) == TraceDocument.id(root["spanId"]))
                expectAttributes(of: root)
                #expect(query["events"].array.map { $0["name"] } == ["rows", "exception"])
                let link = root["links"][0]
                #expect(TraceDocument.id(link["traceId"]) == "0af7651916cd43dd8448eb211c80319c")
                #expect(query["status"]["message"] == "no such order")
            }
        }

        @Test(
            "the trace by id in protobuf has every value of the program with its type", arguments: Transport.allCases,
            ["v1", "v2"])
        func traceProtobuf(_ transport: Transport, _ version: String) async throws {
            let (export, server) = try await export(transport)
            let (answer, _) = try await PythonEnvironment.client(
                "trace_by_id.py", [version, server.url("tempo"), export.traceId], as: JSONValue.self)
            #expect(answer["status"] == 200)
            #expect(answer["content_type"] == "application/protobuf")
            // contracts/clients.md, section 2: the plugin fails on a span without resource, scope or status.
            #expect(answer["bare"] == 0)
            let blocks = answer["trace"]["resourceSpans"]
            let spans = TraceDocument.spans(in: blocks)
            #expect(Set(spans.keys) == ["checkout", "query", "serialize"])
            for (name, span) in spans {
                let sent = try export.span(name)
                #expect(TraceDocument.id(span["spanId"]) == sent.spanId)
                #expect(TraceDocument.id(span["traceId"]) == export.traceId)
                #expect(span["startTimeUnixNano"].integer == sent.start)
                #expect(span["endTimeUnixNano"].integer == sent.end)
            }
            let root = try #require(spans["checkout"])
            let query = try #require(spans["query"])
            expectAttributes(of: root)
            #expect(root["kind"] == "SPAN_KIND_SERVER")
            #expect(query["status"] == ["code": "STATUS_CODE_ERROR", "message": "no such order"])
            #expect(TraceDocument.attributes(query["events"][0])["count"] == ["intValue": "42"])
            #expect(TraceDocument.attributes(root["links"][0])["link.reason"] == ["stringValue": "retry"])
        }

        private func expectAttributes(of root: JSONValue) {
            let attributes = TraceDocument.attributes(root)
            #expect(attributes["http.response.status_code"]?["intValue"].integer == 503)
            #expect(attributes["big"]?["intValue"].integer == 9_007_199_254_740_993)
            #expect(attributes["negative"]?["intValue"].integer == -7)
            #expect(attributes["ratio"]?["doubleValue"].double == 0.1)
            #expect(attributes["tiny"]?["doubleValue"].double == 1.5e-300)
            #expect(attributes["cached"] == ["boolValue": true])
            #expect(attributes["user"] == ["stringValue": "Zoë ✓ \"quoted\"\n"])
            #expect(attributes["tags"]?["arrayValue"]["values"] == [["stringValue": "a"], ["stringValue": "b"]])
            #expect(attributes["counts"]?["arrayValue"]["values"].array.map { $0["intValue"].integer } == [1, 2, 3])
            #expect(attributes.count == 9)
        }

        @Test("a trace that is not known is 404 and an id that is none is 400")
        func noTrace() async throws {
            let server = try ServerProcess.shared
            for path in ["/api/traces/", "/api/v2/traces/"] {
                #expect(try await server.get("tempo", path + "0123456789abcdef0123456789abcdef").status == 404)
                #expect(try await server.get("tempo", path + "not-hexadecimal").status == 400)
                #expect(try await server.get("tempo", path + String(repeating: "a", count: 33)).status == 400)
            }
            let echo = try await server.get("tempo", "/api/echo")
            #expect(echo.status == 200 && echo.text.trimmingCharacters(in: .whitespacesAndNewlines) == "echo")
            let ready = try await server.get("tempo", "/ready")
            #expect(ready.status == 200 && ready.text.trimmingCharacters(in: .whitespacesAndNewlines) == "ready")
            let ping = try await server.get("clickhouse", "/ping")
            #expect(ping.status == 200 && ping.text == "Ok.\n")
        }

        @Test("a span is queryable the moment its export is acknowledged")
        func visibility() async throws {
            struct Figures: Decodable {
                let sent: Int
                let found: Int
                let atOnce: Int
                let p50: Double?
                let p99: Double?
                let max: Double?
            }
            let server = try ServerProcess.shared
            let (figures, errors) = try await PythonEnvironment.client(
                "visibility.py", [server.address("otlp_grpc"), server.url("clickhouse"), uniqueRun(), "100"],
                as: Figures.self)
            #expect(errors == "", "the SDK complained")
            #expect(figures.sent == 100 && figures.found == 100)
            #expect(figures.atOnce == figures.sent)
            let (p50, p99, max) = (figures.p50 ?? -1, figures.p99 ?? -1, figures.max ?? -1)
            print("export to queryable, ms: p50 \(p50), p99 \(p99), max \(max)")
        }
    }
}
