import Codecs
import Testing

@Suite struct UnzstdTests {
    /// A frame of one raw block: magic, descriptor of a single segment with a length of one byte, block header, content.
    private func frame(_ content: [UInt8], isTold: Bool = true) -> [UInt8] {
        let magic: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
        let header: [UInt8] = isTold ? [0x20, UInt8(content.count)] : [0x00, 0x58]
        let block = UInt32(content.count) << 3 | 1
        return magic + header + [UInt8(block & 0xFF), UInt8(block >> 8 & 0xFF), UInt8(block >> 16)] + content
    }

    private func unpack(_ body: [UInt8], bytesMax: Int) throws(DecodeError) -> [UInt8] {
        var reserved = 0
        return try Unzstd.decompress(body, bytesMax: bytesMax, reserved: &reserved)
    }

    @Test(arguments: [true, false]) func aFrameIsUnpacked(isTold: Bool) throws {
        #expect(try unpack(frame([1, 2, 3], isTold: isTold), bytesMax: 100) == [1, 2, 3])
        #expect(try unpack(frame([], isTold: isTold), bytesMax: 100) == [])
    }

    @Test func framesStandOneAfterTheOther() throws {
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 2, 0, 0, 0, 9, 9]
        #expect(try unpack(frame([1, 2]) + skippable + frame([3], isTold: false), bytesMax: 100) == [1, 2, 3])
    }

    /// Found by fuzzing: what follows a full output may write nothing.
    @Test func theBoundItselfIsAllowedWhateverFollows() throws {
        #expect(try unpack(frame([1, 2, 3]) + frame([]), bytesMax: 3) == [1, 2, 3])
        #expect(try unpack(frame([1, 2, 3], isTold: false), bytesMax: 3) == [1, 2, 3])
    }

    @Test(arguments: [true, false]) func moreThanTheBoundIsRefused(isTold: Bool) {
        let error = #expect(throws: DecodeError.self) { try unpack(frame([1, 2, 3, 4], isTold: isTold), bytesMax: 3) }
        #expect(error?.code == .tooLarge)
    }

    @Test func whatIsCutShortOrDamagedIsMalformed() {
        let whole = frame([1, 2, 3])
        for length in 0..<whole.count {
            let error = #expect(throws: DecodeError.self) { try unpack(Array(whole[..<length]), bytesMax: 100) }
            #expect(error?.code == .malformed)
        }
        let error = #expect(throws: DecodeError.self) { try unpack(whole + [1, 2, 3, 4, 5], bytesMax: 100) }
        #expect(error?.code == .malformed)
    }

    @Test func whatIsNotReservedIsNotUnpacked() {
        var reserved = 0
        let error = #expect(throws: DecodeError.self) {
            try Unzstd.decompress(frame([1, 2, 3]), bytesMax: 100, reserved: &reserved, reserve: { _ in false })
        }
        #expect(error?.code == .noMemory)
    }
}
