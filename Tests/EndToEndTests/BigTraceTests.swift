import Foundation
import Testing

extension EndToEnd {
    /// Traces that are too big, too deep or too broken for most viewers.
    @Suite(.server())
    struct BigTraceTests {
        struct Shape: Decodable, Sendable, Equatable {
            let bytes: Int
            let spans: Int
            let ids: Int
            let roots: Int
            let orphans: Int
            let depth: Int
        }

        enum Kind: String, CaseIterable, Sendable, CustomTestStringConvertible {
            case tempo, protobuf, jaeger, jaeger3, zipkin
            var testDescription: String { rawValue }

            var endpoint: String {
                switch self {
                case .tempo, .protobuf: "tempo"
                case .jaeger, .jaeger3: "jaeger"
                case .zipkin: "zipkin"
                }
            }
        }

        /// The big traces, once for all tests.
        private actor Traces {
            static let shared = Traces()
            private var tasks: [String: Task<String, any Error>] = [:]

            /// One trace of this shape, by `martlet load`.
            func id(_ shape: String, _ spans: Int, in server: ServerProcess) async throws -> String {
                let task =
                    tasks[shape]
                    ?? Task {
                        let before = try await Self.ids(in: server)
                        let loaded = try await server.martlet(
                            "load", "--shape", shape, "--items", "\(spans)", "--trace-spans", "\(spans)", "--batch",
                            "2000", "--json")
                        guard loaded.exitCode == 0 else { throw TestFailure("load: \(loaded.summary)") }
                        let new = try await Self.ids(in: server).subtracting(before)
                        guard new.count == 1, let id = new.first else { throw TestFailure("\(new.count) traces") }
                        return id
                    }
                tasks[shape] = task
                return try await task.value
            }

            private static func ids(in server: ServerProcess) async throws -> Set<String> {
                let rows = try await server.rows(
                    "SELECT lower(hex(trace_id)) AS id FROM telemetry.spans GROUP BY trace_id")
                return Set(rows.compactMap { $0["id"].string })
            }
        }

        private static let wide = 200_000
        private static let deep = 50_000

        private func shape(_ kind: Kind, _ id: String, _ server: ServerProcess) async throws -> Shape {
            let (shape, _) = try await PythonEnvironment.client(
                "trace_shape.py", [kind.rawValue, server.url(kind.endpoint), id], as: Shape.self)
            return shape
        }

        @Test(
            "a trace of 200,000 spans is answered whole in JSON and protobuf, in less memory than the answer is long",
            arguments: [Kind.tempo, .protobuf])
        func wide(_ kind: Kind) async throws {
            let server = try ServerProcess.shared
            let id = try await Traces.shared.id("wide", Self.wide, in: server)
            try server.resetPeakMemory()
            let before = try server.memory().now
            let shape = try await shape(kind, id, server)
            let growth = try server.memory().peak - before
            #expect(shape.spans == Self.wide && shape.ids == Self.wide && shape.roots == 1 && shape.orphans == 0)
            #expect(shape.depth == 2)
            // Generous: merges of the engine go on beside it. As objects the trace would be several times its JSON.
            #expect(growth < 160 << 20, "\(growth >> 20) MiB for an answer of \(shape.bytes >> 20) MiB")
        }

