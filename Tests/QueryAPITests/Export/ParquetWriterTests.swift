import ClickHouse
import Testing

@testable import QueryAPI

@Suite struct ParquetWriterTests {
    @Test(arguments: [
        ("Nullable(String)", ParquetType.string), ("LowCardinality(Nullable(String))", .string), ("UInt8", .int64),
        ("UInt64", .uint64), ("Bool", .bool), ("Float32", .double), ("DateTime64(9, 'UTC')", .timestamp),
        ("Nullable(DateTime64(3))", .timestamp), ("Date32", .date), ("Array(Nullable(Float64))", .list(.double)),
        ("Map(LowCardinality(String), String)", .map(.string, .string)), ("Array(Array(UInt8))", .string),
        ("Tuple(a UInt8, b String)", .string), ("Decimal(9, 2)", .string),
    ]) func typesOfTheEngineBecomeTypesOfTheFile(type: String, expected: ParquetType) {
        #expect(ParquetType(engine: type) == expected)
    }

    /// Spec: Thrift compact protocol, "Struct encoding": short fields, zigzag numbers, a stop at the end.
    @Test func structuresAreWrittenAsThriftDoes() {
        let bytes = ThriftCompact.structure { writer in
            writer.int32(1, 3)
            writer.string(4, "ab")
            writer.int64(40, -1)
            writer.bool(41, true)
            writer.int32s(42, [1, 2])
            writer.structure(43) { $0.int32(1, 0) }
        }
        #expect(
            bytes == [
                0x15, 0x06, 0x38, 0x02, 0x61, 0x62, 0x06, 0x50, 0x01, 0x11, 0x19, 0x25, 0x02, 0x04, 0x1C, 0x15, 0x00,
                0x00, 0x00,
            ])
    }

    @Test func aFileBeginsAndEndsWithItsName() throws {
        var writer = ParquetWriter([
            .init(name: "a", type: .int64), .init(name: "l", type: .list(.string)),
            .init(name: "m", type: .map(.string, .double)),
        ])
        try writer.row([.int(1), .list([.string("x"), .null]), .map([(key: .string("k"), value: .double(1))])])
        try writer.row([.null, .null, .null])
        try writer.row([.int(2), .list([]), .map([])])
        try writer.end()
        let bytes = writer.take()
        #expect(bytes.starts(with: Array("PAR1".utf8)))
        #expect(bytes.suffix(4) == Array("PAR1".utf8)[...])
        let footer = bytes.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(footer > 100 && footer < bytes.count)
        #expect(String(decoding: bytes.suffix(64), as: UTF8.self).contains("martlet.rows"))
    }

    /// Levels by hand: Dremel's, as in Parquet's "Nested Encoding".
    @Test func levelsSayWhatIsThere() {
        var leaf = ParquetLeaf(path: ["l", "list", "element"], type: .int64, definitionMax: 3, repetitionMax: 1)
        leaf.append(.int(7))
        leaf.append(.null, repetition: 1)
        leaf.appendNothing(definition: 0)
        leaf.appendNothing(definition: 1)
        #expect(leaf.valueCount == 4)
        #expect(
            leaf.takePage() == [
                // Repetitions 0, 1, 0, 0 as runs.
                6, 0, 0, 0, 2, 0, 2, 1, 4, 0,
                // Definitions 3, 2, 0, 1.
                8, 0, 0, 0, 2, 3, 2, 2, 2, 0, 2, 1,
                7, 0, 0, 0, 0, 0, 0, 0,
            ])
    }
}
