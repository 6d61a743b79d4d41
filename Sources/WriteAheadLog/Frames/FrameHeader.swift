import CLibdeflate

/// What stands before each body in a segment, and makes it a frame.
///
/// All numbers are little-endian:
///
/// | bytes  | what                                                            |
/// |--------|-----------------------------------------------------------------|
/// | 0..<4  | `MWAL`                                                          |
/// | 4      | version of the format, 1                                        |
/// | 5      | kind: 1 segment, 2 record, 3 intent, 4 commit                   |
/// | 6      | the caller's tag (records), else 0                              |
/// | 7      | 0                                                               |
/// | 8..<16 | epoch: the random number of the opening that wrote it           |
/// | 16..<24 | sequence: the record's; the intent's or commit's last; the segment's first |
/// | 24..<32 | the caller's time, nanoseconds since the Unix epoch            |
/// | 32..<36 | length of the body                                             |
/// | 36..<40 | CRC-32 of the body                                             |
/// | 40..<44 | CRC-32 of bytes 0..<40, then of the place: the frame's offset and its segment's first sequence, 8 bytes each |
///
/// The header's own checksum is tested first, so that no length is believed that was not written. It covers the place
/// and (with the epoch, which is random) something that a sender of telemetry cannot know, so that neither a frame
/// inside a body nor a block that a disk wrote to the wrong place is taken for a record.
struct FrameHeader: Equatable {
    enum Kind: UInt8 {
        case segment = 1
        case record
        case intent
        case commit
    }

    static let byteCount = 44
    static let magic: [UInt8] = Array("MWAL".utf8)
    static let version: UInt8 = 1

    var kind: Kind
    var tag: UInt8
    var epoch: UInt64
    var sequence: UInt64
    var nanoseconds: Int64
    var bodyBytes: UInt32
    var bodyChecksum: UInt32

    /// What `decode` makes of bytes.
    enum Decoded: Equatable {
        case frame(FrameHeader)
        /// Written whole, by a version whose frames mean something else.
        case otherVersion(UInt8)
        case none
    }

    /// Appends `byteCount` bytes.
    func encode(to bytes: inout [UInt8], at place: FramePlace) {
        let start = bytes.count
        bytes += Self.magic
        bytes += [Self.version, kind.rawValue, tag, 0]
        bytes.appendLittleEndian(epoch)
        bytes.appendLittleEndian(sequence)
        bytes.appendLittleEndian(UInt64(bitPattern: nanoseconds))
        bytes.appendLittleEndian(bodyBytes)
        bytes.appendLittleEndian(bodyChecksum)
        let checksum = bytes.withUnsafeBytes {
            Self.checksum(UnsafeRawBufferPointer(rebasing: $0[start...]), at: place)
        }
        bytes.appendLittleEndian(checksum)
    }

    static func decode(_ bytes: UnsafeRawBufferPointer, at place: FramePlace) -> Decoded {
        guard bytes.count >= byteCount, bytes.prefix(4).elementsEqual(magic) else { return .none }
        let covered = UnsafeRawBufferPointer(rebasing: bytes[..<(byteCount - 4)])
        guard checksum(covered, at: place) == bytes.littleEndian(at: 40, as: UInt32.self) else { return .none }
        guard bytes[4] == version else { return .otherVersion(bytes[4]) }
        guard let kind = Kind(rawValue: bytes[5]) else { return .none }
        return .frame(
            FrameHeader(
                kind: kind, tag: bytes[6], epoch: bytes.littleEndian(at: 8, as: UInt64.self),
                sequence: bytes.littleEndian(at: 16, as: UInt64.self),
                nanoseconds: Int64(bitPattern: bytes.littleEndian(at: 24, as: UInt64.self)),
                bodyBytes: bytes.littleEndian(at: 32, as: UInt32.self),
                bodyChecksum: bytes.littleEndian(at: 36, as: UInt32.self)))
    }

    private static func checksum(_ covered: UnsafeRawBufferPointer, at place: FramePlace) -> UInt32 {
        var words = (UInt64(place.offset).littleEndian, place.segmentFirst.littleEndian)
        return withUnsafeBytes(of: &words) { Checksum.extend(Checksum.extend(0, covered), $0) }
    }
}

/// Where a frame stands.
struct FramePlace: Equatable {
    var offset: Int
    var segmentFirst: UInt64
}

/// CRC-32 as gzip has it.
enum Checksum {
    /// The checksum of what `checksum` is of, followed by `bytes`; that of nothing is 0.
    static func extend(_ checksum: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
        // libdeflate takes a null pointer to mean "start anew", and an empty buffer's pointer may be null.
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return checksum }
        return libdeflate_crc32(checksum, start, bytes.count)
    }

    static func of(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBytes { extend(0, $0) }
    }
}

extension [UInt8] {
    mutating func appendLittleEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension UnsafeRawBufferPointer {
    /// - Precondition: the value lies within the buffer.
    func littleEndian<Value: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as type: Value.Type) -> Value {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
