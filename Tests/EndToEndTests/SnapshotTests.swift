import Foundation
import Testing

extension EndToEnd {
    /// `martlet snapshot`: the same text for the same work, whenever and with whatever ids it was done.
    @Suite
    struct SnapshotTests {
        @Test("a snapshot is written, stays the same for other ids and times, and tells what changed")
        func life() async throws {
            let directory = try TemporaryDirectory()
            func path(_ name: String) -> String { directory.url.appending(path: name).path }
            let server = try await ServerProcess.start()
            let sent = try await server.martlet("send", "--app", "spacetimedb", "--count", "5")
            #expect(sent.exitCode == 0, "\(sent.summary)")
            let exported = try await server.martlet(
                "export", "all", "--service", "spacetimedb", "--output", path("a"))
            #expect(exported.exitCode == 0, "\(exported.summary)")
            let written = try await runMartlet(["snapshot", "--files", path("a"), "--update", path("kept.snapshot")])
            #expect(written.exitCode == 0, "\(written.summary)")
            let kept = text(directory.url.appending(path: "kept.snapshot"))
            #expect(kept.contains("api.request"), "\(kept)")
            // Of the server, the same.
            let live = try await server.martlet(
                "snapshot", "--since", "1h", "--service", "spacetimedb", "--check", path("kept.snapshot"))
            #expect(live.exitCode == 0, "\(live.summary)")

            let other = try await ServerProcess.start()
            let imported = try await other.martlet("import", path("a"), "--new-ids", "--shift-to-now")
            #expect(imported.exitCode == 0, "\(imported.summary)")
            let again = try await other.martlet("export", "all", "--service", "spacetimedb", "--output", path("b"))
            #expect(again.exitCode == 0, "\(again.summary)")
            #expect(try await other.stop() == 0)
            let same = try await runMartlet(["snapshot", "--files", path("b"), "--check", path("kept.snapshot")])
            #expect(same.exitCode == 0, "\(same.summary)")

            let changed = directory.url.appending(path: "b/traces/traces.jsonl")
            // Which operations of the database the samples have is chance; each trace has a request.
            try Data(text(changed).replacing("\"api.request\"", with: "\"api.changed\"").utf8).write(to: changed)
            let different = try await runMartlet(["snapshot", "--files", path("b"), "--check", path("kept.snapshot")])
            #expect(different.exitCode == 1, "\(different.summary)")
            let lines = different.output.split(separator: "\n")
            #expect(lines.contains { $0.hasPrefix("-") && $0.contains("api.request") }, "\(different.output)")
            #expect(lines.contains { $0.hasPrefix("+") && $0.contains("api.changed") }, "\(different.output)")
            #expect(text(directory.url.appending(path: "kept.snapshot")) == kept, "--check has written")

            let updated = try await runMartlet(["snapshot", "--files", path("b"), "--update", path("kept.snapshot")])
            #expect(updated.exitCode == 0, "\(updated.summary)")
            #expect(text(directory.url.appending(path: "kept.snapshot")).contains("api.changed"))
            #expect(
                try await runMartlet(["snapshot", "--files", path("b"), "--check", path("kept.snapshot")]).exitCode == 0
            )
            #expect(try await server.stop() == 0)
        }

        @Test("a snapshot of one trace has its spans and no ids or times")
        func trace() async throws {
            let server = try await ServerProcess.start()
            let root = TestSpan(name: "GET /", kind: 2)
            let child = TestSpan(trace: root.trace, parent: root.id, name: "SELECT", kind: 3)
            let stranger = TestSpan(name: "other")
            let body = TestSpan.request([("snapped", [root, child, stranger])])
            #expect(try await server.post("traces", body).status == 200)
            try await server.flush()
            let result = try await server.martlet("snapshot", "--trace", root.trace)
            #expect(result.exitCode == 0, "\(result.summary)")
            #expect(result.output.contains("GET /") && result.output.contains("SELECT"))
            for absent in ["other", root.trace, root.id, "\(root.start)"] {
                #expect(!result.output.contains(absent), "\(absent)")
            }
            let missing = try await server.martlet("snapshot", "--trace", hexDigits(randomBytes(16)))
            #expect(missing.exitCode == 1, "\(missing.summary)")
            #expect(try await server.stop() == 0)
            let nobody = try await server.martlet("snapshot", "--trace", root.trace)
            #expect(nobody.exitCode == 3, "\(nobody.summary)")
        }
    }
}
