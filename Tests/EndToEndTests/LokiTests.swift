import Foundation
import Testing

extension EndToEnd {
    /// The Loki API as clients use it: pushes in both encodings, each request of Grafana with the headers it sends, and
    /// what is wrong on purpose.
    @Suite(.server())
    struct LokiTests {
        /// A line as a test pushes it.
        struct Line: Sendable {
            let time: UInt64
            let text: String
            var metadata: [String: String] = [:]
        }

        /// Grafana's header that asks for labels apart.
        static let categorized = ["X-Loki-Response-Encoding-Flags": "categorize-labels"]

        private static func json(_ streams: [(labels: [String: String], lines: [Line])]) throws -> [UInt8] {
            let list = streams.map { labels, lines -> [String: Any] in
                let values = lines.map { line -> [Any] in
                    ["\(line.time)", line.text] + (line.metadata.isEmpty ? [] : [line.metadata])
                }
                return ["stream": labels, "values": values]
            }
            return [UInt8](try JSONSerialization.data(withJSONObject: ["streams": list]))
        }

        private func push(
            _ server: ServerProcess, _ body: [UInt8], type: String = "application/json",
            path: String = "/loki/api/v1/push", headers: [String: String] = [:]
        ) async throws -> HTTPAnswer {
            try await HTTPExchange(
                method: "POST", url: server.url("loki") + path,
                headers: headers.merging(["Content-Type": type]) { $1 }, body: body
            ).answer()
        }

        private func push(_ server: ServerProcess, _ labels: [String: String], _ lines: [Line]) async throws {
            let answer = try await push(server, try Self.json([(labels, lines)]))
            #expect(answer.status == 204 && answer.body.isEmpty, "\(answer.status) \(answer.text)")
        }

        private func ask(
            _ server: ServerProcess, _ path: String, _ parameters: [(String, String)], headers: [String: String] = [:]
        ) async throws -> HTTPAnswer {
            try await HTTPExchange(
                method: "GET", url: server.url("loki") + ServerProcess.path("/loki/api/v1/" + path, parameters),
                headers: headers
            ).answer()
        }

        private func data(
            _ server: ServerProcess, _ path: String, _ parameters: [(String, String)], headers: [String: String] = [:]
        ) async throws -> JSONValue {
            let answer = try await ask(server, path, parameters, headers: headers)
            guard answer.status == 200 else {
                throw TestFailure("status \(answer.status) for \(path) \(parameters): \(answer.text)")
            }
            return try answer.json()
        }

        /// The texts of a query's lines in the order of the answer, which has one stream.
        private func texts(
            _ server: ServerProcess, _ query: String, _ parameters: [(String, String)] = []
        ) async throws -> [String] {
            let answer = try await data(
                server, "query_range", [("query", query), ("limit", "5000")] + parameters, headers: Self.categorized)
            return answer["data"]["result"].array.flatMap { $0["values"].array }.compactMap { $0[1].string }
        }

        /// Seconds ago.
        private static func time(_ seconds: UInt64) -> UInt64 { TestSpan.now() - seconds * 1_000_000_000 }

        /// From an hour ago to an hour from now, as Grafana says it.
        private static var range: [(String, String)] {
            [("start", "\(time(3600))"), ("end", "\(TestSpan.now() + 3_600_000_000_000)")]
        }

        @Test("Grafana's health question is answered with 2 at both readings of its time")
        func health() async throws {
            let server = try ServerProcess.shared
            for time in ["4000000000", "4000000000000000000"] {
                let answer = try await data(
                    server, "query",
                    [("query", "vector(1)+vector(1)"), ("time", time), ("direction", "backward")])
                #expect(answer["status"] == "success" && answer["data"]["resultType"] == "vector")
                #expect(answer["data"]["result"].array.count == 1)
                #expect(answer["data"]["result"][0]["value"][1] == "2")
            }
            #expect(try await server.get("loki", "/ready").status == 200)
            let build = try await server.json("loki", "/loki/api/v1/status/buildinfo")
            // Grafana decides by it what it may ask.
            #expect((build["version"].string ?? "").split(separator: ".").count == 3)
        }

