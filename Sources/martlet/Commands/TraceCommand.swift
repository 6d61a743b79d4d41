import ArgumentParser
import MartletServer
import OTLPMessages
import SwiftProtobuf
import TelemetryModel
import TraceAnalysis

struct TraceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Draw a trace as a waterfall, or what it waits for.",
        discussion: """
            Of a large trace the spans with errors and those that take the longest are drawn, each with all above it. \
            ! marks an error, ~ a time that cannot be right. Examples:

              martlet trace 0af7651916cd43dd8448eb211c80319c
              martlet trace 0af7651916cd43dd8448eb211c80319c --critical-path
              martlet trace 0af7651916cd43dd8448eb211c80319c --otlp > trace.json
            """)

    /// A larger trace is drawn from its shape, without the attributes of its spans.
    private static let wholeSpansMax = 5000

    @OptionGroup var server: ServerOptions

    @Argument(help: "Trace id in hex.")
    var id: String

    @Flag(name: .long, help: "Show the critical path: what the trace waits for from its start to its end.")
    var criticalPath = false

    @Flag(name: .long, help: "Print what would be drawn as JSON, all of it.")
    var json = false

    @Flag(name: .long, help: "Print the trace as OTLP JSON.")
    var otlp = false

    @Option(name: .long, help: "Spans or sections to draw at most; 0 for all.")
    var limit = 200

    @Flag(name: .long, help: "Draw all.")
    var all = false

    func validate() throws {
        guard TraceID(hex: id) != nil else {
            throw ValidationError("a trace id is 1 to 32 hex digits, not \(id)")
        }
        if limit < 0 { throw ValidationError("--limit is not negative") }
        if otlp, json || criticalPath { throw ValidationError("--otlp is the trace as it is, without a view of it") }
    }

    func run() async throws {
        let state = try server.state()
        // JSON has the ids of spans and what they say, which the shape alone has not.
        if !otlp, !json, let api = state.url("api") {
            let pages = TracePages(url: api, id: id)
            if let count = await pages.count(), count > Self.wholeSpansMax || state.url("tempo") == nil {
                return try await show(pages, count)
            }
        }
        let url = try server.url("tempo")
        let answer = try await HTTPCalls.send(
            "GET", "\(url)/api/\(otlp ? "v2/" : "")traces/\(id)",
            headers: [("Accept", otlp ? "application/json" : "application/protobuf")], timeout: .seconds(300))
        guard answer.status == 200 else { throw CommandFailure(.no, Self.problem(answer, url: url)) }
        if otlp {
            StandardOutput.write(answer.body + [UInt8(ascii: "\n")])
            return
        }
        let trace: (skeleton: TraceSkeleton, messages: [SpanID: String])
        do {
            trace = Self.skeleton(try OTLPTracesData(serializedBytes: answer.body))
        } catch {
            throw CommandFailure(.no, "the server's answer is not a trace: \(error)")
        }
        show(TraceTree(trace.skeleton), messages: trace.messages)
    }

    /// What to say when there is no trace in the answer: that it is not stored, or that this is no such API.
    static func problem(_ answer: HTTPAnswer, url: String) -> String {
        let text = answer.text.trimmingNewlines()
        guard answer.status == 404, text.hasPrefix("trace "), text.utf8.count < 200 else {
            return TraceQLRequest.problem(answer, url: url)
        }
        return TerminalText.escaped(text)
    }

    /// Draws a trace from its shape.
    private func show(_ pages: TracePages, _ count: Int) async throws {
        let tree = try await pages.tree(spans: count)
        var messages: [Int: String] = [:]
        if !criticalPath, tree.count(of: .error) > 0 {
            let shown = TraceRows(tree, limit: shownMax).lazy.compactMap { line -> Int? in
                guard case .span(let row) = line.content, tree.flags[row].contains(.error) else { return nil }
                return row
            }
            messages = await pages.messages(rows: Array(shown.prefix(TracePages.messagesMax)), spans: tree.count)
        }
        show(tree, messagesOfRows: messages)
    }

    private var shownMax: Int? { all || limit == 0 ? nil : limit }

    /// Writes the view that was asked for to standard output.
    func show(_ tree: TraceTree, messages: [SpanID: String] = [:], messagesOfRows: [Int: String] = [:]) {
        if json {
            let document = TraceJSON(tree: tree, messages: messages)
            if criticalPath {
                document.writeCriticalPath(CriticalPath(tree)) { StandardOutput.write($0) }
            } else {
                document.writeWaterfall { StandardOutput.write($0) }
            }
            StandardOutput.write("\n")
        } else if criticalPath {
            CriticalPathView(
                tree: tree, path: CriticalPath(tree), width: StandardOutput.width, colors: StandardOutput.isTerminal,
                limit: shownMax
            ).write { StandardOutput.write($0 + "\n") }
        } else {
            TraceWaterfallView(
                tree: tree, messages: messages, messagesOfRows: messagesOfRows, width: StandardOutput.width,
                colors: StandardOutput.isTerminal, limit: shownMax
            ).write { StandardOutput.write($0 + "\n") }
        }
    }

    /// The shape of a trace, and what its spans say about their status.
    static func skeleton(_ trace: OTLPTracesData) -> (skeleton: TraceSkeleton, messages: [SpanID: String]) {
        var builder = TraceSkeletonBuilder()
        var messages: [SpanID: String] = [:]
        for group in trace.resourceSpans {
            let service = group.resource.attributes.first { $0.key == "service.name" }?.value.stringValue ?? ""
            for span in group.scopeSpans.lazy.flatMap(\.spans) {
                let id = SpanID(bytes: span.spanID) ?? .zero
                if !span.status.message.isEmpty { messages[id] = span.status.message }
                let start = Int64(clamping: span.startTimeUnixNano)
                builder.add(
                    id: id, parent: SpanID(bytes: span.parentSpanID) ?? .zero, start: start,
                    duration: Int64(clamping: span.endTimeUnixNano) - start, service: service, operation: span.name,
                    kind: UInt8(clamping: span.kind.rawValue), status: UInt8(clamping: span.status.code.rawValue))
            }
        }
        return (builder.finish(), messages)
    }
}
