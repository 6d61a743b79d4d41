import CLibdeflate
import CZstd

/// How a file is compressed.
package enum FileCompression: String, CaseIterable, Sendable {
    case none
    case gzip
    case zstd

    /// Behind the name of such a file.
    package var ending: String {
        switch self {
        case .none: ""
        case .gzip: ".gz"
        case .zstd: ".zst"
        }
    }
}

/// Compresses something piece by piece with bounded memory: one frame of zstd, or a member of gzip for each piece, which
/// readers take for one file (RFC 1952, section 2.2).
///
/// Used by one owner at a time.
package final class StreamCompressor {
    /// The least effort of both: telemetry shrinks to a tenth even so.
    private static let level: Int32 = 1

    private let zstd: OpaquePointer?
    private let deflate: OpaquePointer?

    /// Nil without memory, and for `.none`.
    package init?(_ form: FileCompression) {
        switch form {
        case .none: return nil
        case .gzip:
            zstd = nil
            deflate = libdeflate_alloc_compressor(Self.level)
            if deflate == nil { return nil }
        case .zstd:
            deflate = nil
            zstd = ZSTD_createCCtx()
            guard let zstd else { return nil }
            ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, Self.level)
            ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1)
        }
    }

    deinit {
        if let zstd { ZSTD_freeCCtx(zstd) }
        if let deflate { libdeflate_free_compressor(deflate) }
    }

    /// What there is to write after a piece; nil without memory.
    ///
    /// - Parameter isLast: after this piece, which may be empty, nothing more is taken.
    package func compress(_ piece: UnsafeRawBufferPointer, isLast: Bool) -> [UInt8]? {
        if let deflate {
            let capacity = libdeflate_gzip_compress_bound(deflate, piece.count)
            return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                count = libdeflate_gzip_compress(
                    deflate, piece.baseAddress ?? UnsafeRawPointer(buffer.baseAddress), piece.count,
                    buffer.baseAddress, capacity)
            }
        }
        guard let zstd else { return nil }
        var output: [UInt8] = []
        var consumed = 0
        let step = max(ZSTD_CStreamOutSize(), piece.count / 4)
        while true {
            var rest = 0
            var written = 0
            let part = [UInt8](unsafeUninitializedCapacity: step) { buffer, count in
                var input = ZSTD_inBuffer(src: piece.baseAddress, size: piece.count, pos: consumed)
                var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: step, pos: 0)
                rest = ZSTD_compressStream2(zstd, &target, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
                consumed = input.pos
                written = target.pos
                count = written
            }
            if ZSTD_isError(rest) != 0 { return nil }
            output.append(contentsOf: part)
            if consumed == piece.count, !isLast || rest == 0 { return output }
        }
    }
}
