package import Codecs
package import OTLPMessages
package import SwiftProtobuf
package import TelemetryModel

/// Decodes OTLP/protobuf by the generated messages: what the wire decoders are compared with.
package enum GeneratedDecoder {
    package static func decode<Request: SwiftProtobuf.Message>(
        _ bytes: [UInt8], as type: Request.Type = Request.self
    ) throws(DecodeError) -> Request {
        var options = BinaryDecodingOptions()
        options.messageDepthLimit = Limits.protobufDepth
        options.discardUnknownFields = true
        do {
            return try Request(serializedBytes: bytes, options: options)
        } catch BinaryDecodingError.messageDepthLimit {
            throw DecodeError(code: .tooDeep, message: "too deep")
        } catch {
            throw DecodeError(code: .malformed, message: "\(error)")
        }
    }

    /// Decodes and appends, as `ColumnAppender.append(protobuf:_:)` does in place.
    package static func append(
        _ body: [UInt8], _ signal: Signal, to appender: inout ColumnAppender
    ) throws(DecodeError) {
        switch signal {
        case .traces: appender.append(try decode(body, as: OTLPTraceRequest.self))
        case .metrics: appender.append(try decode(body, as: OTLPMetricsRequest.self))
        case .logs: appender.append(try decode(body, as: OTLPLogsRequest.self))
        }
    }
}
