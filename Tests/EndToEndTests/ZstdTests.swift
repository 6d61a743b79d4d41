import Foundation
import Testing

private let zstdLimit = 1 << 20

extension EndToEnd {
    /// Bodies packed with zstd, over HTTP and gRPC.
    @Suite(.server(["otlp.max_body_bytes": "\(zstdLimit)B"]))
    struct ZstdTests {

        struct Answer: Decodable {
            let name: String
            let status: Int
            let message: String
        }

        @Test(
            "whole frames are taken; what is cut short is refused as malformed, what is too large as too large",
            arguments: ["http-protobuf", "http-json", "grpc"])
        func zstd(_ transport: String) async throws {
            let server = try ServerProcess.shared
            let service = "zstd-\(uniqueRun())"
            let isGRPC = transport == "grpc"
            let target = isGRPC ? server.address("otlp_grpc") : server.url("otlp_http")
            try server.resetPeakMemory()
            let before = try server.memory().now
            let (answers, _) = try await PythonEnvironment.client(
                "zstd_post.py", [transport, target, service, "\(zstdLimit)"], as: [Answer].self)
            let peak = try server.memory().peak
            // OK, INVALID_ARGUMENT and RESOURCE_EXHAUSTED in gRPC.
            let (fine, malformed, tooLarge) = isGRPC ? (0, 3, 8) : (200, 400, 413)
            let statuses = Dictionary(answers.map { ($0.name, $0.status) }) { $1 }
            #expect(
                statuses == [
                    "fine": fine, "streamed": fine, "frames": fine, "fine again": fine,
                    "truncated": malformed, "truncated frame": malformed, "wrong checksum": malformed,
                    "wide window": malformed, "not zstd": malformed, "empty": malformed,
                    "bomb": tooLarge, "bomb without a size": tooLarge, "bomb in frames": tooLarge,
                ])
            #expect(answers.filter { $0.status != fine }.allSatisfy { !$0.message.isEmpty })
            for answer in answers where answer.status == malformed {
                #expect(answer.message.contains("zstd"), "\(answer.name): \(answer.message)")
            }
            #expect(peak - before < 150_000_000, "memory grew by \((peak - before) / 1_000_000) MB")
            try await server.flush()
            let rows = try await server.rows(
                "SELECT name FROM telemetry.spans WHERE service = '\(service)' ORDER BY name")
            #expect(rows.map { $0["name"] } == ["fine", "fine again", "frames", "streamed"])
        }
    }
}