        @Test("a pushed line is found at once; its labels are apart when the header asks, else all together")
        func categories() async throws {
            let server = try ServerProcess.shared
            let app = "cat-\(uniqueRun())"
            let time = Self.time(10)
            try await push(
                server, ["app": app, "env": "test"],
                [
                    Line(
                        time: time, text: "level=warn user=7 msg=\"cart is old\"",
                        metadata: ["trace_id": "abc", "k": "v"]),
                    Line(time: time + 1, text: "plain"),
                ])
            let query = [
                ("query", #"{app="\#(app)"} | logfmt"#), ("step", "60000ms"), ("direction", "backward"),
                ("limit", "1000"),
            ]
            let raw = try await ask(
                server, "query_range", query + Self.range,
                headers: Self.categorized.merging([
                    "X-Query-Tags": "Source=datasample", "X-Loki-Query-Limits-Context": "{}", "X-Scope-OrgID": "anyone",
                    "Accept-Encoding": "identity",
                ]) { $1 })
            #expect(raw.status == 200 && raw.headers["content-type"]?.hasPrefix("application/json") == true)
            // Grafana's parser reads the stream with the flags that it has seen so far.
            func place(_ key: String) throws -> Int {
                try #require(raw.body.firstRange(of: Array("\"\(key)\"".utf8))).lowerBound
            }
            #expect(try place("resultType") < place("result") && place("encodingFlags") < place("result"))
            let streams = try raw.json()["data"]["result"].array
            #expect(streams.count == 1)
            #expect(streams[0]["stream"] == ["app": .string(app), "env": "test", "service_name": .string(app)])
            #expect(streams[0].object.keys.sorted() == ["stream", "values"])
            let values = streams[0]["values"].array
            #expect(values.map { $0[0].string } == ["\(time + 1)", "\(time)"])
            #expect(values.allSatisfy { $0.array.count == 3 })
            #expect(values.last?[2]["parsed"] == ["user": "7", "msg": "cart is old", "level": "warn"])
            #expect(
                values.last?[2]["structuredMetadata"] == ["k": "v", "trace_id": "abc", "detected_level": "warn"])
            #expect(values.first?[2]["parsed"] == .null || values.first?[2]["parsed"] == [:])

            let plain = try await data(server, "query_range", query + Self.range)
            #expect(plain["data"]["encodingFlags"] == .null)
            let all = plain["data"]["result"].array
            #expect(all.count == 2 && all.allSatisfy { $0["values"].array.allSatisfy { $0.array.count == 2 } })
            let labels = try #require(all.first { $0["values"][0][0] == .string("\(time)") })["stream"].object
            #expect(
                labels == [
                    "app": .string(app), "env": "test", "service_name": .string(app), "k": "v", "trace_id": "abc",
                    "detected_level": "warn", "user": "7", "msg": "cart is old", "level": "warn",
                ])
        }

        /// `logproto.PushRequest` in one block of snappy, stored: literals alone.
        private static func protobuf(
            _ labels: String, _ lines: [(time: UInt64, text: [UInt8], metadata: [String: String])]
        )
            -> [UInt8]
        {
            let entries = lines.flatMap { line -> [UInt8] in
                let seconds = Protobuf.varint(1 << 3) + Protobuf.varint(Int(line.time / 1_000_000_000))
                let nanoseconds = Protobuf.varint(2 << 3) + Protobuf.varint(Int(line.time % 1_000_000_000))
                let metadata = line.metadata.sorted { $0.key < $1.key }
                    .flatMap { Protobuf.field(3, Protobuf.field(1, $0.key) + Protobuf.field(2, $0.value)) }
                return Protobuf.field(
                    2, Protobuf.field(1, seconds + nanoseconds) + Protobuf.field(2, line.text) + metadata)
            }
            return snappy(Protobuf.field(1, Protobuf.field(1, labels) + entries))
        }

