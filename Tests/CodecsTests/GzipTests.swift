import Testing

@testable import Codecs

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 255, 65_536, 1_000_000])
    func `what is compressed unpacks to the same bytes`(count: Int) throws {
        let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 5) }
        let packed = try Gzip.compress(body)
        var reserved = 0
        #expect(try Gunzip.decompress(packed, bytesMax: 1 << 20, reserved: &reserved) == body)
    }

    @Test func `a body that cannot shrink stays whole`() throws {
        var state: UInt64 = 1
        let body = (0..<100_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(state >> 56)
        }
        var reserved = 0
        #expect(try Gunzip.decompress(Gzip.compress(body), bytesMax: 1 << 20, reserved: &reserved) == body)
    }
}
