import Codecs
import OTLPMessages
import TelemetryModel

/// A body that is ready to be appended: protobuf is read in place, JSON is a message by then.
enum DecodedBody: Sendable {
    case protobuf([UInt8], Signal)
    case remoteWrite([UInt8], RemoteWriteVersion, seesConflicts: Bool)
    case traces(OTLPTraceRequest, RepairCounts)
    case metrics(OTLPMetricsRequest, RepairCounts)
    case logs(OTLPLogsRequest, RepairCounts)

    /// Decodes JSON; that takes long enough not to be done under a lock.
    ///
    /// - Parameter isReplay: the body comes from a log, so that it was accepted once.
    init(
        _ body: [UInt8], _ signal: Signal, _ encoding: IngestRequest.Encoding, isReplay: Bool = false
    ) throws(DecodeError) {
        var repairs = RepairCounts()
        switch (encoding, signal) {
        case (.protobuf, _): self = .protobuf(body, signal)
        case (.remoteWrite1, _): self = .remoteWrite(body, .one, seesConflicts: !isReplay)
        case (.remoteWrite2, _): self = .remoteWrite(body, .two, seesConflicts: !isReplay)
        case (.ownSamples, _): self = .remoteWrite(body, .two, seesConflicts: false)
        case (.json, .traces): self = .traces(try OTLPJSONDecoder.decodeTraces(body, repairs: &repairs), repairs)
        case (.json, .metrics): self = .metrics(try OTLPJSONDecoder.decodeMetrics(body, repairs: &repairs), repairs)
        case (.json, .logs): self = .logs(try OTLPJSONDecoder.decodeLogs(body, repairs: &repairs), repairs)
        }
    }

    /// Appends to the appender's open request. When it throws, nothing was appended.
    func append(to appender: inout ColumnAppender) throws(DecodeError) {
        switch self {
        case .protobuf(let body, let signal):
            try body.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
                try appender.append(protobuf: bytes, signal)
            }
        case .remoteWrite(let body, let version, let seesConflicts):
            try body.withUnsafeBufferPointer { (bytes) throws(DecodeError) in
                try appender.append(remoteWrite: bytes, version, seesConflicts: seesConflicts)
            }
        case .traces(let message, let repairs):
            appender.append(message)
            appender.count(repairs)
        case .metrics(let message, let repairs):
            appender.append(message)
            appender.count(repairs)
        case .logs(let message, let repairs):
            appender.append(message)
            appender.count(repairs)
        }
    }
}
