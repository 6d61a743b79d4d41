import CLibdeflate

/// Whole-body gzip decompression with a bound on the output.
package enum Gunzip {
    /// - Parameters:
    ///   - bytesMax: more output than this is refused, and never more than this is allocated.
    ///   - reserve: asked before bytes are allocated, with their number; false refuses the body. What was reserved is in
    ///     `reserved` afterwards, also after an error; the caller gives it back.
    /// - Throws: `.tooLarge` over the bound, `.malformed` for bytes that are not complete gzip, `.noMemory`.
    /// - Spec: RFC 1952; a body may hold several members, one after the other.
    package static func decompress(
        _ body: [UInt8], bytesMax: Int, reserved: inout Int, reserve: (Int) -> Bool = { _ in true }
    ) throws(DecodeError) -> [UInt8] {
        guard let decompressor = libdeflate_alloc_decompressor() else {
            throw DecodeError(code: .noMemory, message: "no memory for decompression")
        }
        defer { libdeflate_free_decompressor(decompressor) }
        var output: [UInt8] = []
        var consumed = 0
        repeat {
            let rest = body[consumed...]
            // The told length is the last member's; trusted for each of many it would be allocated as often.
            var capacity =
                consumed == 0
                ? firstCapacity(rest, bytesMax: bytesMax) : max(1, min(laterMemberBytes, bytesMax - output.count))
            while true {
                // Of this member only: what earlier members took stays reserved.
                let wanted = output.count + capacity
                if wanted > reserved {
                    guard reserve(wanted - reserved) else {
                        throw DecodeError(code: .noMemory, message: "no memory for the unpacked body at present")
                    }
                    reserved = wanted
                }
                guard let member = try decompressMember(rest, decompressor, capacity: capacity) else {
                    guard wanted < bytesMax else {
                        throw DecodeError(
                            code: .tooLarge,
                            message: "the gzip body unpacks to more than the limit of \(bytesMax) bytes")
                    }
                    capacity = min(capacity * 4, bytesMax - output.count)
                    continue
                }
                guard output.count + member.output.count <= bytesMax else {
                    throw DecodeError(
                        code: .tooLarge, message: "the gzip body unpacks to more than the limit of \(bytesMax) bytes")
                }
                consumed += member.consumed
                if output.isEmpty { output = member.output } else { output += member.output }
                break
            }
        } while consumed < body.count
        return output
    }

    /// First guess for every member but the first.
    private static let laterMemberBytes = 64 << 10

    /// The last four bytes of a member tell its length modulo 2^32. A sender may lie, or more members may follow, so it
    /// is a first guess only, and never above what the format can reach (about 1 to 1032).
    private static func firstCapacity(_ body: ArraySlice<UInt8>, bytesMax: Int) -> Int {
        let told = body.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        return max(1, min(max(told, 256), body.count * 1100, bytesMax))
    }

    /// Nil when the output does not fit.
    private static func decompressMember(
        _ body: ArraySlice<UInt8>, _ decompressor: OpaquePointer, capacity: Int
    ) throws(DecodeError) -> (output: [UInt8], consumed: Int)? {
        var consumed = 0
        var written = 0
        var result = LIBDEFLATE_BAD_DATA
        let output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            result = body.withUnsafeBytes {
                libdeflate_gzip_decompress_ex(
                    decompressor, $0.baseAddress, $0.count, buffer.baseAddress, capacity, &consumed, &written)
            }
            count = result == LIBDEFLATE_SUCCESS ? written : 0
        }
        switch result {
        case LIBDEFLATE_SUCCESS: return (output, consumed)
        case LIBDEFLATE_INSUFFICIENT_SPACE: return nil
        default: throw DecodeError(code: .malformed, message: "the body is not valid gzip")
        }
    }
}
