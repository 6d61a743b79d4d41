import TelemetryModel

/// Attributes of drafts as `KeyValue`, and their values as `AnyValue`.
///
/// - Spec: OTLP common/v1/common.proto.
enum DraftValue {
    /// Lists and objects inside each other. An object takes three of the levels of messages that a request may have
    /// (`Limits.protobufDepth`, of which an attribute's value is the sixth).
    static let depthMax = 24
    /// Stands for what is nested deeper.
    static let tooDeep = "(nested too deep)"

    /// The bytes of a `KeyValue`.
    static func length(_ attribute: LogAttribute, depth: Int) -> Int {
        ProtobufWriter.length(ofField: attribute.name.utf8.count)
            + ProtobufWriter.length(ofField: length(attribute.value, depth: depth))
    }

    static func write(_ attribute: LogAttribute, field: UInt32, _ writer: inout ProtobufWriter, depth: Int) {
        let value = length(attribute.value, depth: depth)
        let name = attribute.name.utf8
        writer.header(
            field,
            length: ProtobufWriter.length(ofField: name.count) + ProtobufWriter.length(ofField: value))
        writer.field(1, name)
        writer.header(2, length: value)
        write(attribute.value, &writer, depth: depth)
    }

    /// The bytes of an `AnyValue`.
    private static func length(_ value: LogValue, depth: Int) -> Int {
        switch value {
        case .null: 0
        case .string(let text): ProtobufWriter.length(ofField: text.utf8.count)
        case .int(let number): 1 + ProtobufWriter.length(ofVarint: UInt64(bitPattern: number))
        case .double: 9
        case .bool: 2
        case .list, .object:
            ProtobufWriter.length(ofField: depth < depthMax ? contentLength(value, depth: depth) : tooDeep.utf8.count)
        }
    }

    /// The bytes of an `ArrayValue` or `KeyValueList`.
    private static func contentLength(_ value: LogValue, depth: Int) -> Int {
        var sum = 0
        switch value {
        case .list(let items):
            for item in items { sum += ProtobufWriter.length(ofField: length(item, depth: depth + 1)) }
        case .object(let members):
            for member in members { sum += ProtobufWriter.length(ofField: length(member, depth: depth + 1)) }
        default: break
        }
        return sum
    }

    private static func write(_ value: LogValue, _ writer: inout ProtobufWriter, depth: Int) {
        switch value {
        case .null: break
        case .string(let text): writer.field(1, text.utf8)
        case .bool(let value): writer.integer(2, value ? 1 : 0)
        case .int(let number): writer.integer(3, UInt64(bitPattern: number))
        case .double(let number): writer.fixed64(4, number.bitPattern)
        case .list(let items):
            guard depth < depthMax else { return writer.field(1, tooDeep.utf8) }
            writer.header(5, length: contentLength(value, depth: depth))
            for item in items {
                writer.header(1, length: length(item, depth: depth + 1))
                write(item, &writer, depth: depth + 1)
            }
        case .object(let members):
            guard depth < depthMax else { return writer.field(1, tooDeep.utf8) }
            writer.header(6, length: contentLength(value, depth: depth))
            for member in members { write(member, field: 1, &writer, depth: depth + 1) }
        }
    }
}
