import Codecs
import MartletServer
import NIOCore
import OTLPMessages
import Recordings
import SwiftProtobuf
import TelemetryModel
import Verification

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The telemetry of a running server, over its own ports.
struct ServerSource: TelemetrySource {
    /// Of the flush barrier.
    private static let settleTime = Duration.seconds(60)

    let state: ServerState

    /// - Throws: `CommandFailure` with exit code 3 when no server runs.
    init(options: ServerOptions) throws {
        state = try options.state()
    }

    init(_ state: ServerState) {
        self.state = state
    }

    var title: String { state.url("api") ?? state.endpoints.first?.url ?? "server" }

    func settle() async throws {
        let api = try url("api")
        try await Self.speaking { _ = try await FlushCall.send(api, timeout: Self.settleTime) }
    }

    func recording(_ window: RecordingWindow, itemsMax: Int) async throws -> Recording {
        let api = try url("api")
        var builder = RecordingBuilder(itemsMax: itemsMax)
        for signal in Signal.allCases where window.signals.contains(signal) {
            // Points belong to no trace.
            if signal == .metrics && !window.traces.isEmpty { continue }
            var frames = ExportFrames()
            try await ExportCall(url: api, signal: signal, form: .messages, window: window).run { buffer in
                frames.feed(buffer.readableBytesView)
                while let message = try frames.next() { try Self.add(message, of: signal, to: &builder) }
            }
            guard frames.bytesWaiting == 0 else {
                throw VerificationError(.unreachable, "the export of \(signal.rawValue) ended within a message")
            }
        }
        return builder.finish()
    }

    private static func add(
        _ message: ArraySlice<UInt8>, of signal: Signal, to builder: inout RecordingBuilder
    ) throws(VerificationError) {
        do {
            switch signal {
            case .traces: try builder.add(try OTLPTraceRequest(serializedBytes: Data(message)))
            case .metrics: try builder.add(try OTLPMetricsRequest(serializedBytes: Data(message)))
            case .logs: try builder.add(try OTLPLogsRequest(serializedBytes: Data(message)))
            }
        } catch let error as RecordingError {
            throw VerificationError(
                .tooLarge, "\(error.message); narrow the window with --since, --start, --end or --service")
        } catch {
            throw VerificationError(.invalidFile, "the server's export cannot be read: \(error)")
        }
    }

    func ledger() async throws -> [LedgerFigures]? {
        let answer = try await get(try url("api") + "/api/v1/ledger")
        guard answer.status == 200 else {
            throw VerificationError(.unreachable, APIProblem.text(answer, url: title))
        }
        return try Self.reading { try LedgerAnswer(answer.body).figures }
    }

    // MARK: Shared by the languages

    func url(_ port: String) throws(VerificationError) -> String {
        guard let url = state.url(port) else {
            throw VerificationError(.unreachable, "the server has the port \(port) switched off (ports.\(port))")
        }
        return url
    }

    /// A server may close a connection after it refused a query, which the next query on it would suffer for.
    private static let ownConnection = ("Connection", "close")

    func get(_ url: String) async throws -> HTTPAnswer {
        try await Self.speaking {
            try await HTTPCalls.send("GET", url, headers: [Self.ownConnection], timeout: .seconds(300))
        }
    }

    func post(_ url: String, _ body: [UInt8], contentType: String) async throws -> HTTPAnswer {
        try await Self.speaking {
            try await HTTPCalls.send(
                "POST", url, headers: [("Content-Type", contentType), Self.ownConnection], body: body,
                timeout: .seconds(300))
        }
    }

    /// Failures of the calls in the words of a verification.
    static func speaking<Value>(_ work: () async throws -> Value) async throws -> Value {
        do { return try await work() } catch let failure as CommandFailure { throw Self.error(failure) }
    }

    static func reading<Value>(_ work: () throws -> Value) throws -> Value {
        do { return try work() } catch let failure as CommandFailure { throw Self.error(failure) }
    }

    private static func error(_ failure: CommandFailure) -> VerificationError {
        VerificationError(.unreachable, failure.message)
    }
}
