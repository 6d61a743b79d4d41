import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// What was answered with success survives, once and only once. Each test has a server of its own.
    @Suite
    struct CrashTests {
        /// Names of what the server has answered with 200.
        private actor Acknowledged {
            private(set) var spans: [String] = []
            private(set) var logs: [String] = []
            /// Answers other than 200, which nobody expects while there is no overload.
            private(set) var refused = 0

            func add(span: String) { spans.append(span) }
            func add(log: String) { logs.append(log) }
            func addRefused() { refused += 1 }
        }

        static let senders = 6
        static let acknowledgedMin = 300

        /// Posts until the server is gone; `interrupt` is called once, when enough is acknowledged.
        private func load(
            _ server: ServerProcess, service: String, interrupt: @escaping @Sendable () -> Void
        ) async throws -> Acknowledged {
            let acknowledged = Acknowledged()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<Self.senders {
                    group.addTask {
                        for index in 0... {
                            let name = "\(sender)-\(index)"
                            let isLog = sender % 3 == 2
                            let body =
                                isLog
                                ? OTLPJSON.logs(service: service, [name])
                                : OTLPJSON.traces(service: service, [OTLPJSON.Span(name: name)])
                            let outcome = try? await server.postExchange(isLog ? "logs" : "traces", body).perform()
                            // No connection, or a broken one: the server has ended.
                            guard case .answered(let answer)? = outcome else { return }
                            if answer.status != 200 {
                                await acknowledged.addRefused()
                            } else if isLog {
                                await acknowledged.add(log: name)
                            } else {
                                await acknowledged.add(span: name)
                            }
                            if await acknowledged.refused > 1000 { return }
                        }
                    }
                }
                group.addTask {
                    _ = try await poll("\(Self.acknowledgedMin) acknowledged posts", for: .seconds(120)) {
                        let count = await acknowledged.spans.count
                        guard server.isRunning else { throw TestFailure("the server ended by itself\n\(server.log)") }
                        return count >= Self.acknowledgedMin ? true : nil
                    }
                    interrupt()
                }
                try await group.waitForAll()
            }
            return acknowledged
        }

        private func expectAll(_ acknowledged: Acknowledged, in server: ServerProcess, service: String) async throws {
            for (table, column, names) in [
                ("spans", "name", await acknowledged.spans), ("logs", "body", await acknowledged.logs),
            ] {
                let rows = try await server.rows(
                    "SELECT \(column) AS name, count() AS n FROM telemetry.\(table) WHERE service = '\(service)' "
                        + "GROUP BY name")
                let stored = Dictionary(rows.map { ($0["name"].string ?? "", $0["n"].integer ?? 0) }) { $1 }
                #expect(!names.isEmpty)
                let missing = names.filter { stored[$0] == nil }
                #expect(missing.isEmpty, "\(missing.count) of \(names.count) acknowledged rows of \(table) are gone")
                let repeated = stored.filter { $0.value > 1 }
                #expect(repeated.isEmpty, "\(repeated.count) rows of \(table) are there more than once")
            }
        }

        @Test("after kill -9 under load every acknowledged item is there once")
        func killed() async throws {
            let server = try await ServerProcess.start()
            let service = "killed-\(uniqueRun())"
            let acknowledged = try await load(server, service: service) { server.kill(SIGKILL) }
            #expect(try await server.waitForExit() == -SIGKILL)
            try await server.start()
            try await expectAll(acknowledged, in: server, service: service)
            // And it goes on as before.
            let answer = try await server.post(
                "traces", OTLPJSON.traces(service: service, [OTLPJSON.Span(name: "after")]))
            #expect(answer.status == 200)
            let row = try await server.row(
                "SELECT count() AS n FROM telemetry.spans WHERE service = '\(service)' AND name = 'after'")
            #expect(row["n"].integer == 1)
            #expect(try await server.stop() == 0)
        }

        @Test("killed again and again, nothing acknowledged is lost")
        func killedOften() async throws {
            let server = try await ServerProcess.start()
            for _ in 0..<3 {
                let service = "often-\(uniqueRun())"
                let acknowledged = try await load(server, service: service) { server.kill(SIGKILL) }
                try await server.waitForExit()
                try await server.start()
                try await expectAll(acknowledged, in: server, service: service)
            }
            #expect(try await server.stop() == 0)
        }

        @Test("SIGTERM under load ends in order with exit code 0, and every acknowledged item is there")
        func terminated() async throws {
            let server = try await ServerProcess.start()
            let service = "terminated-\(uniqueRun())"
            let acknowledged = try await load(server, service: service) { server.kill(SIGTERM) }
            #expect(try await server.waitForExit() == 0)
            try await server.start()
            try await expectAll(acknowledged, in: server, service: service)
            #expect(try await server.stop() == 0)
        }

        @Test("SIGTERM and SIGINT without load end with exit code 0", arguments: [SIGTERM, SIGINT])
        func idle(_ signal: Int32) async throws {
            let server = try await ServerProcess.start()
            server.kill(signal)
            #expect(try await server.waitForExit() == 0)
        }
    }
}
