import Codecs
import Testing

@Suite struct InflateTests {
    /// Made with Python's `zlib.compress(b"hello hello hello hello", 9)`; without the header its first two and last
    /// four bytes are cut.
    private static let zlib: [UInt8] = [
        0x78, 0xDA, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x57, 0xC8, 0x40, 0x27, 0x01, 0x68, 0x03, 0x08, 0xB1,
    ]

    private static func inflate(_ body: [UInt8], bytesMax: Int = 1000) throws -> String {
        var reserved = 0
        return String(decoding: try Inflate.decompress(body, bytesMax: bytesMax, reserved: &reserved), as: UTF8.self)
    }

    @Test func withAndWithoutTheHeader() throws {
        #expect(try Self.inflate(Self.zlib) == "hello hello hello hello")
        #expect(try Self.inflate(Array(Self.zlib.dropFirst(2).dropLast(4))) == "hello hello hello hello")
    }

    @Test func theOutputIsBounded() {
        let error = #expect(throws: DecodeError.self) { try Self.inflate(Self.zlib, bytesMax: 22) }
        #expect(error?.code == .tooLarge)
    }

    @Test func memoryIsAskedFor() {
        var reserved = 0
        let error = #expect(throws: DecodeError.self) {
            try Inflate.decompress(Self.zlib, bytesMax: 1000, reserved: &reserved) { _ in false }
        }
        #expect(error?.code == .noMemory)
        #expect(reserved == 0)
    }

    @Test(arguments: 0..<16)
    func cutBodiesAreRefused(count: Int) {
        #expect(throws: DecodeError.self) { try Self.inflate(Array(Self.zlib[..<count])) }
    }
}
