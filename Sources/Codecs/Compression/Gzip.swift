import CLibdeflate

/// Whole-body gzip compression, for what Martlet itself sends.
package enum Gzip {
    /// The least effort: a sender that makes load should cost less than the server that unpacks it, and telemetry
    /// shrinks to a tenth even so.
    private static let level: Int32 = 1

    /// One gzip member.
    ///
    /// - Throws: `.noMemory`.
    /// - Spec: RFC 1952.
    package static func compress(_ body: [UInt8]) throws(DecodeError) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(level) else {
            throw DecodeError(code: .noMemory, message: "no memory for compression")
        }
        defer { libdeflate_free_compressor(compressor) }
        // The bound holds for every body of this length, so what does not fit cannot happen.
        let capacity = libdeflate_gzip_compress_bound(compressor, body.count)
        return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = body.withUnsafeBytes {
                libdeflate_gzip_compress(compressor, $0.baseAddress, $0.count, buffer.baseAddress, capacity)
            }
        }
    }
}
