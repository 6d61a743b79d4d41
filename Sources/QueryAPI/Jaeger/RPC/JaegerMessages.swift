import SwiftProtobuf
import TelemetryModel
import TraceMessages

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Jaeger's model as its protobuf messages.

extension JaegerProtoSpan {
    /// Without its process. A negative duration, of which a warning tells, is shown as none.
    init(_ span: JaegerSpan) {
        self.init()
        traceID = Data(span.traceID.bytes)
        spanID = Data(span.spanID.bytes)
        operationName = span.operationName
        references = span.references.map { reference in
            .with {
                $0.traceID = Data(reference.traceID.bytes)
                $0.spanID = Data(reference.spanID.bytes)
                $0.refType = reference.kind == .childOf ? .childOf : .followsFrom
            }
        }
        flags = span.flags
        startTime = Google_Protobuf_Timestamp(nanosecondsSinceEpoch: span.startNanoseconds)
        let length = max(0, span.durationNanoseconds)
        duration = Google_Protobuf_Duration(
            seconds: length / 1_000_000_000, nanos: Int32(truncatingIfNeeded: length % 1_000_000_000))
        tags = span.tags.map(JaegerProtoKeyValue.init)
        logs = span.logs.map { log in
            .with {
                $0.timestamp = Google_Protobuf_Timestamp(nanosecondsSinceEpoch: log.nanoseconds)
                $0.fields = log.fields.map(JaegerProtoKeyValue.init)
            }
        }
        warnings = span.warnings
    }
}

extension JaegerProtoProcess {
    init(_ process: JaegerProcess) {
        self.init()
        serviceName = process.serviceName
        tags = process.tags.map(JaegerProtoKeyValue.init)
    }
}

extension JaegerProtoKeyValue {
    init(_ tag: JaegerTag) {
        self.init()
        key = tag.key
        switch tag.value {
        case .string(let value): (vType, vStr) = (.string, value)
        case .bool(let value): (vType, vBool) = (.bool, value)
        case .int64(let value): (vType, vInt64) = (.int64, value)
        case .float64(let value): (vType, vFloat64) = (.float64, value)
        case .binary(let value): (vType, vBinary) = (.binary, Data(value))
        }
    }
}

extension Google_Protobuf_Timestamp {
    /// A time before the epoch has its seconds rounded down, as the nanoseconds count forwards.
    fileprivate init(nanosecondsSinceEpoch nanoseconds: Int64) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let isBefore = rest < 0
        self.init(
            seconds: isBefore ? seconds - 1 : seconds,
            nanos: Int32(truncatingIfNeeded: isBefore ? rest + 1_000_000_000 : rest))
    }

    /// Nanoseconds since the Unix epoch; the nearest end of the range where it does not fit.
    var clampedNanoseconds: Int64 { TimeParts.nanoseconds(seconds, nanos) }
}

extension Google_Protobuf_Duration {
    var clampedNanoseconds: Int64 { TimeParts.nanoseconds(seconds, nanos) }
}

private enum TimeParts {
    static func nanoseconds(_ seconds: Int64, _ nanos: Int32) -> Int64 {
        Int64(clamping: Int128(seconds) * 1_000_000_000 + Int128(nanos))
    }
}
