import Codecs
import TelemetryModel

/// A message behind its length: protobuf or JSON, packed by zstd or not.
enum FrameEntry {
    /// Spec: RFC 8878, section 3.1.1.
    private static let zstdMagic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]

    static func requests(
        _ frame: [UInt8], hint: Signal?, repairs: inout RepairCounts
    ) throws(DecodeError) -> [TelemetryRequest] {
        var bytes = frame
        if frame.starts(with: zstdMagic) {
            var reserved = 0
            bytes = try Unzstd.decompress(
                frame, bytesMax: TelemetryFileLimits.entryBytes, reserved: &reserved, reserve: { _ in true })
        }
        // An exporter may write requests without anything in them.
        if bytes.isEmpty { return [] }
        // No protobuf request begins so: it would be field 15 with a wire type that ends a group.
        if bytes.first == UInt8(ascii: "{") { return try JSONEntry.requests(bytes, repairs: &repairs) }
        return [try ProtobufEntry.request(bytes, hint: hint)]
    }

    /// Whether a file that begins so is one of messages with their lengths.
    static func begins(_ start: ArraySlice<UInt8>) -> Bool {
        var rest = start
        // Empty messages tell nothing.
        while rest.count >= 4, rest.prefix(4).allSatisfy({ $0 == 0 }) { rest = rest.dropFirst(4) }
        guard rest.count >= 5 else { return false }
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        let message = rest.dropFirst(4)
        return length > 0 && length <= TelemetryFileLimits.entryBytes
            && (message.first == 0x0A || message.first == UInt8(ascii: "{") || message.starts(with: zstdMagic))
    }
}