        @Test("TraceQL searches inside a trace of 200,000 spans, and counts all of them")
        func search() async throws {
            let server = try ServerProcess.shared
            let id = try await Traces.shared.id("wide", Self.wide, in: server)
            let names = try await server.rows(
                """
                SELECT name, count() AS n FROM telemetry.spans WHERE lower(hex(trace_id)) = '\(id)'
                GROUP BY name ORDER BY n LIMIT 10
                """)
            let root = names[0]["name"].string ?? ""
            let child = names[names.count - 1]
            let isTrace = #"trace:id = "\#(id)""#
            for (query, count) in [
                ("{ \(isTrace) }", Self.wide),
                (#"{ \#(isTrace) && name = "\#(child["name"].string ?? "")" }"#, Int(child["n"].integer ?? 0)),
                (#"{ name = "\#(root)" } > { \#(isTrace) }"#, Self.wide - 1),
                ("{ \(isTrace) && span:childCount = \(Self.wide - 1) }", 1),
                ("{ \(isTrace) } | count() = \(Self.wide)", Self.wide),
            ] {
                let found = try await server.traces(query, [("spss", "3")])
                #expect(Array(found.keys) == [id], "\(query)")
                let spanset = (found[id] ?? .null)["spanSets"][0]
                #expect(spanset["matched"].integer == Int64(count), "\(query)")
                #expect(spanset["spans"].array.count == min(3, count), "\(query)")
            }
        }

        @Test("a chain of 50,000 spans is whole in every API", arguments: Kind.allCases)
        func deep(_ kind: Kind) async throws {
            let server = try ServerProcess.shared
            let id = try await Traces.shared.id("deep", Self.deep, in: server)
            let shape = try await shape(kind, id, server)
            #expect(shape.spans == Self.deep && shape.ids == Self.deep && shape.roots == 1 && shape.orphans == 0)
            #expect(shape.depth == Self.deep)
        }

        @Test("TraceQL sees both ends of a chain of 50,000 spans")
        func deepSearch() async throws {
            let server = try ServerProcess.shared
            let id = try await Traces.shared.id("deep", Self.deep, in: server)
            let isTrace = #"trace:id = "\#(id)""#
            for (query, count) in [
                ("{ \(isTrace) && nestedSetParent < 0 } >> { }", Self.deep - 1),
                ("{ \(isTrace) && span:childCount = 0 }", 1),
                ("{ \(isTrace) && span:childCount = 0 } << { }", Self.deep - 1),
                ("{ \(isTrace) } !< { }", 1),
            ] {
                let found = try await server.traces(query)
                #expect((found[id] ?? .null)["spanSets"][0]["matched"].integer == Int64(count), "\(query)")
            }
        }

        @Test(
            "orphans, second roots and spans that came twice are kept and shown by every API", arguments: Kind.allCases)
        func broken(_ kind: Kind) async throws {
            let server = try ServerProcess.shared
            let service = "broken-\(uniqueRun())"
            let now = TestSpan.now() - 60_000_000_000
            let root = TestSpan(name: "root", start: now, duration: 9_000_000)
            let child = TestSpan(trace: root.trace, parent: root.id, name: "child", start: now + 1_000_000)
            let lost = hexDigits(randomBytes(8))
            let orphan = TestSpan(trace: root.trace, parent: lost, name: "orphan", start: now + 2_000_000)
            let second = TestSpan(trace: root.trace, name: "second", start: now + 3_000_000)
            // Its id is that of another span, its content is not.
            var twin = child
            twin.name = "twin"
            twin.start += 1_000_000
            let selfish = hexDigits(randomBytes(8))
            let loop = TestSpan(
                trace: root.trace, id: selfish, parent: selfish, name: "loop", start: now + 4_000_000)
            try await server.send(service, [root, child, orphan, second, twin, loop])

            let shape = try await shape(kind, root.trace, server)
            // Jaeger and Zipkin may give the twin an id of its own.
            #expect(shape.spans == 6 && shape.orphans == 1)
            let found = try await server.traces(#"{ resource.service.name = "\#(service)" }"#, [("spss", "10")])
            let spanset = (found[root.trace] ?? .null)["spanSets"][0]
            #expect(spanset["matched"] == 6)
            #expect(
                Set(spanset["spans"].array.compactMap { $0["name"].string }) == [
                    "root", "child", "orphan", "second", "twin", "loop",
                ])
            let summary = try await server.json(
                "jaeger", "/api/v3/trace-summaries",
                [
                    ("query.serviceName", service), ("query.startTimeMin", "2020-01-01T00:00:00.000Z"),
                    ("query.startTimeMax", "2099-01-01T00:00:00.000Z"),
                ])["summaries"][0]
            #expect(summary["spanCount"] == 6 && summary["orphanSpanCount"] == 1)
        }
    }
}
