import Codecs
import TelemetryFiles
import Testing

@testable import TelemetryFiles

@Suite struct InflaterTests {
    /// Hands over a few bytes at a time.
    private final class Pieces: ByteSource {
        private var rest: ArraySlice<UInt8>
        private let size: Int
        init(_ bytes: [UInt8], size: Int) {
            rest = bytes[...]
            self.size = size
        }
        var failure: String? { nil }
        func read(into bytes: inout [UInt8]) throws(TelemetryFileError) -> Bool {
            bytes += rest.prefix(size)
            defer { rest = rest.dropFirst(size) }
            return !rest.isEmpty
        }
    }

    private func unpack(_ bytes: [UInt8], pieces: Int = 1_000) throws -> (bytes: [UInt8], failure: String?) {
        let source = GunzipSource(Pieces(bytes, size: pieces), start: [])
        var result: [UInt8] = []
        while try source.read(into: &result) {}
        return (result, source.failure)
    }

    /// Text that repeats, noise, zeros: matches, literals, long runs.
    private static func sample(_ number: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        switch number {
        case 0: return []
        case 1: return Array("a".utf8)
        case 2: return (0..<300_000).flatMap { Array("span \($0 % 977) of service \($0 % 13)\n".utf8) }
        case 3: return (0..<700_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        case 4: return [UInt8](repeating: 0, count: 3_000_000)
        default: return (0..<400_000).map { UInt8(truncatingIfNeeded: ($0 &* $0) >> 7 & ($0 >> 3)) }
        }
    }

    @Test(arguments: 0...5)
    func unpackingGivesWhatWasPacked(_ number: Int) throws {
        let bytes = Self.sample(number)
        let packed = try Gzip.compress(bytes)
        for pieces in [7, 65_536] {
            let result = try unpack(packed, pieces: pieces)
            let isEqual = result.bytes == bytes
            #expect(isEqual)
            #expect(result.failure == nil)
        }
    }

    @Test func storedBlocksAndFixedCodesAreRead() throws {
        // Made by hand from RFC 1951: a stored block "abc", then the literal "d" and the end in fixed codes.
        let deflate: [UInt8] = [0x00, 0x03, 0x00, 0xFC, 0xFF, 0x61, 0x62, 0x63, 0x4B, 0x01, 0x00]
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        // CRC-32 of "abcd" and its length.
        let result = try unpack(header + deflate + [0x11, 0xCD, 0x82, 0xED, 4, 0, 0, 0])
        #expect(String(decoding: result.bytes, as: UTF8.self) == "abcd")
        #expect(result.failure == nil)
    }

    @Test func namesAndCommentsInHeadersArePassedOver() throws {
        let packed = try Gzip.compress(Array("hello".utf8))
        let header: [UInt8] =
            [0x1F, 0x8B, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 255, 2, 0, 9, 9] + Array("name\0comment\0".utf8)
            + [0, 0]
        let result = try unpack(header + packed.dropFirst(10))
        #expect(result.bytes == Array("hello".utf8))
        #expect(result.failure == nil)
    }

    @Test func zerosBehindTheEndAreOverlookedAndAnythingElseIsNot() throws {
        let packed = try Gzip.compress(Array("hello".utf8))
        #expect(try unpack(packed + [0, 0, 0]).failure == nil)
        #expect(try unpack(packed + [1, 2]).failure != nil)
    }

    @Test func aWrongChecksumIsSaid() throws {
        var packed = try Gzip.compress(Array("hello".utf8))
        packed[packed.count - 6] ^= 1
        #expect(try unpack(packed).failure?.contains("checksum") == true)
    }

    @Test func anyChangedByteEndsInAFailureOrTheSameBytes() throws {
        let bytes = Self.sample(2).prefix(3_000)
        let packed = try Gzip.compress(Array(bytes))
        for place in 10..<packed.count {
            var broken = packed
            broken[place] ^= 0x55
            let result = try unpack(broken)
            #expect(result.failure != nil || result.bytes == Array(bytes))
        }
        for length in 0..<packed.count { #expect(try unpack(Array(packed.prefix(length))).failure != nil) }
    }
}
