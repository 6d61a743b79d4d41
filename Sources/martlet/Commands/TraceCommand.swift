import ArgumentParser
import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Draw a trace as a waterfall.")

    @OptionGroup var server: ServerOptions

    @Argument(help: "Trace id in hex.")
    var id: String

    @Flag(name: .long, help: "Print the trace as OTLP JSON.")
    var json = false

    @Option(name: .long, help: "Spans to draw at most; 0 for all.")
    var limit = 1000

    func run() async throws {
        guard TraceID(hex: id) != nil else {
            throw ValidationError("a trace id is 1 to 32 hex digits, not \(id)")
        }
        let url = try server.url("tempo")
        let answer = try await HTTPCalls.send(
            "GET", "\(url)/api/\(json ? "v2/" : "")traces/\(id)",
            headers: [("Accept", json ? "application/json" : "application/protobuf")], timeout: .seconds(300))
        guard answer.status == 200 else { throw CommandFailure(.no, answer.text.trimmingNewlines()) }
        if json {
            StandardOutput.write(answer.body + [UInt8(ascii: "\n")])
            return
        }
        let spans: [WaterfallSpan]
        do {
            spans = Self.spans(try OTLPTracesData(serializedBytes: answer.body))
        } catch {
            throw CommandFailure(.no, "the server's answer is not a trace: \(error)")
        }
        let lines = Waterfall(spans: spans, width: StandardOutput.width, colors: StandardOutput.isTerminal).lines
        let shown = limit > 0 ? lines.prefix(limit + 1) : lines[...]
        for line in shown { StandardOutput.write(line + "\n") }
        if shown.count < lines.count {
            StandardOutput.write("… \(lines.count - shown.count) more spans; --limit 0 draws all\n")
        }
    }

    private static func spans(_ trace: OTLPTracesData) -> [WaterfallSpan] {
        trace.resourceSpans.flatMap { group in
            let service =
                group.resource.attributes.first { $0.key == "service.name" }?.value.stringValue ?? ""
            return group.scopeSpans.flatMap(\.spans).map { span in
                WaterfallSpan(
                    id: Hex.encode(span.spanID),
                    parentID: span.parentSpanID.isEmpty ? nil : Hex.encode(span.parentSpanID),
                    name: span.name, service: service, startNanoseconds: span.startTimeUnixNano,
                    durationNanoseconds: Int64(clamping: span.endTimeUnixNano)
                        - Int64(clamping: span.startTimeUnixNano),
                    isError: span.status.code == .error, statusMessage: span.status.message)
            }
        }
    }
}
