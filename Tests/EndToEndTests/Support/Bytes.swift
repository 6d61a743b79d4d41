/// Protobuf as a test writes it: fields by number.
enum Protobuf {
    static func varint(_ value: Int) -> [UInt8] {
        var rest = UInt64(value)
        var bytes: [UInt8] = []
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func field(_ number: Int, _ body: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(body.count) + body
    }

    static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    /// An ExportTraceServiceRequest of these spans, each `(trace id, span id, name)`, with more fields for all of them.
    static func traces(
        service: String, _ spans: [(trace: [UInt8], span: [UInt8], name: String)], more: [UInt8] = []
    ) -> [UInt8] {
        let resource = field(1, attribute("service.name", field(1, service)))
        let scope = spans.flatMap { field(2, field(1, $0.trace) + field(2, $0.span) + field(5, $0.name) + more) }
        return field(1, field(1, resource) + field(2, scope))
    }

    static func bigEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - $0 * 8)) }
    }

    static func fixed64(_ number: Int, _ value: UInt64) -> [UInt8] {
        varint(number << 3 | 1) + bigEndian(value).reversed()
    }

    /// An ExportLogsServiceRequest of these records; `n` becomes an attribute.
    static func logs(service: String, _ records: [(time: UInt64, body: String, n: UInt64)]) -> [UInt8] {
        let resource = field(1, attribute("service.name", field(1, service)))
        let scope = records.flatMap {
            field(
                2,
                fixed64(1, $0.time) + field(5, field(1, $0.body)) + field(6, attribute("n", field(1, "\($0.n)"))))
        }
        return field(1, field(1, resource) + field(2, scope))
    }

    /// An ExportMetricsServiceRequest of a gauge with points of value 1 at these times.
    static func gauge(service: String, name: String, _ times: [UInt64], description: String = "") -> [UInt8] {
        let resource = field(1, attribute("service.name", field(1, service)))
        let points = times.flatMap { field(1, fixed64(3, $0) + fixed64(4, (1.0).bitPattern)) }
        let metric = field(1, name) + field(2, description) + field(5, points)
        return field(1, field(1, resource) + field(2, field(2, metric)))
    }

    /// A KeyValue; `value` is the content of an AnyValue.
    static func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] { field(1, key) + field(2, value) }

    /// Field 9 of a span: an attribute of lists inside each other.
    static func nestedAttribute(levels: Int) -> [UInt8] {
        // Built from the inside, back to front: each level is a tag and a length before what is there.
        var reversed = Array(field(1, "x").reversed())
        for _ in 0..<levels {
            // ArrayValue.values is field 1, AnyValue.array_value field 5.
            for tag in [0x0A, 0x2A] as [UInt8] {
                reversed += varint(reversed.count).reversed()
                reversed.append(tag)
            }
        }
        return field(9, field(1, "deep") + field(2, Array(reversed.reversed())))
    }

    /// The message of a `google.rpc.Status`, field 2; nil when there is none.
    static func statusMessage(_ bytes: [UInt8]) -> String? {
        guard bytes.first == 0x12, bytes.count > 2 else { return nil }
        var at = 1
        while at < bytes.count, bytes[at] >= 0x80 { at += 1 }
        return String(decoding: bytes[min(at + 1, bytes.count)...], as: UTF8.self)
    }
}

/// Gzip as a test writes it: stored, so that no library is needed. Spec: RFC 1952 and RFC 1951, section 3.2.4.
enum Gzip {
    static func stored(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        var rest = bytes[...]
        repeat {
            let piece = rest.prefix(0xFFFF)
            rest = rest.dropFirst(piece.count)
            let size = UInt16(piece.count)
            out.append(rest.isEmpty ? 1 : 0)
            out += littleEndian(UInt32(size) | UInt32(~size) << 16) + piece
        } while !rest.isEmpty
        return out + littleEndian(checksum(bytes)) + littleEndian(UInt32(truncatingIfNeeded: bytes.count))
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = ~UInt32(0)
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~sum
    }
}

func hexDigits(_ bytes: [UInt8]) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

func randomBytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 1...255) }
}
