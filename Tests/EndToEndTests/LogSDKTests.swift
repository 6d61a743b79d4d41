import Foundation
import Testing

extension EndToEnd {
    /// Real senders of logs (the OpenTelemetry SDK's logging handler, Automagik's clients, Python's syslog handler), and
    /// the ways from a trace to its logs and back.
    @Suite(.server())
    struct LogSDKTests {
        enum Transport: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case grpc, http
            var testDescription: String { rawValue }
        }

        /// What `log_sdk.py` prints.
        struct Export: Decodable, Sendable {
            let service: String
            let traceId: String
            let rootSpanId: String
            let childSpanId: String
            let flushed: Bool
        }

        /// One run of the program per protocol serves all tests.
        private actor Exports {
            static let shared = Exports()
            private var tasks: [Transport: Task<Export, any Error>] = [:]

            func export(_ transport: Transport, to server: ServerProcess) async throws -> Export {
                // Not structured: the result belongs to all tests, not to the first that asks.
                let task =
                    tasks[transport]
                    ?? Task {
                        let endpoint = transport == .grpc ? server.address("otlp_grpc") : server.url("otlp_http")
                        let (export, errors) = try await PythonEnvironment.client(
                            "log_sdk.py", [transport.rawValue, endpoint, uniqueRun()], as: Export.self)
                        // The SDK reports refused exports and partial success nowhere else.
                        #expect(errors == "", "the SDK complained")
                        #expect(export.flushed)
                        return export
                    }
                tasks[transport] = task
                return try await task.value
            }
        }

        private func export(_ transport: Transport) async throws -> (Export, ServerProcess) {
            let server = try ServerProcess.shared
            return (try await Exports.shared.export(transport, to: server), server)
        }

        /// A line found by LogQL, its labels apart.
        struct Line: Sendable {
            let text: String
            let stream: [String: String]
            let metadata: [String: String]
        }

        /// The lines of a query in the order of their times.
        private func lines(_ server: ServerProcess, _ query: String) async throws -> [Line] {
            let answer = try await HTTPExchange(
                method: "GET",
                url: server.url("loki")
                    + ServerProcess.path(
                        "/loki/api/v1/query_range", [("query", query), ("direction", "forward"), ("limit", "1000")]),
                headers: ["X-Loki-Response-Encoding-Flags": "categorize-labels"]
            ).answer()
            guard answer.status == 200 else {
                throw TestFailure("status \(answer.status) for \(query): \(answer.text)")
            }
            var found: [(time: Int64, line: Line)] = []
            for group in try answer.json()["data"]["result"].array {
                for value in group["values"].array {
                    let line = Line(
                        text: value[1].string ?? "", stream: group["stream"].object.compactMapValues(\.string),
                        metadata: value[2]["structuredMetadata"].object.compactMapValues(\.string))
                    found.append((value[0].integer ?? 0, line))
                }
            }
            return found.sorted { $0.time < $1.time }.map(\.line)
        }

