import Foundation
import Testing

extension EndToEnd {
    /// The traffic of the seeds' programs as contracts/seeds.md, sections 3.6 and 4.2, describes it.
    @Suite(.server())
    struct SeedShapeTests {
        /// What `automagik_post.py` prints.
        struct Posts: Decodable {
            let service: String
            let traceIds: [String]
            let spanIds: [String]
            let statuses: [Int]
            let answers: [String]
            let time: String
        }

        @Test(
            "Automagik's spans are all accepted, repaired and counted, and keep their original ids",
            arguments: ["python", "typescript"])
        func automagikSpans(_ sdk: String) async throws {
            let server = try ServerProcess.shared
            let repairs = "martlet_ingest_repairs_total"
            let idLabels = ["signal": "traces", "kind": "trace_id_64_hex"]
            let idsBefore = try await server.counter(repairs, idLabels)
            let enumsBefore = try await server.counter(repairs, ["signal": "traces", "kind": "enum_name"])
            let (posts, _) = try await PythonEnvironment.client(
                "automagik_post.py", [sdk, server.url("otlp_http"), uniqueRun()], as: Posts.self)

            // The SDKs take 200 only; everything else is a lost batch.
            #expect(posts.statuses == Array(repeating: 200, count: sdk == "python" ? 3 : 100))
            #expect(posts.answers == ["{}"])
            #expect(try await server.counter(repairs, idLabels) == idsBefore + 100)
            #expect(
                try await server.counter(repairs, ["signal": "traces", "kind": "enum_name"]) == enumsBefore + 100)

            let rows = try await server.rows(
                """
                SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, name, kind, status_code,
                    toString(toUnixTimestamp64Nano(start_time)) AS start, toString(duration) AS duration,
                    attributes AS a, attribute_types
                FROM telemetry.spans WHERE service = '\(posts.service)'
                """)
            #expect(rows.count == 100)
            #expect(Set(rows.map { $0["span"].string ?? "" }) == Set(posts.spanIds))
            #expect(Set(rows.map { $0["a"]["martlet.original_trace_id"].string ?? "" }) == Set(posts.traceIds))
            let originals = Dictionary(zip(posts.spanIds, posts.traceIds)) { $1 }
            for row in rows {
                let original = originals[row["span"].string ?? ""] ?? ""
                #expect(row["trace"] == .string(String(original.prefix(32))))
                #expect(row["a"]["martlet.original_trace_id"] == .string(original))
                #expect(row["name"] == "automagik.api.request")
                #expect(row["kind"] == 1)
                #expect(row["status_code"] == 1)
                #expect(row["start"] == .string(posts.time))
                #expect(row["duration"] == "0")
                #expect(row["a"]["system.is_docker"] == "false")
                #expect(row["a"]["system.os"] == "Linux")
            }
            #expect(
                Set(rows.map { $0["a"]["endpoint"].string ?? "" }) == Set((0..<100).map { "/v1/ünï/\($0)" }))
            let indexes = rows.compactMap { $0["a"]["index"].string.flatMap(Double.init) }
            #expect(indexes.sorted() == (0..<100).map(Double.init))

