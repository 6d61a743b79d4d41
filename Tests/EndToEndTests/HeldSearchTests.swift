import Foundation
import Testing

extension EndToEnd {
    /// Clients that go away before their answer. One thread per statement, so that a search takes long.
    @Suite(.server(["query.threads": "1"]))
    struct HeldSearchTests {
        private static let key = "held.text"
        private static let blocks = 12
        private static let spansPerBlock = 30

        /// Texts on which some regular expressions are slow, once for all tests. The engine notices a cancellation
        /// between two blocks of rows, so there are many small ones: a flush after each request makes a part of its own.
        private actor Texts {
            static let shared = Texts()
            private var task: Task<Void, any Error>?

            func send(to server: ServerProcess) async throws {
                let task =
                    task
                    ?? Task {
                        for _ in 0..<HeldSearchTests.blocks {
                            let text = String((0..<10_000).map { _ in "xyab".randomElement() ?? "x" })
                            let spans = (0..<HeldSearchTests.spansPerBlock).map { number in
                                let turned = String(text.dropFirst(number) + text.prefix(number))
                                return TestSpan(attributes: [HeldSearchTests.key: turned])
                            }
                            try await server.send("held", spans)
                            try await server.flush()
                        }
                    }
                self.task = task
                try await task.value
            }
        }

        /// A search that takes many seconds. The word makes its statement known, and the engine's memory of what did not
        /// match useless; it is optional, because texts without a word that must be there are not looked at closely.
        private static func query(_ word: String) -> String {
            #"{ span.\#(key) =~ ".*x.{300}y.{300}z(\#(word))?.*" }"#
        }

        /// A search over HTTP that nobody reads the answer of.
        private struct Held {
            let word = "w" + uniqueRun()
            let connection: LoopbackConnection

            init(_ server: ServerProcess) async throws {
                let address = server.address("tempo").split(separator: ":")
                connection = try LoopbackConnection(host: String(address[0]), port: Int(address[1]) ?? 0)
                let path = ServerProcess.path("/api/search", [("q", HeldSearchTests.query(word))])
                _ = connection.write(Array("GET \(path) HTTP/1.1\r\nHost: \(server.address("tempo"))\r\n\r\n".utf8))
                let word = word
                _ = try await poll("the statement of the search", every: .milliseconds(50)) {
                    try await server.statements(with: word) > 0 ? true : nil
                }
            }

            func waitForEnd(_ server: ServerProcess) async throws {
                _ = try await poll("the end of the statement", every: .milliseconds(50)) {
                    try await server.statements(with: word) == 0 ? true : nil
                }
            }
        }

        @Test("the statement of a search ends when its client goes away, not that of another client")
        func closed() async throws {
            let server = try ServerProcess.shared
            try await Texts.shared.send(to: server)
            let earlier = try await Held(server)
            let later = try await Held(server)
            later.connection.close()
            try await later.waitForEnd(server)
            // It began before the other one and asks the same: left alone, it would have ended first.
            #expect(try await server.statements(with: earlier.word) == 1)
            earlier.connection.close()
            try await earlier.waitForEnd(server)
        }

        @Test("the statement of a streamed search ends when the stream is cancelled, and the connection lives on")
        func cancelled() async throws {
            let server = try ServerProcess.shared
            try await Texts.shared.send(to: server)
            let earlier = try await Held(server)
            let word = "w" + uniqueRun()
            let (codes, _) = try await PythonEnvironment.client(
                "cancelled_search.py",
                [server.address("tempo"), server.url("clickhouse"), Self.query(word), word], as: [String: String].self)
            #expect(codes == ["cancelled": "CANCELLED", "after": "OK"])
            #expect(try await server.statements(with: earlier.word) == 1)
            earlier.connection.close()
            try await earlier.waitForEnd(server)
        }

        @Test("while a search is held open, other clients read and write")
        func others() async throws {
            let server = try ServerProcess.shared
            try await Texts.shared.send(to: server)
            let held = try await Held(server)
            let service = "meanwhile-\(uniqueRun())"
            let span = TestSpan()
            try await server.send(service, [span])
            let found = try await server.traces(#"{ resource.service.name = "\#(service)" }"#)
            #expect(Array(found.keys) == [span.trace])
            #expect(try await server.spans(ofTrace: span.trace).count == 1)
            #expect(try await server.json("jaeger", "/api/traces/\(span.trace)")["data"].array.count == 1)
            #expect(try await server.json("zipkin", "/api/v2/trace/\(span.trace)").array.count == 1)
            let rows = try await server.rows("SELECT name FROM telemetry.spans WHERE service = '\(service)'")
            #expect(rows.count == 1)
            #expect(try await server.statements(with: held.word) == 1)
            held.connection.close()
            try await held.waitForEnd(server)
        }
    }
}
