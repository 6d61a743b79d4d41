import CSnappy

/// Whole-body decompression of snappy's block format, as remote write uses it.
package enum Unsnappy {
    /// - Parameters, errors: as of `Gunzip.decompress`.
    /// - Spec: Snappy, "compressed format description"; the length stands in front, and is checked before memory is taken.
    package static func decompress(
        _ body: [UInt8], bytesMax: Int, reserved: inout Int, reserve: (Int) -> Bool = { _ in true }
    ) throws(DecodeError) -> [UInt8] {
        var length = 0
        let isSnappy = body.withUnsafeBytes { bytes in
            let start = bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return snappy_uncompressed_length(start, bytes.count, &length) == SNAPPY_OK
        }
        // A byte of a copy makes at most 64: what claims more lies, and is not worth the memory.
        guard isSnappy, length / 64 <= body.count else { throw corrupt }
        guard length <= bytesMax else {
            throw DecodeError(
                code: .tooLarge, message: "the unpacked body is larger than the limit of \(bytesMax) bytes")
        }
        guard reserve(length) else {
            throw DecodeError(code: .noMemory, message: "no memory for the unpacked body at present")
        }
        reserved = length
        var isWhole = false
        let output = [UInt8](unsafeUninitializedCapacity: max(1, length)) { buffer, count in
            var written = length
            let status = body.withUnsafeBytes { bytes in
                buffer.withMemoryRebound(to: CChar.self) { target in
                    snappy_uncompress(
                        bytes.assumingMemoryBound(to: CChar.self).baseAddress, bytes.count, target.baseAddress, &written
                    )
                }
            }
            isWhole = status == SNAPPY_OK && written == length
            count = isWhole ? written : 0
        }
        guard isWhole else { throw corrupt }
        return output
    }

    private static var corrupt: DecodeError {
        DecodeError(code: .malformed, message: "the body is not valid snappy (block format)")
    }
}
