import ArgumentParser
import AsyncHTTPClient
import TelemetryFiles

/// Where `import` and `replay` read and send.
struct ImportOptions: ParsableArguments {
    /// More do not help: one reader feeds them all.
    private static let connectionsMax = 64

    @OptionGroup var server: ServerOptions

    @Option(
        name: .long, help: "Send to this receiver instead of the running server, for example http://127.0.0.1:4318.")
    var endpoint: String?

    @Option(name: .customLong("protocol"), help: "grpc, http-protobuf or http-json.")
    var transport = OTLPProtocol.httpProtobuf

    @Option(name: .long, help: "none or gzip.")
    var compression = RequestCompression.none

    @Option(name: .long, help: "Requests that are under way at a time.")
    var connections = 4

    @Flag(name: .long, help: "Stop at the first line or message that cannot be read.")
    var strict = false

    @Flag(
        name: .customLong("new-ids"),
        help: "Give new trace and span ids, so that the same files can be sent again; links, exemplars and logs follow."
    )
    var newIDs = false

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    @Argument(help: "Files, or directories of a mirror, an export or a run; - is standard input.")
    var paths: [String]

    func validate() throws {
        guard (1...Self.connectionsMax).contains(connections) else {
            throw ValidationError("--connections wants 1 to \(Self.connectionsMax), not \(connections)")
        }
    }

    /// - Throws: exit code 3 when no server runs.
    func target() throws -> ExportTarget {
        let url = try endpoint ?? server.url(transport == .grpc ? "otlp_grpc" : "otlp_http")
        return ExportTarget(
            transport, url: url.hasSuffix("/") ? String(url.dropLast()) : url, isOwnServer: endpoint == nil,
            compression: compression)
    }

    /// The server's flush barrier; nil for another receiver.
    func flush() async throws -> FlushAnswer? {
        guard endpoint == nil else { return nil }
        return try await FlushCall.send(try server.url("api"), timeout: .seconds(120))
    }
}
