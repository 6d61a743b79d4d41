import CZstd

/// Whole-body Zstandard decompression with a bound on the output.
package enum Unzstd {
    /// The memory that a frame may ask for to look back: 8 MiB, the least that every decoder has to support
    /// (RFC 8878, section 3.1.1.1.2).
    private static let windowLogMax: Int32 = 23

    /// - Parameters, errors: as of `Gunzip.decompress`.
    /// - Spec: RFC 8878; a body may hold several frames, one after the other, and skippable ones between them.
    package static func decompress(
        _ body: [UInt8], bytesMax: Int, reserved: inout Int, reserve: (Int) -> Bool = { _ in true }
    ) throws(DecodeError) -> [UInt8] {
        guard let stream = ZSTD_createDStream() else {
            throw DecodeError(code: .noMemory, message: "no memory for decompression")
        }
        defer { ZSTD_freeDStream(stream) }
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, windowLogMax)
        // The told length is the sender's word: it saves growing, and is never trusted past the bound.
        let told = body.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        let isTold = told != contentSizeUnknown && told != contentSizeError
        if isTold, told > UInt64(bytesMax) { throw tooLarge(bytesMax) }
        var output: [UInt8] = []
        var capacity = max(1, isTold ? Int(told) : min(bytesMax, body.count * 4))
        var consumed = 0
        // Zero when a frame is complete, and then all of the body has to be used up.
        var rest = 1
        while true {
            guard reserve(capacity - reserved) else {
                throw DecodeError(code: .noMemory, message: "no memory for the unpacked body at present")
            }
            reserved = capacity
            let room = capacity - output.count
            var failure: String?
            var written = 0
            output = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                output.withUnsafeBufferPointer { count = buffer.update(fromContentsOf: $0) }
                body.withUnsafeBytes { source in
                    var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: consumed)
                    var target = ZSTD_outBuffer(dst: buffer.baseAddress.map { $0 + count }, size: room, pos: 0)
                    repeat {
                        rest = ZSTD_decompressStream(stream, &target, &input)
                        if ZSTD_isError(rest) != 0 {
                            failure = String(cString: ZSTD_getErrorName(rest))
                            break
                        }
                    } while target.pos < room && input.pos < input.size
                    consumed = input.pos
                    written = target.pos
                }
                count += written
            }
            if let failure { throw DecodeError(code: .malformed, message: "the body is not valid zstd: \(failure)") }
            guard output.count <= bytesMax else { throw tooLarge(bytesMax) }
            if consumed == body.count, rest == 0 || written < room {
                guard rest == 0 else { throw DecodeError(code: .malformed, message: "the zstd body is cut short") }
                return output
            }
            // One byte past the bound: what follows a full output may write nothing, as the end of a frame does.
            capacity = min(bytesMax + 1, capacity * 2)
        }
    }

    private static func tooLarge(_ bytesMax: Int) -> DecodeError {
        DecodeError(code: .tooLarge, message: "the unpacked body is larger than the limit of \(bytesMax) bytes")
    }
}

// Macros with casts, which are not imported (zstd.h, "ZSTD_CONTENTSIZE_UNKNOWN").
private let contentSizeUnknown = UInt64.max
private let contentSizeError = UInt64.max - 1
