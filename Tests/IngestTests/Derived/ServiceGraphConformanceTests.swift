import Codecs
import Foundation
import OTLPMessages
import TelemetryModel
import Testing

@testable import Ingest

/// The traces of `conformance/tempo/servicegraphs` and the edges that Tempo's documentation ("Service graphs") promises
/// for them.
@Suite struct ServiceGraphConformanceTests {
    /// `shared` stands beside the repository and is not part of it.
    private static var folder: URL {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let shared =
            ProcessInfo.processInfo.environment["MARTLET_SHARED"].map { URL(filePath: $0) }
            ?? package.deletingLastPathComponent().appending(path: "shared")
        return shared.appending(path: "conformance/tempo/servicegraphs")
    }

    /// The spans of a file. Tempo writes ids as base64, as generic protobuf libraries do.
    private static func request(_ file: String) throws -> OTLPTraceRequest? {
        guard let data = try? Data(contentsOf: folder.appending(path: file)) else {
            print("SKIPPED: \(folder.appending(path: file).path(percentEncoded: false)) does not exist")
            return nil
        }
        let json = withHexIDs(try JSONSerialization.jsonObject(with: data))
        var repairs = RepairCounts()
        return try OTLPJSONDecoder.decodeTraces(
            [UInt8](try JSONSerialization.data(withJSONObject: json)), repairs: &repairs)
    }

    private static func withHexIDs(_ value: Any) -> Any {
        if let list = value as? [Any] { return list.map(withHexIDs) }
        guard let object = value as? [String: Any] else { return value }
        var result = object.mapValues(withHexIDs)
        for key in ["traceId", "spanId", "parentSpanId"] {
            guard let text = object[key] as? String, let bytes = Data(base64Encoded: text) else { continue }
            result[key] = Hex.encode(bytes)
        }
        return result
    }

    private func emission(
        _ file: String, _ change: (inout DerivedOptions) -> Void = { _ in }
    ) async throws -> (Emission, DerivedStatistics)? {
        guard let request = try Self.request(file) else { return nil }
        let fixture = DerivedFixture(change)
        fixture.metrics.observe(fixture.batch(request))
        await fixture.emit()
        return (try fixture.sink.take(), fixture.metrics.statistics)
    }

    @Test(
        arguments: [
            ("trace-with-queue-database.json", "postgres"), ("trace-with-queue-database2.json", "mythical-database"),
            ("trace-with-queue-database4.json", "mythical-database:5432"),
            ("trace-with-queue-database5.json", "mythical-database"), ("trace-with-db-namespace.json", "mydb"),
            ("trace-with-both-db-attributes.json", "priority-db"), ("trace-with-db-system-name.json", "postgresql"),
            ("trace-without-database-name.json", "mythical-database"),
        ])
    func `a request, a message and a database make three edges`(file: String, database: String) async throws {
        guard let (emission, _) = try await emission(file) else { return }
        #expect(
            emission.edges() == [
                "mythical-requester>mythical-server:": 1,
                "mythical-requester>mythical-recorder:messaging_system": 1,
                "mythical-server>\(database):database": 1,
            ])
        #expect(emission.edges("traces_service_graph_request_failed_total").isEmpty)
        let request = ["client": "mythical-requester", "server": "mythical-server"]
        let clientSum = try #require(emission.value("traces_service_graph_request_client_seconds_sum", request))
        let serverSum = try #require(emission.value("traces_service_graph_request_server_seconds_sum", request))
        #expect(abs(clientSum - 0.045) < 0.001 && abs(serverSum - 0.029) < 0.001)
        let queue = "traces_service_graph_request_messaging_system_seconds_sum"
        let message = try #require(emission.value(queue, ["server": "mythical-recorder"]))
        #expect(abs(message - 0.0098816) < 1e-9)
    }

    @Test func `dimensions come from either side, with or without prefixes`() async throws {
        for prefixes in [true, false] {
            let result = try await emission("trace-with-queue-database.json") {
                $0.serviceGraph.dimensions = ["beast", "god"]
                $0.serviceGraph.prefixesDimensions = prefixes
            }
            guard let (emission, _) = result else { return }
            let labels =
                prefixes
                ? [
                    "client_beast": "manticore", "server_beast": "manticore", "client_god": "ares",
                    "server_god": "zeus",
                ]
                : ["beast": "manticore", "god": "zeus"]
            #expect(emission.value("traces_service_graph_request_total", labels) == 1)
        }
    }

    @Test func `of four edges one stays alone`() async throws {
        guard let (emission, statistics) = try await emission("trace-with-expired-edges.json") else { return }
        #expect(
            emission.edges() == [
                "user>mythical-server:virtual_node": 1, "mythical-server>mythical-requester:": 1,
                "mythical-requester>mysql:database": 1,
            ])
        #expect(statistics.sidesUnpaired == 1)
        #expect(statistics.edgesCompleted == 3)
    }

    @Test func `every span counts in the span metrics`() async throws {
        guard let request = try Self.request("trace-with-queue-database.json"),
            let (emission, _) = try await emission("trace-with-queue-database.json")
        else { return }
        let spans = request.resourceSpans.reduce(0) { $0 + $1.scopeSpans.reduce(0) { $0 + $1.spans.count } }
        let calls = emission.series("traces_spanmetrics_calls_total")
        #expect(calls.reduce(0) { $0 + (emission.samples[$1]?.last?.value ?? 0) } == Double(spans))
    }
}
