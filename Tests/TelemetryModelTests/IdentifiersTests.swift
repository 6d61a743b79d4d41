import TelemetryModel
import Testing

@Suite struct IdentifiersTests {
    @Test(arguments: [
        ("4bf92f3577b34da6a3ce929d0e0e4736", 0x4BF9_2F35_77B3_4DA6, 0xA3CE_929D_0E0E_4736),
        ("4BF92F3577B34DA6A3CE929D0E0E4736", 0x4BF9_2F35_77B3_4DA6, 0xA3CE_929D_0E0E_4736),
        ("00000000000000000000000000000000", 0, 0),
        ("ffffffffffffffffffffffffffffffff", UInt64.max, UInt64.max),
        ("10000000000000000", 1, 0),
    ])
    func traceIDReadsHexInEitherCase(text: String, high: UInt64, low: UInt64) {
        #expect(TraceID(hex: text) == TraceID(high: high, low: low))
    }

    @Test(arguments: [
        ("1", "00000000000000000000000000000001"),
        ("abc", "00000000000000000000000000000abc"),
        ("bf92f3577b34da6a3ce929d0e0e4736", "0bf92f3577b34da6a3ce929d0e0e4736"),
        ("a3ce929d0e0e4736", "0000000000000000a3ce929d0e0e4736"),
        ("0A", "0000000000000000000000000000000a"),
    ])
    func traceIDReadsTextWithoutItsLeadingZeros(text: String, printed: String) {
        #expect(TraceID(hex: text)?.hex == printed)
    }

    @Test(arguments: [
        "", "g", "0x1", " 1", "1 ", "-1", "+1", "4bf92f3577b34da6a3ce929d0e0e473g",
        "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
        "4bf92f3577b34da6a3ce929d0e0e47361", "00000000000000000000000000000000\u{0}", "é", "١",
    ])
    func traceIDRefusesOtherText(text: String) {
        #expect(TraceID(hex: text) == nil)
    }

    @Test(arguments: [0, 1, 5, 8, 15, 17, 32])
    func traceIDRefusesOtherNumbersOfBytes(count: Int) {
        #expect(TraceID(bytes: [UInt8](repeating: 7, count: count)) == nil)
    }

    @Test(arguments: [0, 1, 5, 7, 9, 16])
    func spanIDRefusesOtherNumbersOfBytes(count: Int) {
        #expect(SpanID(bytes: [UInt8](repeating: 7, count: count)) == nil)
    }

    @Test func traceIDBytesAreBigEndian() throws {
        let bytes = [UInt8](1...16)
        let id = try #require(TraceID(bytes: bytes))
        #expect(id == TraceID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10))
        #expect(id.bytes == bytes)
        #expect(id.hex == "0102030405060708090a0b0c0d0e0f10")
    }

    @Test func spanIDBytesAreBigEndian() throws {
        let bytes: [UInt8] = [0x00, 0xF0, 0x67, 0xAA, 0x0B, 0xA9, 0x02, 0xB7]
        let id = try #require(SpanID(bytes: bytes))
        #expect(id == SpanID(value: 0x00F0_67AA_0BA9_02B7))
        #expect(id.bytes == bytes)
        #expect(id.hex == "00f067aa0ba902b7")
    }

    @Test func onlyAllZeroIsZero() {
        #expect(TraceID.zero.isZero)
        #expect(!TraceID(high: 0, low: 1).isZero)
        #expect(!TraceID(high: 1, low: 0).isZero)
        #expect(SpanID.zero.isZero)
        #expect(!SpanID(value: 1 << 63).isZero)
    }

    @Test(
        arguments: [
            ("00ff", 2, [0x00, 0xFF]),
            ("FfA", 2, [0x0F, 0xFA]),
            ("1", 3, [0, 0, 1]),
        ] as [(String, Int, [UInt8])])
    func hexIsPaddedInFront(text: String, count: Int, bytes: [UInt8]) {
        #expect(Hex.decode(text, paddedTo: count) == bytes)
    }

    @Test(arguments: [("", 2), ("12345", 2), ("0g", 1), ("0:", 1), ("0/", 1), ("0@", 1), ("0`", 1), ("0G", 1)])
    func hexRefusesEmptyLongAndOtherText(text: String, count: Int) {
        #expect(Hex.decode(text, paddedTo: count) == nil)
    }

    @Test func hexOfEveryByteReadsBack() {
        let bytes = (0...255).map { UInt8($0) }
        let text = Hex.encode(bytes)
        #expect(text.utf8.count == 512)
        #expect(text.hasPrefix("000102030405060708090a0b"))
        #expect(Hex.decode(text, paddedTo: 256) == bytes)
        #expect(Hex.decode(text.uppercased(), paddedTo: 256) == bytes)
        #expect(Hex.encode([]) == "")
    }
}
