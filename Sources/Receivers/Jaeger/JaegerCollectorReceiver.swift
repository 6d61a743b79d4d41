package import HTTPSurface
package import Ingest
package import Logging
import OTLPMessages
import ServiceLifecycle
import SwiftProtobuf
import TelemetryFiles
import TelemetryModel
import TraceMessages

/// The gRPC port of a Jaeger collector (14250): `jaeger.api_v2.CollectorService/PostSpans`, and OTLP besides, because
/// senders of OTLP are pointed at this port as well.
///
/// Spec: Jaeger, `collector.proto`. The limits, the budget of memory and the counts are those of OTLP over gRPC.
package struct JaegerCollectorReceiver: Service {
    private let receiver: OTLPGRPCReceiver

    package init(
        _ options: SurfaceOptions, limits: OTLPLimits, pipeline: IngestPipeline, logger: Logger,
        onListening: @escaping @Sendable (Int) -> Void
    ) {
        receiver = OTLPGRPCReceiver(
            options, besides: [.postSpans], limits: limits, pipeline: pipeline, logger: logger,
            onListening: onListening)
    }

    package func run() async throws {
        try await receiver.run()
    }
}

extension IngestCall {
    /// Bytes of one PostSpans: four times what Jaeger's own collector takes.
    private static let bodyBytesMax = 16 << 20

    /// PostSpans of Jaeger. Its answer has no field for spans that are left out; they are counted, and that is all.
    static let postSpans = IngestCall(
        service: "jaeger.api_v2.CollectorService", method: "PostSpans", signal: .traces,
        convert: { (message) throws(IngestError) in
            // Decoded, a span that is all defaults takes two hundred times its two bytes.
            guard message.count <= bodyBytesMax else { throw IngestError(body: .tooLarge(bytesMax: bodyBytesMax)) }
            do {
                let request = try JaegerPostSpansRequest(serializedBytes: message)
                return try JaegerSpans.request(request.batch).serializedBytes()
            } catch {
                throw IngestError(
                    kind: .invalid, reason: "malformed", message: "the body is not a jaeger.api_v2.PostSpansRequest")
            }
        },
        answer: { _ in [] })
}
