import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// A block whose end is not known: the log says that it was to be stored, and not that it is.
    @Suite
    struct UnknownEndTests {
        /// What the engine has of the block.
        enum Left: String, CaseIterable, Sendable, CustomTestStringConvertible {
            /// The kill came after the insert.
            case rowsAndToken
            /// The kill came between the engine's note of the token and the renaming of the part.
            case tokenWithoutRows
            /// The power went: the part was synced, the note was not.
            case rowsWithoutToken
            /// The kill came before the insert.
            case nothing
            var testDescription: String { rawValue }
        }

        private static let tables: [NumberedItems.Signal: String] = [
            .traces: "spans", .logs: "logs", .metrics: "metric_samples",
        ]

        @Test("is stored once, whatever the engine has of it", arguments: Left.allCases, NumberedItems.Signal.allCases)
        func unknownEnd(_ left: Left, _ signal: NumberedItems.Signal) async throws {
            let server = try await ServerProcess.start(settings: ["ingest.flush_interval": "1h"])
            let numbers = ItemNumbers()
            let sender = NumberedSender(server: server, numbers: numbers, service: "end-\(uniqueRun())")
            #expect(await sender.send(signal, .protobuf, count: 1)?.status == 200)
            _ = try await poll("the first rows to be stored") { try await server.waiting() == 0 ? true : nil }
            for encoding in NumberedItems.Encoding.allCases {
                #expect(await sender.send(signal, encoding, count: 5)?.status == 200)
            }
            try await server.flush()
            let table = try #require(Self.tables[signal])
            let row = try await server.row(
                """
                SELECT argMax(path, min_block_number) AS part, any(t.data_paths[1]) AS directory
                FROM system.parts AS p INNER JOIN system.tables AS t ON p.table = t.name AND p.database = t.database
                WHERE p.database = 'telemetry' AND p.table = '\(table)' AND p.active
                """)
            server.kill(SIGKILL)
            try await server.waitForExit()
            // The commit is the last that was written.
            var segment = try LogSegment(newestOf: signal.rawValue, in: server.data)
            let commit = try #require(segment.frames.last)
            #expect(commit.kind == 4 && segment.frames.dropLast().last?.kind == 3)
            try segment.cut(to: commit.offset)
            if left == .tokenWithoutRows || left == .nothing {
                try FileManager.default.removeItem(atPath: try #require(row["part"].string))
            }
            if left == .rowsWithoutToken || left == .nothing {
                let directory = try #require(row["directory"].string)
                try FileManager.default.removeItem(atPath: directory + "/deduplication_logs")
            }
            for _ in 0..<2 {
                try await server.start()
                let comparison = try await numbers.compare(with: server, services: sender.service)
                #expect(comparison.isRight, "\(comparison)\n\(server.replay)")
                #expect(try await server.stop() == 0)
            }
        }
    }
}
