package import Codecs
import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One JSON value of a file: an OTLP object of any signal, a trace of Jaeger, or a list of them.
package enum JSONEntry {
    /// What a value holds. Values of the sender stand in no message.
    ///
    /// - Throws: when it holds nothing that is known, or is not what it seems.
    package static func requests(
        _ bytes: [UInt8], repairs: inout RepairCounts
    ) throws(DecodeError) -> [TelemetryRequest] {
        try requests(bytes, &repairs, levels: levelsMax)
    }

    /// Documents inside each other that are looked into.
    private static let levelsMax = 2

    private static func requests(
        _ bytes: [UInt8], _ repairs: inout RepairCounts, levels: Int
    ) throws(DecodeError) -> [TelemetryRequest] {
        var first: Key?
        try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var reader = JSONReader(buffer)
            guard try reader.nextKind() == .object else { return }
            var object = try reader.beginObject()
            if let key = try reader.nextKey(&object) { first = try Key(key, reader) }
        }
        // The ordinary line is read once: one key, and none of the others anywhere.
        if case .signal(let signal) = first, !mentionsOthers(bytes, besides: signal) {
            return [try request(bytes, signal, &repairs)]
        }
        return try requestsOfAnyShape(bytes, &repairs, levels: levels)
    }

    /// The signal of a value that cannot be read whole, by the key that it begins with.
    static func signal(ofBeginning bytes: [UInt8]) -> Signal? {
        let found: Key?? = bytes.withUnsafeBufferPointer { buffer in
            var reader = JSONReader(buffer)
            guard (try? reader.nextKind()) == .object, var object = try? reader.beginObject(),
                let key = try? reader.nextKey(&object)
            else { return nil }
            return try? Key(key, reader)
        }
        guard case .signal(let signal) = found else { return nil }
        return signal
    }

    private enum Key {
        case signal(Signal)
        case jaeger

        init?(_ token: JSONReader.StringToken, _ reader: JSONReader) throws(DecodeError) {
            let text = try reader.withBytes(of: token) { (bytes) throws(DecodeError) in
                bytes.count <= 32 ? String(decoding: bytes, as: UTF8.self) : ""
            }
            switch text {
            case "resourceSpans", "resource_spans": self = .signal(.traces)
            case "resourceMetrics", "resource_metrics": self = .signal(.metrics)
            case "resourceLogs", "resource_logs": self = .signal(.logs)
            case "data", "spans", "traceID": self = .jaeger
            default: return nil
            }
        }
    }

    private static func request(
        _ bytes: [UInt8], _ signal: Signal, _ repairs: inout RepairCounts
    ) throws(DecodeError) -> TelemetryRequest {
        switch signal {
        case .traces: .traces(try OTLPJSONDecoder.decodeTraces(bytes, repairs: &repairs))
        case .metrics: .metrics(try OTLPJSONDecoder.decodeMetrics(bytes, repairs: &repairs))
        case .logs: .logs(try OTLPJSONDecoder.decodeLogs(bytes, repairs: &repairs))
        }
    }

    /// Looks for the text of their keys, so that a value of telemetry may say yes wrongly, which costs a second look.
    private static func mentionsOthers(_ bytes: [UInt8], besides signal: Signal) -> Bool {
        bytes.withUnsafeBytes { bytes in
            Signal.allCases.contains { other in
                guard other != signal else { return false }
                let (camel, snake): (StaticString, StaticString) =
                    switch other {
                    case .traces: ("Spans\"", "_spans\"")
                    case .metrics: ("Metrics\"", "_metrics\"")
                    case .logs: ("Logs\"", "_logs\"")
                    }
                return mentions(camel, bytes) || mentions(snake, bytes)
            }
        }
    }

    /// Whether `resource` with this behind it occurs. The first byte of the rest is rarer than any of `resource`.
    private static func mentions(_ rest: StaticString, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        let name: StaticString = "\"resource"
        var position = name.utf8CodeUnitCount
        while position + rest.utf8CodeUnitCount <= bytes.count {
            guard
                let found = memchr(base + position, Int32(rest.utf8Start.pointee), bytes.count - position).map({
                    base.distance(to: $0)
                }), found + rest.utf8CodeUnitCount <= bytes.count
            else { return false }
            if memcmp(base + found, rest.utf8Start, rest.utf8CodeUnitCount) == 0,
                memcmp(base + found - name.utf8CodeUnitCount, name.utf8Start, name.utf8CodeUnitCount) == 0
            {
                return true
            }
            position = found + 1
        }
        return false
    }

    /// Several signals in one object, Jaeger's traces, and documents with something around them.
    private static func requestsOfAnyShape(
        _ bytes: [UInt8], _ repairs: inout RepairCounts, levels: Int
    ) throws(DecodeError) -> [TelemetryRequest] {
        var signals: [Signal] = []
        var isJaeger = false
        try bytes.withUnsafeBufferPointer { (buffer) throws(DecodeError) in
            var reader = JSONReader(buffer)
            switch try reader.nextKind() {
            case .object:
                var object = try reader.beginObject()
                while let key = try reader.nextKey(&object) {
                    switch try Key(key, reader) {
                    case .signal(let signal): if !signals.contains(signal) { signals.append(signal) }
                    case .jaeger: isJaeger = true
                    case nil: break
                    }
                    try reader.skipValue()
                }
            case .list: try reader.skipValue()
            case let kind:
                throw DecodeError(code: .malformed, message: "expected an object, found \(kind.rawValue)", offset: 0)
            }
            try reader.finish()
        }
        if !signals.isEmpty {
            var found: [TelemetryRequest] = []
            for signal in signals { found.append(try request(bytes, signal, &repairs)) }
            return found
        }
        if isJaeger { return [.traces(try JaegerJSON.request(bytes))] }
        guard levels > 0, let found = try documents(bytes, &repairs, levels: levels - 1) else {
            throw DecodeError(
                code: .unsupported,
                message: "no telemetry: neither resourceSpans, resourceMetrics and resourceLogs nor a trace of Jaeger")
        }
        return found
    }

    /// A list of objects, or an object with the telemetry further down; nil when there is none.
    private static func documents(
        _ bytes: [UInt8], _ repairs: inout RepairCounts, levels: Int
    ) throws(DecodeError) -> [TelemetryRequest]? {
        var document = DocumentReader(BufferedBytes(MemorySource(bytes)))
        var found: [TelemetryRequest]?
        // Memory can always be read.
        while let element = try? document.next() {
            switch element {
            case .broken(let reason, _): throw DecodeError(code: .malformed, message: reason)
            case .found(let kind, let bytes, _):
                found = (found ?? []) + (try requests(kind.document(bytes), &repairs, levels: levels))
            }
        }
        return found
    }
}
