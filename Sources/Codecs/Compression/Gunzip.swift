import CLibdeflate

/// Whole-body gzip decompression with a bound on the output.
package enum Gunzip {
    /// - Parameter bytesMax: more output than this is refused, and never more than this is allocated.
    /// - Throws: `.tooLarge` over the bound, `.malformed` for bytes that are not complete gzip.
    /// - Spec: RFC 1952; a body may hold several members, one after the other.
    package static func decompress(_ body: [UInt8], bytesMax: Int) throws(DecodeError) -> [UInt8] {
        guard let decompressor = libdeflate_alloc_decompressor() else {
            throw DecodeError(code: .tooLarge, message: "no memory for decompression")
        }
        defer { libdeflate_free_decompressor(decompressor) }
        var output: [UInt8] = []
        var consumed = 0
        repeat {
            let member = try decompressMember(body[consumed...], decompressor, bytesMax: bytesMax - output.count, bytesMax)
            consumed += member.consumed
            if output.isEmpty { output = member.output } else { output += member.output }
        } while consumed < body.count
        return output
    }

    private static func decompressMember(
        _ body: ArraySlice<UInt8>, _ decompressor: OpaquePointer, bytesMax remaining: Int, _ bytesMax: Int
    ) throws(DecodeError) -> (output: [UInt8], consumed: Int) {
        // The last four bytes of a member tell its length modulo 2^32. A sender may lie, or there may be more members,
        // so it is only the first guess; a guess over the bound refuses a bomb without unpacking it.
        let guess = body.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        var capacity = min(max(guess, 256), max(remaining, 1))
        if guess > remaining && body.count > remaining / 1100 { capacity = remaining }
        while true {
            var consumed = 0
            var written = 0
            var result = LIBDEFLATE_BAD_DATA
            let output = [UInt8](unsafeUninitializedCapacity: max(capacity, 1)) { buffer, count in
                result = body.withUnsafeBytes {
                    libdeflate_gzip_decompress_ex(
                        decompressor, $0.baseAddress, $0.count, buffer.baseAddress, capacity, &consumed, &written)
                }
                count = result == LIBDEFLATE_SUCCESS ? written : 0
            }
            switch result {
            case LIBDEFLATE_SUCCESS:
                return (output, consumed)
            case LIBDEFLATE_INSUFFICIENT_SPACE where capacity < remaining:
                capacity = min(capacity * 4, remaining)
            case LIBDEFLATE_INSUFFICIENT_SPACE:
                throw DecodeError(code: .tooLarge, message: "the gzip body unpacks to more than the limit of \(bytesMax) bytes")
            default:
                throw DecodeError(code: .malformed, message: "the body is not valid gzip")
            }
        }
    }
}
