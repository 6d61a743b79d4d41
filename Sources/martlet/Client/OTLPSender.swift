import AsyncHTTPClient
import Codecs
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// An export request of any signal.
enum OTLPRequest {
    case traces(OTLPTraceRequest)
    case metrics(OTLPMetricsRequest)
    case logs(OTLPLogsRequest)

    var signal: Signal {
        switch self {
        case .traces: .traces
        case .metrics: .metrics
        case .logs: .logs
        }
    }

    /// The bytes that a transport takes.
    func encoded(for transport: OTLPProtocol) throws -> [UInt8] {
        switch (transport, self) {
        case (.httpJSON, .traces(let request)): OTLPJSONEncoder.encode(request)
        case (.httpJSON, .metrics(let request)): OTLPJSONEncoder.encode(request)
        case (.httpJSON, .logs(let request)): OTLPJSONEncoder.encode(request)
        case (_, .traces(let request)): try request.serializedBytes()
        case (_, .metrics(let request)): try request.serializedBytes()
        case (_, .logs(let request)): try request.serializedBytes()
        }
    }
}

/// Sends export requests to a server, one after the other, and takes no answer but full success.
struct OTLPSender {
    let target: ExportTarget

    init(transport: OTLPProtocol, url: String, isOwnServer: Bool) {
        target = ExportTarget(transport, url: url, isOwnServer: isOwnServer)
    }

    /// - Throws: `CommandFailure`: unreachable when nothing answers, no when the server refuses or leaves items out.
    func send(_ requests: [OTLPRequest]) async throws {
        try await target.withChannel(HTTPClient.shared) { channel in
            for request in requests {
                let body = EncodedRequest(bytes: try request.encoded(for: target.transport))
                try check(await channel.export(request.signal, body), request.signal)
            }
        }
    }

    private func check(_ answer: ExportAnswer, _ signal: Signal) throws {
        switch answer {
        case .accepted(let partial):
            guard partial.rejected == 0 else {
                throw CommandFailure(.no, "the server left \(partial.rejected) items out: \(partial.message)")
            }
        case .refused(let failure), .later(let failure, _):
            throw CommandFailure(
                .no, "the server refuses \(signal.rawValue) with \(failure.kind): \(failure.message)")
        case .notSent(let failure), .unknown(let failure):
            throw CommandFailure(.unreachable, "\(target.url) does not answer: \(failure.message)")
        }
    }
}
