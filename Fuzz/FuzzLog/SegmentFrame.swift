import CLibdeflate

/// A frame of a segment as `FrameHeader` documents it, read and written without the log's own code.
struct SegmentFrame: Equatable {
    static let headerBytes = 44
    static let magic: [UInt8] = [0x4D, 0x57, 0x41, 0x4C]
    static let recordKind: UInt8 = 2

    let offset: Int
    let header: [UInt8]
    /// Shorter than the header says where the file ends.
    let body: [UInt8]
    let isBodyRight: Bool

    var kind: UInt8 { header[5] }
    var tag: UInt8 { header[6] }
    var epoch: UInt64 { header.number(at: 8, bytes: 8) }
    var sequence: UInt64 { header.number(at: 16, bytes: 8) }
    var nanoseconds: Int64 { Int64(bitPattern: header.number(at: 24, bytes: 8)) }

    /// The frames of a file whose header's checksum is right where they stand, wherever that is: also inside others.
    static func all(in bytes: [UInt8], first: UInt64) -> [SegmentFrame] {
        var frames: [SegmentFrame] = []
        guard bytes.count >= headerBytes else { return [] }
        for offset in 0...(bytes.count - headerBytes) where bytes[offset] == magic[0] {
            let header = Array(bytes[offset..<offset + headerBytes])
            guard header.starts(with: magic), header[4] == 1,
                checksum(of: header, offset: offset, first: first) == UInt32(header.number(at: 40, bytes: 4))
            else { continue }
            let start = offset + headerBytes
            let length = Int(header.number(at: 32, bytes: 4))
            let body = Array(bytes[start..<min(bytes.count, start + length)])
            frames.append(
                SegmentFrame(
                    offset: offset, header: header, body: body,
                    isBodyRight: body.count == length
                        && crc(0, body) == UInt32(header.number(at: 36, bytes: 4))))
        }
        return frames
    }

    /// Makes the checksums of the header at an offset right, and of its body where the file has all of it.
    static func repair(_ bytes: inout [UInt8], at offset: Int, first: UInt64, repairsBody: Bool) {
        guard offset >= 0, bytes.count - offset >= headerBytes else { return }
        let start = offset + headerBytes
        let length = Int(bytes.number(at: offset + 32, bytes: 4))
        if repairsBody, bytes.count - start >= length {
            bytes.set(UInt64(crc(0, Array(bytes[start..<start + length]))), at: offset + 36, bytes: 4)
        }
        let header = Array(bytes[offset..<start])
        bytes.set(UInt64(checksum(of: header, offset: offset, first: first)), at: offset + 40, bytes: 4)
    }

    private static func checksum(of header: [UInt8], offset: Int, first: UInt64) -> UInt32 {
        var place = [UInt8](repeating: 0, count: 16)
        place.set(UInt64(offset), at: 0, bytes: 8)
        place.set(first, at: 8, bytes: 8)
        return crc(crc(0, Array(header[..<40])), place)
    }

    private static func crc(_ start: UInt32, _ bytes: [UInt8]) -> UInt32 {
        bytes.isEmpty ? start : bytes.withUnsafeBytes { libdeflate_crc32(start, $0.baseAddress, $0.count) }
    }
}

extension [UInt8] {
    func number(at offset: Int, bytes count: Int) -> UInt64 {
        self[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func set(_ number: UInt64, at offset: Int, bytes count: Int) {
        for index in 0..<count { self[offset + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index))) }
    }
}
