import Foundation
import Testing

extension EndToEnd {
    /// Debian's promtool as a client.
    @Suite(.server())
    struct PromtoolTests {
        private static let promtool = URL(filePath: "/usr/bin/promtool")

        private func promtool(_ arguments: [String]) async throws -> CommandResult? {
            guard FileManager.default.isExecutableFile(atPath: Self.promtool.path) else {
                print("SKIPPED: there is no /usr/bin/promtool (apt-get install prometheus)")
                return nil
            }
            return try await run(Self.promtool, arguments)
        }

        @Test("promtool asks for instants, ranges, series and labels")
        func queries() async throws {
            let server = try ServerProcess.shared
            let name = "tool_\(uniqueRun())"
            _ = try await PythonEnvironment.runClient("remote_write.py", [server.url("prometheus"), name])
            let base = server.url("prometheus")
            guard let instant = try await promtool(["query", "instant", base, "sum(\(name){case!=\"native\"})"]) else {
                return
            }
            #expect(instant.exitCode == 0 && instant.output.contains("{} => 13 @"), "\(instant.summary)")
            let range = try #require(
                try await promtool(["query", "range", "--step", "15s", base, "\(name){case=\"v2\"}"]))
            #expect(range.exitCode == 0 && range.output.contains("4 @"), "\(range.summary)")
            let series = try #require(try await promtool(["query", "series", "--match", name, base]))
            #expect(
                series.exitCode == 0 && series.output.contains("{__name__=\"\(name)\", case=\"v2\"}"),
                "\(series.summary)")
            let labels = try #require(try await promtool(["query", "labels", base, "case"]))
            #expect(labels.exitCode == 0 && labels.output.contains("unsorted"), "\(labels.summary)")
            let wrong = try #require(try await promtool(["query", "instant", base, "sum("]))
            #expect(wrong.exitCode != 0 && wrong.errors.contains("unclosed left parenthesis"), "\(wrong.summary)")
        }

        /// Lint is about names, which are those of the senders; exit code 3 says that there was only lint.
        @Test("promtool reads Martlet's own pages")
        func pages() async throws {
            let server = try ServerProcess.shared
            guard FileManager.default.isExecutableFile(atPath: Self.promtool.path) else {
                print("SKIPPED: there is no /usr/bin/promtool (apt-get install prometheus)")
                return
            }
            for name in ["self_metrics", "exposition"] {
                let checked = try await run(
                    URL(filePath: "/bin/sh"),
                    ["-c", "curl -s '\(server.url(name))/metrics' | \(Self.promtool.path) check metrics"])
                #expect([0, 3].contains(checked.exitCode), "\(name): \(checked.summary)")
            }
        }
    }
}
