package import TelemetryModel

/// What a request of Loki's push API became.
package struct LokiPush: Sendable {
    /// An `ExportLogsServiceRequest` of OTLP with the entries that are kept; empty when there are none.
    package var request: [UInt8] = []
    /// Streams of the request, valid or not.
    package var streamCount = 0
    /// Entries that are kept.
    package var entryCount = 0
    package var rejections = LokiRejections()

    /// Loki's formats.
    package enum Format: Sendable {
        /// JSON of `/loki/api/v1/push`.
        case json
        /// JSON of `/api/prom/push`.
        case legacyJSON
        /// `logproto.PushRequest`, unpacked.
        case protobuf
    }

    /// Reads a request in place.
    ///
    /// A stream becomes a resource with the schema URL `LogStreams.pushedSchemaURL` or its unnamed form whose attributes are its labels and
    /// `service.name` (see `LokiStreamLabels`); structured metadata becomes attributes of the record, as strings. Times
    /// of any age, also of the future, are taken: this is Martlet's choice, Loki refuses some by its configuration.
    ///
    /// - Throws: `.malformed` for a request that breaks its format, of which nothing is kept. Streams and entries that
    ///   are well formed but not valid are left out and told in `rejections`, as Loki does.
    /// - Spec: Loki 3, HTTP API, "Ingest logs"; pkg/push/push.proto.
    package static func decode(
        _ body: UnsafeBufferPointer<UInt8>, _ format: Format, receivedTime: Timestamp
    ) throws(DecodeError) -> LokiPush {
        switch format {
        case .json: try LokiJSONDecoder.decode(body, receivedTime)
        case .legacyJSON: try LokiLegacyJSONDecoder.decode(body, receivedTime)
        case .protobuf: try LokiProtobufDecoder.decode(body, receivedTime)
        }
    }
}

/// What a stream may have. Loki's defaults are 15, 1,024, 2,048 bytes and 256 KiB.
package enum LokiLimits {
    package static let labelsPerStream = 100
    package static let labelNameBytes = 1024
    package static let labelValueBytes = 64 << 10
    /// A longer line is refused, never cut.
    package static let lineBytes = 16 << 20
}
