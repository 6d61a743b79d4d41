import CZstd

/// Unpacks zstd: frames one after the other, skippable ones between them. Spec: RFC 8878.
final class UnzstdSource: ByteSource {
    private let source: any ByteSource
    private let stream: OpaquePointer
    private var input: [UInt8]
    private var consumed = 0
    private var isInputOver = false
    private var isOver = false
    /// Zero where a frame has ended.
    private var rest = 0
    private(set) var failure: String?

    /// - Parameter start: bytes that were read already.
    init(_ source: any ByteSource, start: [UInt8], path: String) throws(TelemetryFileError) {
        guard let stream = ZSTD_createDStream() else { throw TelemetryFileError(.noMemory, path, "no memory for zstd") }
        self.source = source
        self.stream = stream
        input = start
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, TelemetryFileLimits.zstdWindowLog)
    }

    deinit { ZSTD_freeDStream(stream) }

    func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool {
        while !isOver {
            if consumed == input.count, !isInputOver {
                input.removeAll(keepingCapacity: true)
                consumed = 0
                isInputOver = try !source.read(into: &input)
            }
            var (written, wasFull) = (0, false)
            let chunk = [UInt8](unsafeUninitializedCapacity: TelemetryFileLimits.chunkBytes) { buffer, count in
                input.withUnsafeBufferPointer { bytes in
                    var source = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: consumed)
                    var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                    let result = ZSTD_decompressStream(stream, &target, &source)
                    if ZSTD_isError(result) != 0 {
                        failure = "not valid zstd: \(String(cString: ZSTD_getErrorName(result)))"
                    } else {
                        // Without anything to do it asks for the beginning of another frame.
                        if source.pos > consumed || target.pos > 0 { rest = result }
                    }
                    consumed = source.pos
                    written = target.pos
                    wasFull = target.pos == target.size
                }
                count = written
            }
            bytes += chunk
            if failure != nil {
                isOver = true
            } else if isInputOver, consumed == input.count, !wasFull {
                isOver = true
                if rest != 0 { failure = "the zstd data is cut short" }
            }
            if written > 0 { return true }
        }
        return false
    }
}
