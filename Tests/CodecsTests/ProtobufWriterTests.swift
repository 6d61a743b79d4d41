import Codecs
import Foundation
import OTLPMessages
import SwiftProtobuf
import Testing

/// The reference is SwiftProtobuf.
@Suite struct ProtobufWriterTests {
    @Test(
        arguments: [
            (1, 0, [0x08, 0x00]),
            (1, 127, [0x08, 0x7F]),
            (1, 128, [0x08, 0x80, 0x01]),
            (1, 300, [0x08, 0xAC, 0x02]),
            (15, 1, [0x78, 0x01]),
            (16, 1, [0x80, 0x01, 0x01]),
            (1, UInt64.max, [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]),
            // The largest field number there is, 2^29 - 1.
            (536_870_911, 1, [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01]),
        ] as [(UInt32, UInt64, [UInt8])])
    func integersAreVarints(number: UInt32, value: UInt64, bytes: [UInt8]) {
        var writer = ProtobufWriter()
        writer.integer(number, value)
        #expect(writer.bytes == bytes)
    }

    @Test(arguments: [
        "", "a", "service.name", "é☃😀", String(repeating: "x", count: 127), String(repeating: "x", count: 20_000),
    ])
    func attributesAsTheReferenceWritesThem(text: String) throws {
        let reference = OTLPKeyValue.with {
            $0.key = "key"
            $0.value = .with { $0.stringValue = text }
        }
        var value = ProtobufWriter()
        value.field(1, text.utf8)
        var writer = ProtobufWriter()
        writer.field(1, "key".utf8)
        writer.field(2, value.bytes)
        #expect(try writer.bytes == reference.serializedBytes())
    }

    @Test(arguments: [0, 1, 127, 128, -1, Int64.max, Int64.min])
    func integersAsTheReferenceWritesThem(number: Int64) throws {
        let reference = OTLPAnyValue.with { $0.intValue = number }
        var writer = ProtobufWriter()
        writer.integer(3, UInt64(bitPattern: number))
        #expect(try writer.bytes == reference.serializedBytes())
    }

    @Test(arguments: [0, 1.5, -2e300, .infinity] as [Double])
    func doublesAsTheReferenceWritesThem(number: Double) throws {
        let reference = OTLPAnyValue.with { $0.doubleValue = number }
        var writer = ProtobufWriter()
        writer.fixed64(4, number.bitPattern)
        #expect(try writer.bytes == reference.serializedBytes())
    }

    @Test func theReferenceReadsWhatIsWritten() throws {
        var writer = ProtobufWriter()
        writer.field(1, "library".utf8)
        writer.integer(4, 4_000_000_000)
        let scope = try OTLPScope(serializedBytes: writer.bytes)
        #expect(
            scope
                == .with {
                    $0.name = "library"
                    $0.droppedAttributesCount = 4_000_000_000
                })
    }

    @Test func nothingIsWrittenAtFirst() {
        #expect(ProtobufWriter().bytes.isEmpty)
    }
}
