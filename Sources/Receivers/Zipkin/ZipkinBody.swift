import Codecs
import Ingest
import OTLPMessages
import SwiftProtobuf
import TelemetryModel

/// What the body of a request with Zipkin's spans is, and what becomes of it.
enum ZipkinBody: Sendable, Equatable {
    /// JSON of `/api/v1/spans`.
    case version1JSON
    /// JSON of `/api/v2/spans`.
    case version2JSON
    case protobuf

    enum Version: Sendable {
        case one, two
    }

    /// Zipkin's server takes for JSON whatever does not say that it is something else.
    init(_ version: Version, contentType: String?) throws(IngestError) {
        let media = contentType?.prefix { $0 != ";" }.lowercased().filter { !$0.isWhitespace } ?? ""
        switch (version, media) {
        case (_, "application/x-thrift"), (_, "application/vnd.apache.thrift.binary"):
            throw Self.unsupported("Zipkin's thrift format is not supported, send JSON (or protobuf to /api/v2/spans)")
        case (.two, "application/x-protobuf"), (.two, "application/protobuf"): self = .protobuf
        case (.one, "application/x-protobuf"), (.one, "application/protobuf"):
            throw Self.unsupported("protobuf is sent to /api/v2/spans, here are spans of Zipkin v1 in JSON")
        case (.one, _): self = .version1JSON
        case (.two, _): self = .version2JSON
        }
    }

    private static func unsupported(_ message: String) -> IngestError {
        IngestError(kind: .unsupported, reason: "content_type", message: message)
    }

    /// The spans as an OTLP request in protobuf.
    ///
    /// - Throws: `IngestError` for the whole body when one of its spans is malformed.
    func otlp(_ bytes: [UInt8], receivedTime: Timestamp) throws(IngestError) -> [UInt8] {
        let spans: [ZipkinSpan]
        do throws(DecodeError) {
            spans =
                switch self {
                case .version1JSON: try ZipkinVersion1.decode(bytes)
                case .version2JSON: try ZipkinJSONDecoder.decode(bytes)
                case .protobuf: try ZipkinProtobufDecoder.decode(bytes)
                }
        } catch {
            throw IngestError(decoding: error)
        }
        do {
            return try ZipkinMessages.request(spans, receivedTime: receivedTime).serializedBytes()
        } catch {
            throw IngestError(kind: .internal, reason: "internal", message: "the spans could not be encoded: \(error)")
        }
    }
}
