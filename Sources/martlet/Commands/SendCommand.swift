import ArgumentParser
import Codecs
import MartletServer
import OTLPMessages
import Samples
import TelemetryModel

/// Whose telemetry to send.
enum SampleChoice: String, CaseIterable, ExpressibleByArgument {
    case spacetimedb, automagik, reifydb, all

    var applications: [SampleApplication] {
        SampleApplication(rawValue: rawValue).map { [$0] } ?? SampleApplication.allCases
    }
}

struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send sample telemetry over the real protocols.",
        discussion: """
            The samples are those of three applications: SpacetimeDB (requests, database operations, WebAssembly calls),
            Automagik (events of agents), ReifyDB (deep trees of query operators).
            """)

    @OptionGroup var server: ServerOptions

    @Option(name: .long, help: "Whose samples: spacetimedb, automagik, reifydb or all.")
    var app = SampleChoice.all

    @Option(name: .long, help: "Traces of each application.")
    var count = 10

    @Option(name: .customLong("protocol"), help: "grpc, http-protobuf or http-json.")
    var transport = OTLPProtocol.grpc

    @Option(
        name: .long, help: "Send to this receiver instead of the running server, for example http://127.0.0.1:4318.")
    var endpoint: String?

    @Flag(name: .long, help: "Print JSON.")
    var json = false

    private struct Sent {
        let application: SampleApplication
        let spans: Int
        let dataPoints: Int
        let logRecords: Int
        let traceIDs: [String]
    }

    func validate() throws {
        guard (1...100_000).contains(count) else { throw ValidationError("--count wants 1 to 100000, not \(count)") }
    }

    func run() async throws {
        let url = try endpoint ?? server.url(transport == .grpc ? "otlp_grpc" : "otlp_http")
        let sender = OTLPSender(transport: transport, url: url, isOwnServer: endpoint == nil)
        var sent: [Sent] = []
        for application in app.applications {
            var generator = SampleGenerator(
                application: application, seed: .random(in: .min ... .max), now: UInt64(Timestamp.now().nanoseconds))
            let sample = generator.next(traces: count)
            var requests: [OTLPRequest] = []
            if !sample.traces.resourceSpans.isEmpty { requests.append(.traces(sample.traces)) }
            if !sample.metrics.resourceMetrics.isEmpty { requests.append(.metrics(sample.metrics)) }
            if !sample.logs.resourceLogs.isEmpty { requests.append(.logs(sample.logs)) }
            try await sender.send(requests)
            sent.append(
                Sent(
                    application: application, spans: sample.counts.spans, dataPoints: sample.counts.dataPoints,
                    logRecords: sample.counts.logRecords, traceIDs: sample.traceIDs))
        }
        if json { StandardOutput.write(Self.jsonText(sent, url)) } else { show(sent, url) }
    }

    private func show(_ sent: [Sent], _ url: String) {
        let rows = sent.map { item in
            [
                item.application.rawValue, HumanText.count(item.spans), HumanText.count(item.dataPoints),
                HumanText.count(item.logRecords), item.traceIDs.first ?? "",
            ]
        }
        let table = TextTable(
            columns: [
                ("APPLICATION", .left), ("SPANS", .right), ("POINTS", .right), ("LOGS", .right),
                ("FIRST TRACE", .left),
            ], rows: rows)
        StandardOutput.write("acknowledged by \(url) (\(transport.rawValue))\n\n")
        StandardOutput.write(table.text(width: StandardOutput.width))
        if let id = sent.last?.traceIDs.first {
            let data = server.data.map { " --data \($0)" } ?? ""
            StandardOutput.write("\nTry: martlet trace\(data) \(id)\n")
        }
    }

    private static func jsonText(_ sent: [Sent], _ url: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.open("{")
        writer.key("endpoint")
        writer.string(url)
        writer.key("sent")
        writer.open("[")
        for item in sent {
            writer.separate()
            writer.open("{")
            writer.key("application")
            writer.string(item.application.rawValue)
            writer.key("spans")
            writer.integer(item.spans)
            writer.key("dataPoints")
            writer.integer(item.dataPoints)
            writer.key("logRecords")
            writer.integer(item.logRecords)
            writer.key("traceIDs")
            writer.open("[")
            for id in item.traceIDs {
                writer.separate()
                writer.string(id)
            }
            writer.close("]")
            writer.close("}")
        }
        writer.close("]")
        writer.close("}")
        writer.bytes.append(UInt8(ascii: "\n"))
        return writer.bytes
    }
}
