import Codecs
import TelemetryModel

/// A JSON object on a line: ECS nested or dotted, the seeds' shape, bunyan, pino, zap, slog, structlog,
/// tracing-subscriber, Serilog, journald, GELF, and any other.
///
/// Members of nested objects become attributes with dotted names.
enum JSONFormat {
    /// Levels of objects and lists inside each other.
    static let depthMax = 100
    /// Bytes of a dotted name: a deeper object stays one value, since names would else take more than the line.
    private static let nameBytesMax = 256

    enum Outcome: Equatable {
        case fields
        /// Records as the Collector's file exporter writes them.
        case otlp
        /// No JSON object, or one that is deeper than the bound.
        case malformed(String)
    }

    /// What was collected counts only for the outcome `fields`.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, into fields: inout FieldCollector) -> Outcome {
        var reader = JSONReader(bytes, depthMax: depthMax)
        do throws(DecodeError) {
            var members = try reader.beginObject()
            var isFirst = true
            while let key = try reader.nextKey(&members) {
                if isFirst {
                    isFirst = false
                    let isOTLP = try reader.withBytes(of: key) { (name) throws(DecodeError) in
                        Text(name) == "resourceLogs"
                    }
                    if isOTLP { return .otlp }
                }
                switch try reader.nextKind() {
                case .object:
                    let name = try reader.withBytes(of: key) { (name) throws(DecodeError) in
                        String(decoding: name, as: UTF8.self)
                    }
                    try flatten(&reader, name, into: &fields)
                default:
                    let value = try value(&reader)
                    try reader.withBytes(of: key) { (name) throws(DecodeError) in
                        add(name, value, to: &fields)
                    }
                }
            }
            try reader.finish()
        } catch {
            return .malformed(error.message)
        }
        return .fields
    }

    /// Key bytes are not checked: a name that is not UTF-8 is repaired.
    private static func add(_ name: UnsafeBufferPointer<UInt8>, _ value: LogValue, to fields: inout FieldCollector) {
        fields.add(Text(name), value)
    }

    private static func flatten(
        _ reader: inout JSONReader, _ prefix: String, into fields: inout FieldCollector
    ) throws(DecodeError) {
        var members = try reader.beginObject()
        var isEmpty = true
        while let key = try reader.nextKey(&members) {
            isEmpty = false
            var name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                prefix + "." + String(decoding: bytes, as: UTF8.self)
            }
            if try reader.nextKind() == .object, name.utf8.count <= nameBytesMax {
                try flatten(&reader, name, into: &fields)
            } else {
                let value = try value(&reader)
                name.withUTF8 { fields.add(Text($0), value) }
            }
        }
        guard isEmpty else { return }
        var name = prefix
        name.withUTF8 { fields.add(Text($0), .object([])) }
    }

    static func value(_ reader: inout JSONReader) throws(DecodeError) -> LogValue {
        switch try reader.nextKind() {
        case .string: return .string(try reader.readString())
        case .number:
            let number = try reader.readNumber()
            switch number.integer {
            case .value(let magnitude, let isNegative):
                if isNegative, magnitude <= UInt64(Int64.max) + 1 {
                    return .int(Int64(truncatingIfNeeded: 0 &- magnitude))
                }
                if !isNegative, magnitude <= UInt64(Int64.max) { return .int(Int64(magnitude)) }
                if !isNegative { return .string("\(magnitude)") }
                fallthrough
            default:
                return number.double.map { .double($0) } ?? .double(.infinity)
            }
        case .boolean: return .bool(try reader.readBool())
        case .null:
            _ = try reader.readNull()
            return .null
        case .list:
            var values: [LogValue] = []
            var progress = try reader.beginList()
            while try reader.nextElement(&progress) { values.append(try value(&reader)) }
            return .list(values)
        case .object:
            var members: [LogAttribute] = []
            var progress = try reader.beginObject()
            while let key = try reader.nextKey(&progress) {
                let name = try reader.withBytes(of: key) { (bytes) throws(DecodeError) in
                    String(decoding: bytes, as: UTF8.self)
                }
                members.append(LogAttribute(name, try value(&reader)))
            }
            return .object(members)
        }
    }
}