        /// Spec: snappy's `format_description.txt`, sections 1 and 2.1: a literal of up to 65,536 bytes has the tag 61 and
        /// its length less one in two bytes.
        private static func snappy(_ bytes: [UInt8]) -> [UInt8] {
            var out = Protobuf.varint(bytes.count)
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = rest.prefix(65_536)
                rest = rest.dropFirst(piece.count)
                out += [61 << 2, UInt8((piece.count - 1) & 0xFF), UInt8((piece.count - 1) >> 8)]
                out += piece
            }
            return out
        }

        @Test("pushes in protobuf with snappy, in JSON with gzip and to the old path are the same lines")
        func encodings() async throws {
            let server = try ServerProcess.shared
            let app = "enc-\(uniqueRun())"
            let time = Self.time(20)
            let labels = #"{app="\#(app)", quoted="a\"b\\c\n"}"#
            let body = Self.protobuf(
                labels, [(time, Array("one ☃".utf8), ["n": "1"]), (time + 1, Array("two".utf8), [:])])
            for headers in [[:], ["Content-Encoding": "snappy"]] {
                let answer = try await push(server, body, type: "application/x-protobuf", headers: headers)
                #expect(answer.status == 204, "\(answer.text)")
            }
            let json = try Self.json([
                (["app": app, "quoted": "a\"b\\c\n"], [Line(time: time + 2, text: "three", metadata: ["n": "3"])])
            ])
            let packed = try await push(server, Gzip.stored(json), headers: ["Content-Encoding": "gzip"])
            #expect(packed.status == 204, "\(packed.text)")
            let old = try await push(
                server, body, type: "application/x-protobuf", path: "/api/prom/push")
            #expect(old.status == 204, "\(old.text)")
            let answer = try await data(
                server, "query_range", [("query", #"{app="\#(app)"}"#), ("direction", "forward")] + Self.range,
                headers: Self.categorized)
            #expect(answer["data"]["result"].array.count == 1, "one stream: \(answer["data"]["result"])")
            let stream = answer["data"]["result"][0]
            #expect(stream["stream"]["quoted"] == "a\"b\\c\n")
            let values = stream["values"].array
            #expect(Set(values.compactMap { $0[1].string }) == ["one ☃", "two", "three"])
            #expect(values.last?[0] == .string("\(time + 2)") && values.first?[0] == .string("\(time)"))
            #expect(values.first?[2]["structuredMetadata"]["n"] == "1")
        }

        @Test("the editor's questions have the shapes that Grafana reads")
        func editor() async throws {
            let server = try ServerProcess.shared
            let app = "editor-\(uniqueRun())"
            let selector = #"{app="\#(app)"}"#
            let time = Self.time(30)
            try await push(
                server, ["app": app, "env": "a"],
                (0..<20).map {
                    Line(
                        time: time + $0, text: "level=info status=\(200 + $0) took=\($0 + 1)ms path=/cart/\($0)",
                        metadata: ["trace_id": "t\($0)"])
                })
            try await push(server, ["app": app, "env": "b"], [Line(time: time, text: #"{"size":"3KB","ok":true}"#)])
            let range = Self.range
            let labels = try await data(server, "labels", range + [("query", selector)])
            #expect(labels["status"] == "success")
            #expect(labels["data"].array.compactMap(\.string).sorted() == ["app", "env", "service_name"])
            let every = try await data(server, "labels", range)["data"].array
            #expect(every.contains("app") && every.contains("env"))
            let values = try await data(server, "label/env/values", range + [("query", selector)])
            #expect(values["data"] == ["a", "b"])
            let series = try await data(server, "series", range + [("match[]", selector)])
            #expect(Set(series["data"].array.compactMap { $0["env"].string }) == ["a", "b"])
            #expect(series["data"].array.allSatisfy { $0["app"] == .string(app) })

            // Go reads these into integers: `1e9` or `1.0` would fail.
            let statistics = try await data(server, "index/stats", range + [("query", selector)])
            #expect(statistics["streams"] == 2 && statistics["entries"] == 21 && statistics["data"] == .null)
            guard case .integer(let bytes) = statistics["bytes"], case .integer = statistics["chunks"] else {
                Issue.record("no integers: \(statistics)")
                return
            }
            #expect(bytes > 0)
            let volume = try await data(server, "index/volume", range + [("query", selector), ("limit", "5000")])
            #expect(volume["data"]["resultType"] == "vector" && volume["data"]["result"].array.count == 1)
            #expect(volume["data"]["result"][0]["metric"] == ["app": .string(app)])
            #expect(volume["data"]["result"][0]["value"][1] == .string("\(bytes)"))
            let byLabel = try await data(
                server, "index/volume", range + [("query", selector), ("targetLabels", "env")])
            #expect(Set(byLabel["data"]["result"].array.compactMap { $0["metric"]["env"].string }) == ["a", "b"])
            let overTime = try await data(
                server, "index/volume_range", range + [("query", selector), ("step", "60000ms")])
            #expect(overTime["data"]["resultType"] == "matrix")

            let detected = try await data(server, "detected_fields", range + [("query", selector), ("limit", "1000")])
            #expect(detected["limit"] == 1000)
            let fields = Dictionary(detected["fields"].array.map { ($0["label"].string ?? "", $0) }) { $1 }
            #expect(fields["status"]?["type"] == "int" && fields["status"]?["parsers"] == ["logfmt"])
            #expect(fields["took"]?["type"] == "duration")
            #expect(fields["ok"]?["type"] == "boolean" && fields["ok"]?["parsers"] == ["json"])
            #expect(fields["size"]?["type"] == "bytes")
            #expect(fields["trace_id"]?["parsers"] == .null && fields["trace_id"]?["cardinality"] == 20)
            #expect(fields["app"] == nil)
            let found = try await data(server, "detected_field/status/values", range + [("query", selector)])
            #expect(found["values"].array.count == 20)
            let detectedLabels = try await data(server, "detected_labels", range + [("query", selector)])
            #expect(detectedLabels["detectedLabels"].array.contains { $0["label"] == "env" && $0["cardinality"] == 2 })
            let patterns = try await data(server, "patterns", range + [("query", selector)])
            let counts = patterns["data"].array.map { pattern in
                pattern["samples"].array.reduce(0) { $0 + ($1[1].integer ?? 0) }
            }
            #expect(counts.max() == 20, "\(patterns)")
            let format = try await data(server, "format_query", [("query", #"{a="b"}|="c"|logfmt"#)])
            #expect(format["data"] == #"{a="b"} |= "c" | logfmt"#)
        }

        @Test("the histogram above the logs counts each line once by its level, also where OTLP gives a severity only")
        func histogram() async throws {
            let server = try ServerProcess.shared
            let service = "hist-\(uniqueRun())"
            let time = Self.time(120)
            let records = (0..<12).map { number in
                #"{"timeUnixNano":"\#(time + UInt64(number))","severityNumber":\#(number % 3 == 0 ? 17 : 9),"#
                    + #""body":{"stringValue":"n\#(number)"}}"#
            }
            let resource = #"{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]}"#
            let request =
                #"{"resourceLogs":[{"resource":\#(resource),"scopeLogs":[{"logRecords":[\#(records.joined(separator: ","))]}]}]}"#
            let answer = try await push(server, Array(request.utf8), path: "/otlp/v1/logs")
            #expect(answer.status == 200 || answer.status == 204, "\(answer.status) \(answer.text)")
            let query =
                #"sum by (level, detected_level) (count_over_time({service_name="\#(service)"} | drop __error__[60s]))"#
            let found = try await data(
                server, "query_range", [("query", query), ("step", "60000ms")] + Self.range,
                headers: Self.categorized.merging(["X-Query-Tags": "Source=logvolhist"]) { $1 })
            #expect(found["data"]["resultType"] == "matrix")
            var counts: [String: Double] = [:]
            for series in found["data"]["result"].array {
                counts[series["metric"]["detected_level"].string ?? ""] = series["values"].array
                    .reduce(0) { $0 + (Double($1[1].string ?? "") ?? 0) }
            }
            #expect(counts == ["error": 4, "info": 8])
        }

        @Test("Grafana's way from a trace to its logs finds the id in the line and in the metadata")
        func traceToLogs() async throws {
            let server = try ServerProcess.shared
            let app = "t2l-\(uniqueRun())"
            let trace = hexDigits(randomBytes(16))
            let time = Self.time(40)
            try await push(
                server, ["app": app],
                [
                    Line(time: time, text: "in the line: \(trace)"),
                    Line(time: time + 1, text: "in the metadata", metadata: ["trace_id": trace]),
                    Line(time: time + 2, text: "elsewhere", metadata: ["trace_id": hexDigits(randomBytes(16))]),
                ])
            for or in ["OR", "or"] {
                let query =
                    #"{service_name="\#(app)"} | label_format log_line_contains_trace_id=`{{ contains "\#(trace)" __line__  }}` "#
                    + #"| log_line_contains_trace_id="true" \#(or) trace_id="\#(trace)""#
                #expect(try await texts(server, query) == ["in the metadata", "in the line: \(trace)"])
            }
        }

        @Test("the lines around one: forward has the start, backward has it not, and both honour the limit")
        func context() async throws {
            let server = try ServerProcess.shared
            let app = "ctx-\(uniqueRun())"
            let time = Self.time(60)
            try await push(server, ["app": app], (0..<50).map { Line(time: time + $0 * 1000, text: "line \($0)") })
            let middle = time + 25_000
            let query = #"{app="\#(app)"}"#
            let after = try await texts(
                server, query,
                [
                    ("start", "\(middle)"), ("end", "\(middle + 7_200_000_000_000)"), ("direction", "forward"),
                    ("limit", "10"),
                ])
            #expect(after.prefix(10) == (25..<35).map { "line \($0)" }[...])
            let before = try await texts(
                server, query,
                [("start", "\(middle - 7_200_000_000_000)"), ("end", "\(middle)"), ("direction", "backward")])
            #expect(before == (0..<25).reversed().map { "line \($0)" })
            let limited = try await data(
                server, "query_range", [("query", query), ("limit", "7")] + Self.range, headers: Self.categorized)
            #expect(
                limited["data"]["result"][0]["values"].array.compactMap { $0[1].string }
                    == (43..<50).reversed().map { "line \($0)" })
            // Times as Logs Drilldown writes them, and as decimal seconds.
            let seconds = Double(time / 1_000_000_000)
            let text = Date(timeIntervalSince1970: seconds).formatted(.iso8601)
            for start in [text, "\(Int(seconds))", "\(seconds)"] {
                #expect(try await texts(server, query, [("start", start)]).count == 50, "start=\(start)")
            }
        }

        @Test(
            "what cannot be answered is refused with 400 and one sentence that says where or what",
            arguments: [
                ([("query", #"{app="x"} |="#)], "parse error at line 1, col 13: syntax error: unexpected $end"),
                (
                    [("query", "{app=\"x\"}\n| nonsense x")],
                    "parse error at line 2, col 12: syntax error: unexpected IDENTIFIER"
                ),
                ([("query", "{}")], "at least one"),
                ([("query", #"{app=~".*"}"#)], "at least one"),
                ([("query", "")], "parse error"),
                (
                    [("query", #"{app="x"}"#), ("limit", "5001")],
                    "max entries limit per query exceeded, limit > max_entries_limit (5001 > 5000)"
                ),
                ([("query", #"{app="x"}"#), ("limit", "many")], "many"),
                ([("query", #"{app="x"}"#), ("start", "yesterday")], "start"),
                ([("query", #"{app="x"}"#), ("direction", "sideways")], "direction"),
                (
                    [("query", #"rate({app="x"}[1m])"#), ("step", "10ms")],
                    "exceeded maximum resolution of 11,000 points per time series"
                ),
                ([("query", #"rate({app="x"}[1m])"#), ("step", "0")], "step"),
                (
                    [("query", #"{app="x"}"#), ("start", "2000000000"), ("end", "1000000000")],
                    "end timestamp must not be before or equal to start time"
                ),
                ([("query", #"sum(rate({app="x"} | json [1m]) by (a)"#)], "parse error"),
                ([("query", #"{app="x"} |~ "(""#)], "error parsing regexp"),
            ] as [([(String, String)], String)])
        func refused(_ parameters: [(String, String)], _ sentence: String) async throws {
            let server = try ServerProcess.shared
            let answer = try await ask(server, "query_range", parameters)
            #expect(answer.status == 400, "\(parameters): \(answer.status) \(answer.text)")
            #expect(answer.headers["content-type"]?.hasPrefix("text/plain") == true)
            #expect(answer.text.contains(sentence), "\(parameters): \(answer.text)")
            #expect(!answer.text.contains("<"), "HTML")
        }

        @Test("a push that is no push is refused with the reason, one with a bad entry keeps the others")
        func badPushes() async throws {
            let server = try ServerProcess.shared
            let app = "bad-\(uniqueRun())"
            let time = Self.time(5)
            for body in [
                "nonsense", #"{"streams":[{"stream":{"app":"x"},"values":[[1,"number"]]}]}"#, #"{"streams":5}"#,
            ] {
                let answer = try await push(server, Array(body.utf8))
                #expect(answer.status == 400, "\(body): \(answer.status)")
                #expect(!answer.text.isEmpty && !answer.text.contains("<"))
            }
            #expect(try await push(server, Array(#"{"streams":[]}"#.utf8)).status == 422)
            let garbage = try await push(server, randomBytes(100), type: "application/x-protobuf")
            #expect(garbage.status == 400, "\(garbage.status) \(garbage.text)")
            // A block that promises far more than it has.
            let bomb = Protobuf.varint(1 << 31) + [61 << 2, 1, 0, 0x0A, 0x0A]
            let refused = try await push(server, bomb, type: "application/x-protobuf")
            #expect([400, 413].contains(refused.status), "\(refused.status) \(refused.text)")
            let mixed = try await push(
                server,
                Self.protobuf(#"{app="\#(app)"}"#, [(time, Array("good".utf8), [:])]), type: "application/x-protobuf")
            #expect(mixed.status == 204)
            #expect(try await texts(server, #"{app="\#(app)"}"#) == ["good"])
        }

        @Test("a tail by WebSocket: handshake, lines as they come, pings answered, closed with 1000")
        func tail() async throws {
            struct Tail: Decodable, Sendable {
                let status: Int
                let accepted: Bool
                let lines: [[String]]
                let labels: [[String: String]]
                let keys: [String]
                let pongs: [String]
                let closeCode: Int
                let ended: Bool
            }
            let server = try ServerProcess.shared
            let run = uniqueRun()
            let (tail, _) = try await PythonEnvironment.client(
                "loki_tail.py", [server.url("loki"), run], as: Tail.self)
            #expect(tail.status == 101 && tail.accepted)
            let expected = (0..<30).filter { $0 % 3 != 0 }.map { "keep number=\($0)" }
            #expect(tail.lines.map { $0[1] }.sorted() == expected.sorted())
            #expect(tail.lines.allSatisfy { UInt64($0[0]) != nil })
            #expect(tail.labels.allSatisfy { $0["app"] == "tail-\(run)" && $0["n"] != nil })
            #expect(tail.keys == ["dropped_entries", "streams"])
            #expect(tail.pongs == ["are you there"])
            #expect(tail.closeCode == 1000 && tail.ended)

            // Without an upgrade, and with a query that makes numbers.
            let plain = try await ask(server, "tail", [("query", #"{app="x"}"#)])
            #expect((400..<500).contains(plain.status), "\(plain.status)")
        }

        @Test("martlet tail shows lines as they come, and goes on until it is ended")
        func martletTail() async throws {
            let server = try ServerProcess.shared
            let app = "mt-\(uniqueRun())"
            try await push(server, ["app": app], [Line(time: Self.time(1), text: "level=error before")])
            let files = try TemporaryDirectory()
            let output = files.url.appending(path: "out")
            let errors = files.url.appending(path: "err")
            let child = try ChildProcess.start(
                try Location.binary, ["tail", "--data", server.data.path, #"{app="\#(app)"}"#, "--json"],
                environment: childEnvironment(), directory: files.url, output: output, errors: errors)
            defer { child.reap() }
            func shown(_ count: Int) async throws -> [JSONValue] {
                try await poll("\(count) lines of martlet tail") {
                    let lines = text(output).split(separator: "\n")
                    return lines.count >= count ? try lines.map { try JSONValue.decode(Array($0.utf8)) } : nil
                }
            }
            #expect(try await shown(1).first?["line"] == "level=error before")
            for number in 1...5 {
                try await push(server, ["app": app], [Line(time: TestSpan.now(), text: "level=warn line \(number)")])
                let lines = try await shown(number + 1)
                #expect(lines.last?["line"].string == "level=warn line \(number)")
                #expect(lines.last?["level"] == "warn")
            }
            #expect(child.isRunning, "\(text(errors))")
        }

        @Test("OTLP at /otlp/v1/logs: Loki's list of resource attributes is the stream, the rest is metadata")
        func otlp() async throws {
            let server = try ServerProcess.shared
            let service = "otlp-\(uniqueRun())"
            let trace = hexDigits(randomBytes(16))
            func attribute(_ key: String, _ value: String) -> String {
                #"{"key":"\#(key)","value":{"stringValue":"\#(value)"}}"#
            }
            let request =
                #"{"resourceLogs":[{"resource":{"attributes":["#
                + [
                    attribute("service.name", service), attribute("deployment.environment", "prod"),
                    attribute("k8s.pod.name", "pod-1"), attribute("host.arch", "arm64"),
                ].joined(separator: ",")
                + #"]},"scopeLogs":[{"scope":{"name":"lib","version":"2"},"logRecords":[{"timeUnixNano":"\#(Self.time(3))","#
                + #""severityNumber":13,"severityText":"WARN","traceId":"\#(trace)","spanId":"00f067aa0ba902b7","#
                + #""body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}}]}},"#
                + #""attributes":[\#(attribute("http.route", "/cart"))]}]}]}]}"#
            let answer = try await push(server, Array(request.utf8), path: "/otlp/v1/logs")
            #expect(answer.status == 200 || answer.status == 204, "\(answer.status) \(answer.text)")
            let found = try await data(
                server, "query_range", [("query", #"{service_name="\#(service)"}"#)] + Self.range,
                headers: Self.categorized)
            let stream = found["data"]["result"][0]
            #expect(
                stream["stream"] == [
                    "service_name": .string(service), "deployment_environment": "prod", "k8s_pod_name": "pod-1",
                ])
            #expect(stream["values"][0][1] == #"{"a":1}"#)
            let metadata = stream["values"][0][2]["structuredMetadata"]
            let expected: [String: JSONValue] = [
                "host_arch": "arm64", "scope_name": "lib", "scope_version": "2", "severity_text": "WARN",
                "severity_number": "13", "detected_level": "warn", "trace_id": .string(trace),
                "span_id": "00f067aa0ba902b7", "http_route": "/cart",
            ]
            for (name, value) in expected { #expect(metadata[name] == value, "\(name)") }
        }

        /// Texts that have broken log stores before.
        static let hostile: [(name: String, text: String)] = [
            ("long", String(repeating: "0123456789abcdef", count: 65_536)),
            ("nul", "a\u{0}b\u{0}\u{0}c"),
            ("escapes", "\u{1B}[31mred\u{1B}[0m \u{1B}]8;;http://x\u{7}link\u{1B}]8;;\u{7} \u{8}\u{7F}"),
            ("emoji", "👩‍👩‍👧‍👦 🇺🇳 e\u{301} \u{202E}rtl\u{202C} \u{FEFF} \u{FFFD} \u{10FFFF}"),
            ("breaks", "one\r\ntwo\u{2028}three\u{85}four\n"),
            ("quotes", #"\" ' ` {{.x}} %s %n ${x} $(x) '; DROP TABLE logs; -- \x00 \u0000"#),
            ("empty", ""),
            ("blank", " \t "),
        ]

        @Test("hostile lines come back byte for byte, by JSON and by protobuf", arguments: ["json", "protobuf"])
        func hostileLines(_ encoding: String) async throws {
            let server = try ServerProcess.shared
            let app = "hostile-\(encoding)-\(uniqueRun())"
            let time = Self.time(50)
            let lines = Self.hostile.enumerated().map {
                Line(time: time + UInt64($0.offset), text: $0.element.text, metadata: ["name": $0.element.name])
            }
            if encoding == "json" {
                try await push(server, ["app": app], lines)
            } else {
                let body = Self.protobuf(
                    #"{app="\#(app)"}"#, lines.map { ($0.time, Array($0.text.utf8), $0.metadata) })
                let answer = try await push(server, body, type: "application/x-protobuf")
                #expect(answer.status == 204, "\(answer.text)")
            }
            let answer = try await data(
                server, "query_range",
                [("query", #"{app="\#(app)"}"#), ("direction", "forward")] + Self.range, headers: Self.categorized)
            let values = answer["data"]["result"][0]["values"].array
            let found = Dictionary(
                values.map { ($0[2]["structuredMetadata"]["name"].string ?? "", $0[1].string ?? "none") }
            ) { $1 }
            for (name, text) in Self.hostile {
                // Not `==` of strings, for which texts are equal that look the same.
                #expect(Array((found[name] ?? "none").utf8) == Array(text.utf8), "\(name)")
            }
            for (filter, name) in [
                ("|= `\u{1B}[31m`", "escapes"), (#"|= "b\u0000\u0000c""#, "nul"), ("|= `👧`", "emoji"),
                ("|= `DROP TABLE`", "quotes"), (#"|~ "^(0123456789abcdef)+$""#, "long"),
            ] {
                let matching = try await texts(server, #"{app="\#(app)"} \#(filter)"#)
                let expected = Self.hostile.first { $0.name == name }?.text
                #expect(matching.map { Array($0.utf8) } == [Array((expected ?? "").utf8)], "\(filter)")
            }
            let shown = try await server.martlet("logs", #"{app="\#(app)"} | name="escapes""#)
            // What a sender writes does not steer the reader's terminal.
            #expect(shown.exitCode == 0 && !shown.output.contains("\u{1B}]8") && !shown.output.contains("\u{7}"))
        }

        @Test("bytes that are not UTF-8 become U+FFFD, in lines, labels and metadata; the rest of the line stays")
        func invalidUTF8() async throws {
            let server = try ServerProcess.shared
            let app = "utf8-\(uniqueRun())"
            let line = Array("gr".utf8) + [0xFC, 0xDF] + Array("e \u{1F600} ".utf8) + [0xC3]
            let body = Self.protobuf(#"{app="\#(app)"}"#, [(Self.time(2), line, [:])])
            let answer = try await push(server, body, type: "application/x-protobuf")
            #expect(answer.status == 204, "\(answer.text)")
            #expect(try await texts(server, #"{app="\#(app)"}"#) == ["gr\u{FFFD}\u{FFFD}e \u{1F600} \u{FFFD}"])
        }

        @Test("a POST with a form asks as a GET does, and HEAD of ready and unknown paths do no harm")
        func methods() async throws {
            let server = try ServerProcess.shared
            let form = ServerProcess.path("", [("query", "vector(1)+vector(1)"), ("time", "4000000000")]).dropFirst()
            let answer = try await HTTPExchange(
                method: "POST", url: server.url("loki") + "/loki/api/v1/query",
                headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(form.utf8)
            ).answer()
            #expect(try answer.json()["data"]["result"][0]["value"][1] == "2")
            #expect(try await HTTPExchange(method: "HEAD", url: server.url("loki") + "/ready").answer().status == 200)
            #expect(try await server.get("loki", "/favicon.ico").status == 404)
        }
    }
}
