import Testing

@testable import Codecs

/// The members were made by Python 3's `gzip.compress(…, 9, mtime=0)` (zlib).
@Suite struct GunzipTests {
    private static let hello: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x86,
        0xA6,
        0x10, 0x36, 0x05, 0x00, 0x00, 0x00,
    ]
    private static let bang: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x53, 0x04, 0x00, 0xD3, 0xFF, 0x6B, 0x9E, 0x01,
        0x00,
        0x00, 0x00,
    ]
    private static let empty: [UInt8] = [
        0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x00,
    ]
    /// 65536 zeros in 96 bytes.
    private static let zeros: [UInt8] =
        [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xED, 0xC1, 0x01, 0x01, 0x00, 0x00, 0x00, 0x80,
            0x90, 0xFE, 0xAF, 0xEE, 0x08, 0x0A,
        ] + [UInt8](repeating: 0, count: 63) + [0x6A, 0xEB, 0x8E, 0x97, 0xD7, 0x00, 0x00, 0x01, 0x00]

    private func unpack(_ body: [UInt8], bytesMax: Int = 1 << 20) throws(DecodeError) -> [UInt8] {
        var reserved = 0
        return try Gunzip.decompress(body, bytesMax: bytesMax, reserved: &reserved)
    }

    private func code(_ body: [UInt8], bytesMax: Int = 1 << 20) -> DecodeError.Code? {
        do {
            _ = try unpack(body, bytesMax: bytesMax)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func whatWasPackedComesOut() throws {
        #expect(try unpack(Self.hello) == Array("hello".utf8))
        #expect(try unpack(Self.empty) == [])
        #expect(try unpack(Self.zeros) == [UInt8](repeating: 0, count: 65536))
    }

    /// RFC 1952, section 2.2: "A gzip file consists of a series of members".
    @Test func membersFollowEachOther() throws {
        #expect(try unpack(Self.hello + Self.bang) == Array("hello!".utf8))
        #expect(try unpack(Self.empty + Self.hello + Self.empty + Self.bang) == Array("hello!".utf8))
        // The last member's length says nothing of the first.
        #expect(try unpack(Self.zeros + Self.bang).count == 65537)
        #expect(try unpack(Self.bang + Self.zeros).count == 65537)
    }

    @Test func aBodyCutShortIsMalformed() {
        for length in 0..<Self.hello.count {
            #expect(code(Array(Self.hello[..<length])) == .malformed, "\(length) bytes")
        }
        for length in Self.hello.count + 1..<Self.hello.count * 2 {
            #expect(code(Array((Self.hello + Self.hello)[..<length])) == .malformed, "\(length) bytes")
        }
    }

    @Test(
        "a wrong magic, method, checksum or length is malformed",
        arguments: [0, 1, 2, 17, 18, 19, 20, 21, 22, 23, 24])
    func changedByte(index: Int) {
        var body = Self.hello
        body[index] ^= 0x40
        #expect(code(body) == .malformed)
    }

    @Test func bytesAfterTheLastMemberAreMalformed() {
        #expect(code(Self.hello + [0]) == .malformed)
        #expect(code(Self.hello + Array("rest".utf8)) == .malformed)
    }

    @Test func bytesThatAreNoGzipAreMalformed() {
        #expect(code([]) == .malformed)
        #expect(code(Array("{}".utf8)) == .malformed)
        #expect(code([UInt8](repeating: 0xFF, count: 1000)) == .malformed)
    }

    @Test(
        "more than the limit is refused, the limit itself is not",
        arguments: [(65536, nil), (65535, .tooLarge), (1000, .tooLarge), (1, .tooLarge)] as [(Int, DecodeError.Code?)])
    func bomb(bytesMax: Int, expected: DecodeError.Code?) {
        #expect(code(Self.zeros, bytesMax: bytesMax) == expected)
    }

    /// The limit is of the whole body, not of each member.
    @Test(
        "members together may not pass the limit",
        arguments: [
            (hello + bang, 6, nil), (hello + bang, 5, .tooLarge), (hello + hello, 9, .tooLarge),
            (hello + empty, 5, nil),
            (hello + bang + bang + bang, 5, .tooLarge), (zeros + zeros, 100_000, .tooLarge),
        ] as [([UInt8], Int, DecodeError.Code?)])
    func membersTogether(body: [UInt8], bytesMax: Int, expected: DecodeError.Code?) {
        #expect(code(body, bytesMax: bytesMax) == expected)
    }

    /// The last four bytes of a member tell its length; believing them would let 25 bytes ask for 4 GiB.
    @Test func aLengthThatLiesAsksForNoMoreThanTheFormatCanReach() {
        var body = Self.hello
        for index in body.count - 4..<body.count { body[index] = 0xFF }
        var asked = 0
        var reserved = 0
        let error = #expect(throws: DecodeError.self) {
            _ = try Gunzip.decompress(
                body, bytesMax: 1 << 30, reserved: &reserved,
                reserve: {
                    asked += $0
                    return true
                })
        }
        #expect(error?.code == .malformed)
        #expect(asked > 0)
        #expect(asked <= body.count * 1100)
        #expect(reserved == asked)
    }

    @Test func memoryIsAskedForBeforeItIsTaken() throws {
        var reserved = 0
        let error = #expect(throws: DecodeError.self) {
            _ = try Gunzip.decompress(Self.zeros, bytesMax: 1 << 20, reserved: &reserved, reserve: { _ in false })
        }
        #expect(error?.code == .noMemory)
        #expect(reserved == 0)
        var asked = 0
        let bytes = try Gunzip.decompress(
            Self.zeros + Self.hello, bytesMax: 1 << 20, reserved: &reserved,
            reserve: {
                asked += $0
                return true
            })
        #expect(reserved == asked)
        #expect(reserved >= bytes.count)
    }

    /// Changes every byte of a member in several ways; the answer is bytes or an error.
    @Test func changedBytesNeverTrap() {
        var outcomes = (bytes: 0, errors: 0)
        for body in [Self.hello, Self.zeros] {
            for index in body.indices {
                for mask: UInt8 in [1, 0x80, 0xFF] {
                    var changed = body
                    changed[index] ^= mask
                    if code(changed) == nil { outcomes.bytes += 1 } else { outcomes.errors += 1 }
                }
            }
        }
        #expect(outcomes.errors > 100)
        // Times and flags of the header do not matter.
        #expect(outcomes.bytes > 10)
    }
}
