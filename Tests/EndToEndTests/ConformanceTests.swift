import Foundation
import Testing

extension EndToEnd {
    @Suite(.server())
    struct ConformanceTests {
        @Test("the shared OTLP acceptance cases pass over HTTP and gRPC")
        func otlpAcceptance() async throws {
            let runner = Location.shared.appending(path: "tools/otlp_accept.py")
            guard FileManager.default.fileExists(atPath: runner.path) else {
                print("SKIPPED: ../shared not present")
                return
            }
            let server = try ServerProcess.shared
            let result = try await run(
                try await PythonEnvironment.python(),
                [runner.path, "--base-url", server.url("otlp_http"), "--grpc", server.address("otlp_grpc"), "-v"],
                environment: ["PYTHONDONTWRITEBYTECODE": "1"], deadline: .seconds(600))
            let last = result.output.split(separator: "\n").last ?? ""
            print("otlp_accept.py: \(last)")
            let notes = result.output.split(separator: "\n").filter { $0.contains("SHOULD not met") }
            for note in notes { print(note) }
            #expect(result.exitCode == 0, "\(result.summary)")
            // A runner that ran nothing must not pass for one that found nothing.
            #expect(last.contains("passed") && !last.hasPrefix("0 passed"))
            #expect(!result.output.contains("grpcio not installed"))
        }
    }
}
