import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// What goes wrong below the server: fatal signals, a full disk, a missing or foreign library.
    @Suite
    struct EngineFailureTests {
        /// The engine's own handlers would keep the process for ever; see `FatalSignals`.
        @Test("a fatal signal ends the process with that signal", arguments: [SIGSEGV, SIGABRT, SIGILL, SIGTRAP])
        func fatalSignalEndsTheProcess(signal: Int32) async throws {
            let server = try await ServerProcess.start()
            server.kill(signal)
            #expect(try await server.waitForExit() == -signal)
        }

        @Test("a full disk refuses with 503, keeps what is stored, and recovers when there is room")
        func fullDisk() async throws {
            let directory = try TemporaryDirectory()
            // The size is far above an empty store and far below what filling it would take long.
            let mount = try await run(
                URL(filePath: "/usr/bin/env"),
                ["mount", "-t", "tmpfs", "-o", "size=4m", "martlet-test", directory.path])
            guard mount.exitCode == 0 else {
                print("SKIPPED: a small file system cannot be mounted here: \(mount.errors)")
                return
            }
            let data = directory.path + "/data"
            let filler = directory.path + "/filler"
            let started = try await runMartlet(["start", "--data", data, "--free-ports"])
            #expect(started.exitCode == 0, "\(started.summary)")
            let first = try await runMartlet(["send", "--data", data, "--app", "spacetimedb", "--count", "3"])
            #expect(first.exitCode == 0, "\(first.summary)")
            let countBefore = try await count(data)
            #expect(countBefore > 0)

            try await fill(filler)
            let refused = try await runMartlet(
                ["send", "--data", data, "--app", "spacetimedb", "--protocol", "http-json", "--count", "3"])
            #expect(refused.exitCode == 1, "\(refused.summary)")
            #expect(
                refused.errors.contains("503") && refused.errors.contains("free space on its disk"),
                "\(refused.summary)")
            #expect(try await count(data) == countBefore)
            let other = try await runMartlet(["start", "--data", directory.path + "/other", "--free-ports"])
            #expect(other.exitCode == 1 && other.errors.contains("full"), "\(other.summary)")

            try FileManager.default.removeItem(atPath: filler)
            let again = try await runMartlet(["send", "--data", data, "--app", "spacetimedb", "--count", "3"])
            #expect(again.exitCode == 0, "\(again.summary)")
            #expect(try await count(data) > countBefore)
            #expect(try await runMartlet(["stop", "--data", data]).exitCode == 0)
            let unmount = try await run(URL(filePath: "/usr/bin/env"), ["umount", "-l", directory.path])
            #expect(unmount.exitCode == 0, "\(unmount.summary)")
        }

        @Test("a missing engine is told with the command that installs it")
        func missingEngine() async throws {
            let directory = try TemporaryDirectory()
            let environment = ["MARTLET_CACHE": directory.path + "/cache"]
            let status = try await runMartlet(["engine", "status"], environment: environment)
            #expect(status.exitCode == 1 && status.errors.contains("martlet engine install"), "\(status.summary)")
            let serve = try await runMartlet(
                ["serve", "--data", directory.path + "/data", "--free-ports"], environment: environment)
            #expect(serve.exitCode == 1 && serve.errors.contains("martlet engine install"), "\(serve.summary)")
        }

        @Test("an installation without network and wheel says what to do, and leaves nothing half done")
        func installationWithoutTheWheel() async throws {
            let directory = try TemporaryDirectory()
            let result = try await runMartlet(
                ["engine", "install", "--wheels", directory.path],
                environment: ["MARTLET_CACHE": directory.path + "/cache"])
            #expect(result.exitCode == 1 && result.errors.contains("--wheels"), "\(result.summary)")
            let left = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
            #expect(!left.contains { $0.hasSuffix(".so") || $0.contains(".partial") }, "\(left)")
        }

        @Test("a library that is not the engine is refused by name")
        func foreignLibrary() async throws {
            let directory = try TemporaryDirectory()
            let library = try #require(
                ["/lib/x86_64-linux-gnu/libz.so.1", "/lib/aarch64-linux-gnu/libz.so.1", "/usr/lib/libz.so.1"]
                    .first { FileManager.default.fileExists(atPath: $0) })
            let result = try await runMartlet(
                ["serve", "--data", directory.path + "/data", "--free-ports", "--set", "engine.library=\(library)"])
            #expect(result.exitCode == 1, "\(result.summary)")
            #expect(result.errors.contains(library) && result.errors.contains("ADBC"), "\(result.summary)")
        }

        @Test("a started server holds no file that its starter had open")
        func startedServerHoldsNothingOfItsStarter() async throws {
            let directory = try TemporaryDirectory()
            let held = directory.path + "/held"
            let script = "exec 9>\"$1\"; \"$2\" start --data \"$3\" --free-ports --json"
            let result = try await run(
                URL(filePath: "/bin/sh"), ["-c", script, "sh", held, Location.binary.path, directory.path + "/data"])
            #expect(result.exitCode == 0, "\(result.summary)")
            struct State: Decodable { let pid: Int32 }
            let process = try result.decode(State.self).pid
            let links = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").compactMap {
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/fd/\($0)")
            }
            #expect(!links.isEmpty)
            #expect(!links.contains(held))
            #expect(try await runMartlet(["stop", "--data", directory.path + "/data"]).exitCode == 0)
        }

        private func count(_ data: String) async throws -> Int {
            let result = try await runMartlet(
                ["query", "--data", data, "--format", "TabSeparated", "SELECT count() FROM spans"])
            return try #require(Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(result.summary)")
        }

        /// Writes a file until nothing more fits.
        private func fill(_ path: String) async throws {
            let result = try await run(
                URL(filePath: "/bin/sh"),
                ["-c", "dd if=/dev/zero of=\"$1\" bs=4k 2>/dev/null; df --output=avail \"$1\"", "sh", path])
            #expect(
                result.output.contains("\n    0") || result.output.hasSuffix(" 0\n") || result.output.hasSuffix("0\n"))
        }
    }
}
