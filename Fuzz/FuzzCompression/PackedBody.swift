import CLibdeflate
import CZstd
import FuzzSupport

/// A body as an input describes it. The libraries are not instrumented and their checksums cannot be guessed, so an
/// input is not only bytes as they are, but also a script of members and frames that are packed here.
struct PackedBody {
    enum Format {
        case gzip, zstd
    }

    private(set) var bytes: [UInt8] = []
    /// What the body unpacks to; nil when nobody knows.
    private(set) var content: [UInt8]? = []

    init(raw bytes: [UInt8]) {
        self.bytes = bytes
        content = nil
    }

    /// - Parameter script: steps of two bytes, what and how much, some with that many bytes of content behind them.
    init(script: ArraySlice<UInt8>, _ format: Format) {
        var rest = script
        // Sixteen steps and 64 KiB are enough to see every path.
        for _ in 0..<16 {
            guard let what = rest.popFirst(), let amount = rest.popFirst() else { break }
            step(what, Int(amount), &rest, format)
        }
    }

    private mutating func step(_ what: UInt8, _ amount: Int, _ rest: inout ArraySlice<UInt8>, _ format: Format) {
        switch what % 8 {
        case 0, 1:
            add(Array(rest.prefix(amount)), level: Int32(what >> 4), tellsLength: what & 8 == 0, format)
            rest = rest.dropFirst(amount)
        case 2:
            add([UInt8](repeating: what, count: amount * 64), level: 3, tellsLength: what & 8 == 0, format)
        case 3:
            // Bytes that do not pack, more than one block of zstd has at level 1.
            var random = SplitMix64(seed: UInt64(what))
            add((0..<amount * 40).map { _ in random.byte() }, level: 1, tellsLength: what & 8 == 0, format)
        case 4:
            add([], level: 1, tellsLength: what & 8 == 0, format)
        case 5:
            if format == .zstd {
                // A skippable frame (RFC 8878, section 3.1.2).
                bytes += [0x50 | what >> 4, 0x2A, 0x4D, 0x18, UInt8(amount % 64), 0, 0, 0]
                bytes += [UInt8](repeating: what, count: amount % 64)
            } else {
                damage(amount, what)
            }
        case 6: damage(amount, what)
        default:
            bytes += rest.prefix(amount)
            rest = rest.dropFirst(amount)
            if amount > 0 { content = nil }
        }
    }

    private mutating func damage(_ amount: Int, _ what: UInt8) {
        guard !bytes.isEmpty else { return }
        content = nil
        switch what >> 4 & 3 {
        case 0: bytes.removeLast(min(bytes.count, amount))
        // The told length of a gzip member is its last four bytes.
        case 1: bytes[bytes.count - 1 - amount % min(bytes.count, 4)] ^= what
        default: bytes[amount % bytes.count] ^= 1 << (what >> 5)
        }
    }

    private mutating func add(_ payload: [UInt8], level: Int32, tellsLength: Bool, _ format: Format) {
        switch format {
        case .gzip: bytes += Self.gzip(payload, level: level % 13)
        case .zstd: bytes += Self.zstd(payload, level: level % 16, tellsLength: tellsLength)
        }
        content? += payload
    }

    private static func gzip(_ payload: [UInt8], level: Int32) -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(level) else { LibFuzzer.fail("no memory") }
        defer { libdeflate_free_compressor(compressor) }
        let room = libdeflate_gzip_compress_bound(compressor, payload.count)
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = payload.withUnsafeBytes {
                libdeflate_gzip_compress(compressor, $0.baseAddress, $0.count, buffer.baseAddress, room)
            }
        }
    }

    private static func zstd(_ payload: [UInt8], level: Int32, tellsLength: Bool) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { LibFuzzer.fail("no memory") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, tellsLength ? 1 : 0)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, level & 1)
        let room = ZSTD_compressBound(payload.count)
        return [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = payload.withUnsafeBytes {
                ZSTD_compress2(context, buffer.baseAddress, room, $0.baseAddress, $0.count)
            }
        }
    }
}
