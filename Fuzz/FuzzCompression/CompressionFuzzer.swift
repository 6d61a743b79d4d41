import CZstd
import Codecs
import FuzzSupport

/// Unpacks a body under a bound and under a wide one: never more than the bound, never more memory than was asked for,
/// and the bound changes nothing but whether the body is too large.
struct CompressionFuzzer {
    private static let wideBound = 1 << 20

    func seeds() -> [[UInt8]] {
        let text = Array("some text, some more text, some text".utf8)
        var seeds: [[UInt8]] = []
        for format: UInt8 in [0, 1] {
            for bound: UInt8 in [0, 4, 20, 60, 100] {
                let member: [UInt8] = [0x30, UInt8(text.count)] + text
                seeds += [
                    [2 | format, bound] + member, [2 | format, bound] + member + member,
                    [2 | format, bound, 0x32, 200] + member, [2 | format, bound, 4, 0] + member + [4, 0],
                    [2 | format, bound, 0x38, 5, 1, 2, 3, 4, 5, 5, 9] + member, [2 | format, bound] + member + [6, 3],
                    [2 | format, bound, 3, 255, 0x0B, 255], [2 | format, bound, 0x3A, 255, 0x3A, 255, 0x3A, 255],
                ]
                let packed = PackedBody(script: member[...], format == 0 ? .gzip : .zstd).bytes
                seeds += [[format, bound] + packed, [format, bound] + packed + packed]
            }
        }
        return seeds
    }

    /// Tests one input: a byte for the format and the kind of input, a byte for the bound, then bytes or a script.
    func test(_ input: [UInt8]) {
        guard input.count >= 2 else { return }
        let format: PackedBody.Format = input[0] & 1 == 0 ? .gzip : .zstd
        let packed =
            input[0] & 2 == 0
            ? PackedBody(raw: Array(input[2...])) : PackedBody(script: input[2...], format)
        // From 8 bytes to about a million, by eighths of a power of two; or 1, 2, 3, 4.
        let scale = Int(input[1] >> 3) % 18
        let bound = scale == 17 ? 1 + Int(input[1] & 3) : (8 + Int(input[1] & 7)) << scale
        let wide = unpack(packed.bytes, format, bound: Self.wideBound)
        let narrow = unpack(packed.bytes, format, bound: bound)
        // By the room for its output libzstd takes one of two ways, and of broken frames each accepts others; see below.
        let isExact = format == .gzip || packed.content != nil
        switch (wide, narrow) {
        case (.success(let all), .success(let bytes)):
            if bytes != all { fail("the bound of \(bound) changes what comes out") }
        case (.success(let all), .failure(let error)):
            if isExact, error.code != .tooLarge || all.count <= bound {
                fail("\(all.count) bytes under the bound of \(bound): \(error)")
            }
        case (.failure(let error), .success):
            if isExact { fail("only the bound of \(bound) accepts it: \(error)") }
        case (.failure, .failure): break
        }
        if let content = packed.content, !packed.bytes.isEmpty { check(wide, content) }
        if format == .zstd { compareWithOneCall(packed.bytes, wide) }
    }

    /// What was packed whole comes out; a zstd body of skippable frames only is an empty one.
    private func check(_ unpacked: Result<[UInt8], DecodeError>, _ content: [UInt8]) {
        switch unpacked {
        case .success(let bytes): if bytes != content { fail("\(content.count) bytes were packed, others come out") }
        case .failure(let error): fail("\(content.count) bytes were packed: \(error)")
        }
    }

    private func unpack(
        _ body: [UInt8], _ format: PackedBody.Format, bound: Int
    ) -> Result<[UInt8], DecodeError> {
        var reserved = 0
        var asked = 0
        let reserve: (Int) -> Bool = { bytes in
            if bytes < 0 { LibFuzzer.fail("\(bytes) bytes are reserved") }
            asked += bytes
            return true
        }
        let compression: BodyCompression = format == .gzip ? .gzip : .zstd
        let result = Result { () throws(DecodeError) in
            try compression.decompress(body, bytesMax: bound, reserved: &reserved, reserve: reserve)
        }
        if reserved != asked { fail("\(reserved) bytes are said to be reserved, \(asked) were") }
        // A member after a full output is tried with one byte.
        if reserved > bound + 1 { fail("\(reserved) bytes are reserved under the bound of \(bound)") }
        if case .success(let bytes) = result {
            if bytes.count > bound { fail("\(bytes.count) bytes pass the bound of \(bound)") }
            if bytes.count > reserved { fail("\(bytes.count) bytes in \(reserved) that were reserved") }
        }
        return result
    }

    /// Where both accept a body, the library's decoder for bodies in memory gives the same bytes.
    ///
    /// Of broken frames each of the two accepts some that the other refuses (seen with libzstd 1.5.4): in one call a block
    /// may be larger than the frame's window; in a stream a frame that ends with an empty block may tell a wrong length.
    private func compareWithOneCall(_ body: [UInt8], _ unpacked: Result<[UInt8], DecodeError>) {
        guard case .success(let bytes) = unpacked else { return }
        var isRefused = false
        let output = [UInt8](unsafeUninitializedCapacity: Self.wideBound) { buffer, count in
            let result = body.withUnsafeBytes {
                ZSTD_decompress(buffer.baseAddress, Self.wideBound, $0.baseAddress, $0.count)
            }
            isRefused = ZSTD_isError(result) != 0
            count = isRefused ? 0 : result
        }
        if !isRefused, bytes != output { fail("streamed \(bytes.count) bytes, in one call others, \(output.count)") }
    }

    private func fail(_ message: String) -> Never { LibFuzzer.fail(message) }
}