        @Test(
            "every level, body and typed attribute of the SDK's handler is found by LogQL",
            arguments: Transport.allCases)
        func levels(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let found = try await lines(server, #"{service_name="\#(export.service)"}"#)
            #expect(
                found.map(\.text) == [
                    "before the span", "cart has 3 items", "card is slow", "payment failed", "after the span",
                ])
            guard found.count == 5 else { return }
            #expect(
                found.map { $0.metadata["detected_level"] ?? "" } == ["debug", "info", "warn", "error", "fatal"])
            #expect(found.map { $0.metadata["severity_text"] ?? "" } == ["DEBUG", "INFO", "WARN", "ERROR", "FATAL"])
            #expect(found.map { $0.metadata["severity_number"] ?? "" } == ["5", "9", "13", "17", "21"])
            // What is indexed is Loki's list, the rest of the resource is metadata.
            #expect(
                found[0].stream.filter { $0.key != "service_instance_id" }
                    == ["service_name": export.service, "service_namespace": "e2e"])
            let cart = found[1].metadata
            #expect(cart["order_id"] == "42" && cart["share"] == "0.25" && cart["gift"] == "true")
            #expect(cart["user"] == "Zoë ✓")
            #expect(cart["scope_name"] == "checkout.cart")
            #expect(cart["service_version"] == "1.2.3" && cart["host_cpus"] == "8")
            let failure = found[3].metadata
            #expect(failure["exception_type"] == "ValueError" && failure["exception_message"] == "no such card")
            let trace = failure["exception_stacktrace"] ?? ""
            #expect(trace.hasPrefix("Traceback (most recent call last):\n") && trace.contains("ValueError"))

            // Attributes filter and count as labels do.
            let filtered = try await lines(
                server, #"{service_name="\#(export.service)"} | order_id > 41 | gift="true""#)
            #expect(filtered.map(\.text) == ["cart has 3 items"])
            let severe = try await lines(
                server, #"{service_name="\#(export.service)"} | detected_level=~"error|fatal""#)
            #expect(severe.map(\.text) == ["payment failed", "after the span"])
        }

        @Test(
            "the logs of a trace are found by LogQL, by the page's API and in the terminal",
            arguments: Transport.allCases)
        func logsOfTrace(_ transport: Transport) async throws {
            let (export, server) = try await export(transport)
            let expected = ["cart has 3 items", "card is slow", "payment failed"]
            let selector = #"{service_name="\#(export.service)"}"#
            let found = try await lines(server, #"\#(selector) | trace_id="\#(export.traceId)""#)
            #expect(found.map(\.text) == expected)
            let spans = [export.rootSpanId, export.childSpanId, export.childSpanId]
            #expect(found.map { $0.metadata["span_id"] ?? "" } == spans)
            let child = try await lines(server, #"\#(selector) | span_id="\#(export.childSpanId)""#)
            #expect(child.map(\.text) == ["card is slow", "payment failed"])

            let page = try await server.json("api", "/api/ui/trace/\(export.traceId)/logs", [("direction", "forward")])
            #expect(page["entries"].array.compactMap { $0["line"].string } == expected)
            #expect(page["entries"][0]["metadata"]["trace_id"].string == export.traceId)

            for id in [export.traceId, export.traceId.uppercased()] {
                let terminal = try await server.martlet("logs", "--trace", id)
                #expect(terminal.exitCode == 0, "\(terminal.summary)")
                let shown = terminal.output.split(separator: "\n")
                #expect(shown.count == 3, "\(terminal.summary)")
                for (line, text) in zip(shown, expected) {
                    #expect(line.contains(text) && line.contains(export.service))
                }
            }
            let json = try await server.martlet("logs", #"\#(selector) |= "card is""#, "--json")
            #expect(json.exitCode == 0, "\(json.summary)")
            let objects = try json.output.split(separator: "\n").map { try JSONValue.decode(Array($0.utf8)) }
            #expect(objects.count == 1, "\(json.summary)")
            #expect(objects.first?["line"] == "card is slow" && objects.first?["level"] == "warn")
            #expect(objects.first?["metadata"]["trace_id"] == .string(export.traceId))

            // The way back: the trace that a line names is there, with the span.
            let spanIDs = try await server.spans(ofTrace: export.traceId).map { TraceDocument.id($0["spanId"]) }
            #expect(Set(spanIDs) == [export.rootSpanId, export.childSpanId])
        }

        @Test("a trace without logs is an empty answer; what is no id is refused")
        func noLogs() async throws {
            let server = try ServerProcess.shared
            let empty = try await server.json("api", "/api/ui/trace/\(hexDigits(randomBytes(16)))/logs")
            #expect(empty["entries"].array.isEmpty && empty["kind"] == "entries")
            let wrong = try await server.get("api", "/api/ui/trace/nonsense/logs")
            #expect(wrong.status == 400, "\(wrong.text)")
        }

        @Test("Automagik's records, with ids as attributes and 64 hex digits, are found by either form of the id")
        func automagik() async throws {
            struct Posts: Decodable, Sendable {
                let service: String
                let traceIds: [String]
                let statuses: [Int]
            }
            let server = try ServerProcess.shared
            let (posts, _) = try await PythonEnvironment.client(
                "automagik_post.py", ["python", server.url("otlp_http"), uniqueRun()], as: Posts.self)
            #expect(posts.statuses == [200, 200, 200])
            let long = try #require(posts.traceIds.first)
            let short = String(long.prefix(32))
            let expected = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].map { "message \($0) ünï" }
            let all = try await lines(server, #"{service_name="\#(posts.service)"}"#)
            #expect(Set(all.map(\.text)) == Set(expected))
            #expect(
                Dictionary(
                    all.map { ($0.text.split(separator: " ")[1].lowercased(), $0.metadata["detected_level"] ?? "") }
                ) { $1 }.allSatisfy { $0.key == $0.value })
            for id in [long, short] {
                let page = try await server.json("api", "/api/ui/trace/\(id)/logs")
                #expect(
                    Set(page["entries"].array.compactMap { $0["line"].string }) == Set(expected), "\(id.count) digits")
                let terminal = try await server.martlet("logs", "--trace", id, "--json")
                #expect(terminal.exitCode == 0, "\(terminal.summary)")
                #expect(terminal.output.split(separator: "\n").count == expected.count, "\(id.count) digits")
                let found = try await lines(server, #"{service_name="\#(posts.service)"} | trace_id="\#(id)""#)
                #expect(Set(found.map(\.text)) == Set(expected), "LogQL with \(id.count) digits")
            }
            // Its span has the id of 32 digits; Grafana takes that from the trace.
            let span = try await server.spans(ofTrace: short)
            #expect(span.count == 1)
        }

        @Test("what Python's SysLogHandler and senders of both RFCs say by UDP and TCP is found by LogQL, whole")
        func syslog() async throws {
            struct Sent: Decodable, Sendable { let sent: [String] }
            let server = try ServerProcess.shared
            let run = uniqueRun()
            let address = server.address("syslog").split(separator: ":").map(String.init)
            let (sent, _) = try await PythonEnvironment.client(
                "syslog_send.py", [address[0], address[1], run], as: Sent.self)
            let query = #"{service_name=~"billing-(udp|tcp)-\#(run)"}"#
            let found = try await poll("the messages of syslog") {
                let found = try await lines(server, query)
                return found.count >= sent.sent.count ? found : nil
            }
            #expect(found.map(\.text).sorted() == sent.sent)
            func line(_ text: String) throws -> Line { try #require(found.first { $0.text == text }, "no \(text)") }
            for name in ["udp", "tcp"] {
                let levels = try ["debug", "warning", "error Zoë ✓"].map {
                    try line("python \(name) \($0)").metadata["detected_level"] ?? ""
                }
                #expect(levels == ["debug", "warn", "error"])
                let plain = try line("python \(name) warning")
                #expect(plain.stream["service_name"] == "billing-\(name)-\(run)")
                #expect(plain.metadata["syslog_facility"] == "local3" && plain.metadata["syslog_procid"] == "77")
                let new = try line("rfc5424 \(name)")
                #expect(new.stream["host_name"] == "host-\(run)")
                #expect(new.metadata["syslog_msgid"] == "ID47" && new.metadata["severity_text"] == "notice")
                #expect(new.metadata["syslog_structured_data_app_32473_order"] == "42")
                #expect(new.metadata["syslog_structured_data_app_32473_note"] == #"a"b]c"#)
                let old = try line("rfc3164 \(name)")
                #expect(old.stream["host_name"] == "host-\(run)")
                #expect(old.metadata["syslog_facility"] == "auth" && old.metadata["severity_text"] == "crit")
            }
        }
    }
}