            let trace = try await server.get("tempo", "/api/traces/\(posts.traceIds[0].prefix(32))")
            #expect(trace.status == 200)
            let spans = TraceDocument.allSpans(in: try trace.json()["batches"])
            #expect(spans.map { TraceDocument.id($0["spanId"]) } == [posts.spanIds[0]])
        }

        @Test("Automagik's metrics and logs are kept as they came")
        func automagikMetricsAndLogs() async throws {
            let server = try ServerProcess.shared
            let (posts, _) = try await PythonEnvironment.client(
                "automagik_post.py", ["python", server.url("otlp_http"), uniqueRun()], as: Posts.self)
            #expect(posts.statuses == [200, 200, 200])

            let samples = try await server.rows(
                """
                SELECT s.name AS name, s.type AS type, s.is_monotonic AS monotonic, p.value AS value,
                    toString(toUnixTimestamp64Nano(p.time)) AS time,
                    toString(toUnixTimestamp64Nano(p.start_time)) AS start
                FROM telemetry.metric_samples AS p
                INNER JOIN (SELECT DISTINCT id, name, type, is_monotonic FROM telemetry.metric_series
                    WHERE service = '\(posts.service)') AS s ON s.id = p.series_id
                ORDER BY name, value
                """)
            // Both increments of the counter, with equal times, are there.
            #expect(
                samples.map { $0["name"] } == ["automagik.messages", "automagik.messages", "automagik.queue"])
            #expect(samples.map { $0["value"].double } == [1, 1, 17])
            #expect(samples.map { $0["type"] } == ["sum", "sum", "gauge"])
            #expect(samples.map { $0["monotonic"] } == [1, 1, 0])
            #expect(samples.allSatisfy { $0["time"] == .string(posts.time) && $0["start"] == .string(posts.time) })

            let histogram = try await server.row(
                """
                SELECT count, sum, bounds, bucket_counts FROM telemetry.metric_histograms WHERE series_id IN (
                    SELECT id FROM telemetry.metric_series
                    WHERE service = '\(posts.service)' AND name = 'automagik.latency')
                """)
            #expect(histogram["count"].integer == 1 && histogram["sum"].double == 12.5)
            #expect(histogram["bounds"] == [] && histogram["bucket_counts"] == [])

            let logs = try await server.rows(
                """
                SELECT severity_number, severity_text, body, attributes FROM telemetry.logs
                WHERE service = '\(posts.service)' ORDER BY severity_number
                """)
            #expect(logs.map { $0["severity_number"] } == [1, 5, 9, 13, 17, 21])
            #expect(logs.map { $0["severity_text"] } == ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
            #expect(
                logs.map { $0["body"].string ?? "" }
                    == ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].map {
                        "message \($0) ünï"
                    })
            #expect(logs.allSatisfy { $0["attributes"]["trace_id"] == .string(posts.traceIds[0]) })

            let resource = try await server.row(
                "SELECT DISTINCT attributes FROM telemetry.resources WHERE service = '\(posts.service)'")
            #expect(resource["attributes"]["telemetry.sdk.name"] == "automagik-telemetry")
            #expect(resource["attributes"]["service.organization"] == "namastex")
        }

        @Test("ReifyDB's trace of 5,000 spans in requests of 512 is whole, with every parent")
        func reifyDB() async throws {
            struct Tree: Decodable {
                let service: String
                let traceId: String
                let parents: [String: String]
                let requests: Int
                let rejected: Int
            }
            let server = try ServerProcess.shared
            let (tree, _) = try await PythonEnvironment.client(
                "reifydb_grpc.py", [server.address("otlp_grpc"), uniqueRun(), "5000"], as: Tree.self)
            #expect(tree.parents.count == 5000 && tree.requests == 10 && tree.rejected == 0)

            let stored = try await server.row(
                """
                SELECT count() AS spans, uniqExact(span_id) AS ids, countIf(status_code = 2) AS errors
                FROM telemetry.spans WHERE lower(hex(trace_id)) = '\(tree.traceId)'
                """)
            #expect(stored["spans"].integer == 5000)
            #expect(stored["ids"].integer == 5000)
            #expect(stored["errors"].integer == 50)

            let answer = try await server.get("tempo", "/api/traces/\(tree.traceId)")
            #expect(answer.status == 200)
            func parents(_ spans: [JSONValue]) -> [String: String] {
                Dictionary(
                    spans.map { (TraceDocument.id($0["spanId"]), TraceDocument.id($0["parentSpanId"])) }
                ) { $1 }
            }
            let spans = TraceDocument.allSpans(in: try answer.json()["batches"])
            #expect(spans.count == 5000)
            // Not `parents(spans) == tree.parents`, whose failure would print all of both.
            #expect(parents(spans).filter { tree.parents[$0.key] != $0.value }.isEmpty)

            let (protobuf, _) = try await PythonEnvironment.client(
                "trace_by_id.py", ["v2", server.url("tempo"), tree.traceId], as: JSONValue.self)
            let decoded = TraceDocument.allSpans(in: protobuf["trace"]["resourceSpans"])
            #expect(decoded.count == 5000)
            #expect(parents(decoded).filter { tree.parents[$0.key] != $0.value }.isEmpty)
            #expect(protobuf["bare"] == 0)
            // One service and one scope: one block each, not one per request.
            #expect(protobuf["trace"]["resourceSpans"].array.count == 1)
        }
    }
}
