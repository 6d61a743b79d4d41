import Foundation
import Glibc
import Testing

extension EndToEnd {
    /// `martlet load` and `martlet flush` against a running server.
    @Suite(.server())
    struct LoadTests {
        private static let items = 3_200

        /// Runs a load that has to succeed and returns its report.
        private func load(_ arguments: String...) async throws -> JSONValue {
            let server = try ServerProcess.shared
            let result = try await runMartlet(["load", "--data", server.data.path, "--json"] + arguments)
            #expect(result.exitCode == 0, "\(result.summary)")
            return try result.decode(JSONValue.self)
        }

        @Test(
            "every signal over every protocol is accepted, stored, and stored once",
            arguments: ["traces", "metrics", "logs"], ["grpc", "http-protobuf", "http-json"])
        func everyProtocol(signal: String, transport: String) async throws {
            // A last request that is not full.
            let report = try await load(
                "--signal", signal, "--protocol", transport, "--items", "\(Self.items)", "--batch", "300",
                "--connections", "2")
            let items = Int64(Self.items)
            #expect(report["protocol"].string == transport)
            #expect(report["items"]["sent"].integer == items)
            #expect(report["items"]["accepted"].integer == items)
            #expect(report["signals"][signal]["stored"].integer == items)
            #expect(report["signals"][signal]["rows"].integer == items)
            #expect(report["verification"]["state"] == "counted")
            #expect(report["verification"]["lost"] == 0 && report["verification"]["doubled"] == 0)
            #expect(report["errors"].object.isEmpty)
            #expect(report["requests"].integer == 11)
            #expect(report["latencyMilliseconds"]["max"].double ?? 0 > 0)
            #expect(report["serverCPUSeconds"].double ?? -1 >= 0)
            #expect(report["ok"] == true)
        }

        @Test("all signals take turns, compressed", arguments: ["grpc", "http-protobuf", "http-json"])
        func allCompressed(transport: String) async throws {
            let report = try await load(
                "--signal", "all", "--protocol", transport, "--items", "1500", "--batch", "100", "--compression", "gzip"
            )
            for signal in ["traces", "metrics", "logs"] {
                #expect(report["signals"][signal]["stored"].integer == 500, "\(signal)")
            }
            if let wire = report["bytes"]["wire"].integer {
                #expect(wire < report["bytes"]["raw"].integer ?? 0)
            } else {
                #expect(transport == "grpc")
            }
        }

        @Test("a trace of any shape over many requests is one trace", arguments: ["typical", "small", "wide", "deep"])
        func oneTrace(shape: String) async throws {
            let report = try await load(
                "--shape", shape, "--items", "2000", "--trace-spans", "2000", "--batch", "150")
            let run = try #require(report["run"].string)
            let row = try await ServerProcess.shared.row(
                """
                SELECT uniqExact(trace_id) AS traces, uniqExact(span_id) AS spans,
                    countIf(parent_span_id = toFixedString('', 8)) AS roots,
                    countIf(parent_span_id != toFixedString('', 8) AND parent_span_id NOT IN (
                        SELECT span_id FROM telemetry.spans)) AS orphans
                FROM telemetry.spans WHERE resource_id IN (
                    SELECT id FROM telemetry.resources WHERE attributes['martlet.load.run'] = '\(run)')
                """)
            #expect(row["traces"].integer == 1 && row["spans"].integer == 2_000)
            #expect(row["roots"].integer == 1 && row["orphans"].integer == 0)
        }

        @Test("a rate is kept, and a run is named by its seed")
        func rate() async throws {
            let report = try await load(
                "--rate", "1000", "--duration", "2s", "--batch", "50", "--seed", "11259375", "--protocol",
                "http-protobuf")
            #expect(report["run"] == "0000000000abcdef")
            #expect(report["items"]["sent"].integer == 2_000)
            #expect(report["late"] == 0)
            #expect(report["seconds"].double ?? 0 >= 1.9)
        }

        @Test("the items of a run that is sent twice are told as doubled, with exit code 1")
        func doubled() async throws {
            let server = try ServerProcess.shared
            let arguments = ["load", "--data", server.data.path, "--json", "--items", "100", "--seed", "77"]
            #expect(try await runMartlet(arguments).exitCode == 0)
            let again = try await runMartlet(arguments)
            #expect(again.exitCode == 1, "\(again.summary)")
            let report = try again.decode(JSONValue.self)
            #expect(report["verification"]["doubled"].integer == 100)
            #expect(report["ok"] == false)
        }

        @Test("another receiver is not asked what it has stored; one that is not there is exit code 3")
        func otherReceiver() async throws {
            let server = try ServerProcess.shared
            let there = try await runMartlet([
                "load", "--endpoint", server.url("otlp_http"), "--protocol", "http-protobuf", "--items", "100",
                "--json",
            ])
            #expect(there.exitCode == 0, "\(there.summary)")
            #expect(try there.decode(JSONValue.self)["verification"]["state"] == "skipped")
            for transport in ["grpc", "http-protobuf"] {
                let nowhere = try await runMartlet([
                    "load", "--endpoint", "http://127.0.0.1:9", "--protocol", transport, "--items", "100",
                ])
                #expect(nowhere.exitCode == 3, "\(nowhere.summary)")
            }
        }

        @Test("Ctrl-C ends the sending, and the report still comes")
        func interrupted() async throws {
            let server = try ServerProcess.shared
            let output = server.directory.url.appending(path: "interrupted-\(uniqueRun())")
            let child = try ChildProcess.start(
                Location.binary, ["load", "--data", server.data.path, "--json", "--duration", "60s"],
                environment: childEnvironment(), directory: server.directory.url, output: output, errors: nil)
            defer { child.reap() }
            let before = try await server.row("SELECT count() AS spans FROM telemetry.spans")["spans"].integer ?? 0
            _ = try await poll("spans of the load") {
                let row = try await server.row("SELECT count() AS spans FROM telemetry.spans")
                return row["spans"].integer ?? 0 > before ? true : nil
            }
            kill(child.processID, SIGINT)
            let exitCode = try await poll("the end of the load") { child.exitCode }
            #expect(exitCode == 0, "\(text(output))")
            let report = try JSONValue.decode(Array(text(output).utf8))
            #expect(report["verification"]["lost"] == 0)
            #expect(report["items"]["accepted"].integer ?? 0 > 0)
        }

        @Test("flush says what is stored")
        func flush() async throws {
            let server = try ServerProcess.shared
            let result = try await server.martlet("flush", "--json", "--timeout", "20s")
            #expect(result.exitCode == 0, "\(result.summary)")
            let answer = try result.decode(JSONValue.self)
            #expect(answer["status"] == "stored")
            #expect(answer["signals"]["traces"]["stored"].integer != nil)
            let sentence = try await server.martlet("flush")
            #expect(sentence.exitCode == 0 && sentence.output.contains("stored"), "\(sentence.summary)")
        }
    }
}
