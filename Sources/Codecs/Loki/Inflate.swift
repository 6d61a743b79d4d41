import CLibdeflate

/// Whole-body decompression of `Content-Encoding: deflate`, as Loki's clients send it.
///
/// Go's `compress/flate`, with which Loki reads, has no zlib header; HTTP's deflate has one (RFC 9110, section
/// 8.4.1.2). Both are taken.
package enum Inflate {
    /// - Parameters, errors: as of `Gunzip.decompress`.
    package static func decompress(
        _ body: [UInt8], bytesMax: Int, reserved: inout Int, reserve: (Int) -> Bool = { _ in true }
    ) throws(DecodeError) -> [UInt8] {
        guard let decompressor = libdeflate_alloc_decompressor() else {
            throw DecodeError(code: .noMemory, message: "no memory for decompression")
        }
        defer { libdeflate_free_decompressor(decompressor) }
        // RFC 1950: the method is 8, and the two bytes are a multiple of 31. No block of deflate that a compressor
        // writes begins so: its first three bits would be those of a stored block with padding that is not zero.
        let hasHeader =
            body.count >= 2 && body[0] & 0x0F == 8 && (Int(body[0]) << 8 | Int(body[1])) % 31 == 0
        var capacity = max(1, min(body.count * 8, bytesMax))
        while true {
            if capacity > reserved {
                guard reserve(capacity - reserved) else {
                    throw DecodeError(code: .noMemory, message: "no memory for the unpacked body at present")
                }
                reserved = capacity
            }
            var written = 0
            var result = LIBDEFLATE_BAD_DATA
            let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                result = body.withUnsafeBytes { bytes in
                    hasHeader
                        ? libdeflate_zlib_decompress(
                            decompressor, bytes.baseAddress, bytes.count, buffer.baseAddress, capacity, &written)
                        : libdeflate_deflate_decompress(
                            decompressor, bytes.baseAddress, bytes.count, buffer.baseAddress, capacity, &written)
                }
                count = result == LIBDEFLATE_SUCCESS ? written : 0
            }
            switch result {
            case LIBDEFLATE_SUCCESS: return output
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                guard capacity < bytesMax else {
                    throw DecodeError(
                        code: .tooLarge,
                        message: "the deflated body unpacks to more than the limit of \(bytesMax) bytes")
                }
                // Deflate reaches 1 to 1032 at most.
                capacity = min(capacity * 4, bytesMax)
            default: throw DecodeError(code: .malformed, message: "the body is not valid deflate")
            }
        }
    }
}
