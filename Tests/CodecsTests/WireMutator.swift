@testable import Codecs
import TelemetryModel
import TestSupport

/// Rewrites encoded OTLP requests in ways that protobuf allows and senders rarely use: fields in another order, unknown
/// fields and groups between them, scalars given twice, messages that should occur once split in two, packed lists
/// unpacked, tags longer than needed.
struct WireMutator {
    var random: RandomOTLP
    let signal: Signal

    init(seed: UInt64, _ signal: Signal) {
        random = RandomOTLP(seed: seed)
        self.signal = signal
    }

    private struct Field {
        var tag: UInt64
        var bytes: [UInt8]
        var child: OTLPProtobufScan.Kind?
    }

    mutating func mutate(_ body: [UInt8]) -> [UInt8] { rewrite(body, .request) ?? body }

    /// Nil when the bytes are no message, as those of a packed list.
    private mutating func rewrite(_ body: [UInt8], _ kind: OTLPProtobufScan.Kind) -> [UInt8]? {
        guard var fields = parse(body, kind) else { return nil }
        for index in fields.indices {
            guard let child = fields[index].child, let inner = rewrite(fields[index].bytes, child) else { continue }
            fields[index].bytes = inner
        }
        // Repeated fields keep their order among themselves only by luck, which both decoders see alike.
        if random.below(3) == 0 { fields.shuffle(using: &random.generator) }
        if random.below(4) == 0, let field = fields.randomElement(using: &random.generator) {
            fields.insert(field, at: random.below(fields.count + 1))
        }
        if random.below(4) == 0, let index = fields.indices.randomElement(using: &random.generator) {
            split(&fields, index)
        }
        if random.below(3) == 0 { fields.insert(unknown(), at: random.below(fields.count + 1)) }
        return fields.flatMap { write($0) }
    }

    /// A message in two halves, a packed list in single values.
    private mutating func split(_ fields: inout [Field], _ index: Int) {
        let field = fields[index]
        guard field.tag & 7 == 2 else { return }
        if field.child != nil, let inner = parse(field.bytes, .leaf), inner.count > 1 {
            let middle = 1 + random.below(inner.count - 1)
            fields[index].bytes = inner[..<middle].flatMap { write($0) }
            var second = field
            second.bytes = inner[middle...].flatMap { write($0) }
            fields.insert(second, at: index + 1)
        } else if field.child == nil, field.bytes.count % 8 == 0, !field.bytes.isEmpty {
            fields.remove(at: index)
            for start in stride(from: 0, to: field.bytes.count, by: 8) {
                fields.insert(
                    Field(tag: field.tag & ~7 | 1, bytes: Array(field.bytes[start..<start + 8]), child: nil),
                    at: min(index + start / 8, fields.count))
            }
        }
    }

    private mutating func unknown() -> Field {
        let number = UInt64(20 + random.below(2000))
        switch random.below(5) {
        case 0: return Field(tag: number << 3, bytes: varint(random.integer()), child: nil)
        case 1: return Field(tag: number << 3 | 1, bytes: (0..<8).map { UInt8($0) }, child: nil)
        case 2: return Field(tag: number << 3 | 2, bytes: [0xFF, 0xFE], child: nil)
        case 3: return Field(tag: number << 3 | 5, bytes: [1, 2, 3, 4], child: nil)
        default:
            // A group with a field and a group inside.
            let inner = varint(3 << 3) + [7] + varint(4 << 3 | 3) + varint(4 << 3 | 4)
            return Field(tag: number << 3 | 3, bytes: inner + varint(number << 3 | 4), child: nil)
        }
    }

    private func write(_ field: Field) -> [UInt8] {
        field.tag & 7 == 2
            ? varint(field.tag) + varint(UInt64(field.bytes.count)) + field.bytes : varint(field.tag) + field.bytes
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    private func parse(_ body: [UInt8], _ kind: OTLPProtobufScan.Kind) -> [Field]? {
        var fields: [Field] = []
        var position = 0
        func readVarint() -> UInt64? {
            var value: UInt64 = 0
            var shift: UInt64 = 0
            while position < body.count, shift < 64 {
                let byte = body[position]
                position += 1
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        while position < body.count {
            guard let tag = readVarint(), tag >> 3 != 0 else { return nil }
            let start: Int
            switch tag & 7 {
            case 0:
                start = position
                guard readVarint() != nil else { return nil }
            case 1:
                start = position
                position += 8
            case 5:
                start = position
                position += 4
            case 2:
                guard let length = readVarint(), length <= UInt64(body.count - position) else { return nil }
                start = position
                position += Int(length)
            default: return nil
            }
            guard position <= body.count else { return nil }
            fields.append(
                Field(
                    tag: tag, bytes: Array(body[start..<position]),
                    child: tag & 7 == 2 ? kind.child(tag >> 3, signal) : nil))
        }
        return fields
    }
}
