import ClickHouse
import Codecs

/// Writes rows as a Parquet file, piece by piece.
///
/// The engine cannot do it: its user has no grant that reaches files, so that no statement of a person's does, and a
/// grant for one statement is one for all. So the rows come as they do for every other form, and the file is made here:
/// a page a column and row group, PLAIN, packed with gzip.
///
/// - Bounds: holds a row group; see `ExportLimits`.
/// - Spec: Apache Parquet, "File Format", "Metadata"; version 1.
struct ParquetWriter {
    private static let magic = Array("PAR1".utf8)
    /// `CompressionCodec.GZIP`
    private static let gzip: Int32 = 2

    let columns: [ParquetColumn]
    private var leaves: [ParquetLeaf] = []
    /// Of each column, the first of its leaves.
    private var firstLeaf: [Int] = []
    private var groups: [Group] = []
    private var rowsInGroup = 0
    private var totalRows: Int64 = 0
    private var position: Int64 = 0
    private var bytes: [UInt8] = []

    private struct Chunk {
        let leaf: Int
        let offset: Int64
        let values: Int64
        let packed: Int64
        let unpacked: Int64
    }

    private struct Group {
        let chunks: [Chunk]
        let rows: Int64
    }

    init(_ columns: [ParquetColumn]) {
        self.columns = columns
        for column in columns {
            firstLeaf.append(leaves.count)
            switch column.type {
            case .list(let item):
                leaves.append(
                    .init(path: [column.name, "list", "element"], type: item, definitionMax: 3, repetitionMax: 1))
            case .map(let key, let value):
                leaves.append(
                    .init(path: [column.name, "key_value", "key"], type: key, definitionMax: 2, repetitionMax: 1))
                leaves.append(
                    .init(path: [column.name, "key_value", "value"], type: value, definitionMax: 3, repetitionMax: 1))
            default:
                leaves.append(.init(path: [column.name], type: column.type, definitionMax: 1, repetitionMax: 0))
            }
        }
        emit(Self.magic)
    }

    /// The bytes that are ready.
    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Adds a row, which has a value for each column.
    mutating func row(_ values: [ResultValue]) throws {
        for (index, column) in columns.enumerated() {
            let value = index < values.count ? values[index] : .null
            let leaf = firstLeaf[index]
            switch column.type {
            case .list:
                guard let items = value.items else {
                    leaves[leaf].appendNothing(definition: 0)
                    continue
                }
                if items.isEmpty { leaves[leaf].appendNothing(definition: 1) }
                for (place, item) in items.enumerated() { leaves[leaf].append(item, repetition: place > 0 ? 1 : 0) }
            case .map:
                let pairs = value.pairs
                if pairs?.isEmpty != false {
                    let definition: UInt8 = pairs == nil ? 0 : 1
                    leaves[leaf].appendNothing(definition: definition)
                    leaves[leaf + 1].appendNothing(definition: definition)
                }
                for (place, pair) in (pairs ?? []).enumerated() {
                    leaves[leaf].append(pair.key, repetition: place > 0 ? 1 : 0)
                    leaves[leaf + 1].append(pair.value, repetition: place > 0 ? 1 : 0)
                }
            default: leaves[leaf].append(value)
            }
        }
        rowsInGroup += 1
        if rowsInGroup >= ExportLimits.parquetRowsMax
            || rowsInGroup % 64 == 0 && leaves.reduce(0, { $0 + $1.byteCount }) >= ExportLimits.parquetBytesMax
        {
            try endGroup()
        }
    }

    /// Ends the file.
    mutating func end() throws {
        if rowsInGroup > 0 { try endGroup() }
        let footer = ThriftCompact.structure { metadata(&$0) }
        emit(footer)
        emit(withUnsafeBytes(of: UInt32(truncatingIfNeeded: footer.count).littleEndian) { Array($0) })
        emit(Self.magic)
    }

    private mutating func emit(_ piece: [UInt8]) {
        bytes += piece
        position += Int64(piece.count)
    }

    private mutating func endGroup() throws {
        var chunks: [Chunk] = []
        for index in leaves.indices {
            let values = leaves[index].valueCount
            let page = leaves[index].takePage()
            let packed = try Gzip.compress(page)
            let header = ThriftCompact.structure { header in
                // `PageType.DATA_PAGE`
                header.int32(1, 0)
                header.int32(2, Int32(clamping: page.count))
                header.int32(3, Int32(clamping: packed.count))
                header.structure(5) { data in
                    data.int32(1, Int32(clamping: values))
                    // PLAIN; levels as RLE.
                    data.int32(2, 0)
                    data.int32(3, 3)
                    data.int32(4, 3)
                }
            }
            chunks.append(
                Chunk(
                    leaf: index, offset: position, values: Int64(values), packed: Int64(header.count + packed.count),
                    unpacked: Int64(header.count + page.count)))
            emit(header)
            emit(packed)
        }
        groups.append(Group(chunks: chunks, rows: Int64(rowsInGroup)))
        totalRows += Int64(rowsInGroup)
        rowsInGroup = 0
    }

    // MARK: Metadata

    private func metadata(_ file: inout ThriftCompact) {
        file.int32(1, 1)
        file.structures(2, schema) { element, write in write(&element) }
        file.int64(3, totalRows)
        file.structures(4, groups) { group, stored in
            group.structures(1, stored.chunks) { column, chunk in
                let leaf = leaves[chunk.leaf]
                column.int64(2, chunk.offset)
                column.structure(3) { data in
                    data.int32(1, leaf.physical.rawValue)
                    data.int32s(2, [0, 3])
                    data.strings(3, leaf.path)
                    data.int32(4, Self.gzip)
                    data.int64(5, chunk.values)
                    data.int64(6, chunk.unpacked)
                    data.int64(7, chunk.packed)
                    data.int64(9, chunk.offset)
                }
            }
            group.int64(2, stored.chunks.reduce(0) { $0 + $1.unpacked })
            group.int64(3, stored.rows)
        }
        // Near the end of the file, where who reads a stream still finds it.
        file.structures(5, [("martlet.rows", "\(totalRows)")]) { pair, stored in
            pair.string(1, stored.0)
            pair.string(2, stored.1)
        }
        file.string(6, "martlet")
    }

    private enum Repetition: Int32 {
        case required = 0
        case optional = 1
        case repeated = 2
    }

    /// `ConvertedType` of groups.
    private static let (mapType, listType): (Int32, Int32) = (1, 3)

    /// The elements of the schema, a group before what is in it.
    private var schema: [(inout ThriftCompact) -> Void] {
        var elements: [(inout ThriftCompact) -> Void] = [
            {
                $0.string(4, "schema")
                $0.int32(5, Int32(clamping: columns.count))
            }
        ]
        for column in columns {
            switch column.type {
            case .list(let item):
                elements.append(Self.group(column.name, .optional, children: 1, converted: Self.listType))
                elements.append(Self.group("list", .repeated, children: 1))
                elements.append(Self.leaf("element", item, .optional))
            case .map(let key, let value):
                elements.append(Self.group(column.name, .optional, children: 1, converted: Self.mapType))
                elements.append(Self.group("key_value", .repeated, children: 2))
                elements.append(Self.leaf("key", key, .required))
                elements.append(Self.leaf("value", value, .optional))
            default: elements.append(Self.leaf(column.name, column.type, .optional))
            }
        }
        return elements
    }

    private static func group(
        _ name: String, _ repetition: Repetition, children: Int32, converted: Int32? = nil
    ) -> (inout ThriftCompact) -> Void {
        {
            $0.int32(3, repetition.rawValue)
            $0.string(4, name)
            $0.int32(5, children)
            if let converted { $0.int32(6, converted) }
        }
    }

    private static func leaf(
        _ name: String, _ type: ParquetType, _ repetition: Repetition
    ) -> (inout ThriftCompact) -> Void {
        {
            let physical = ParquetLeaf(path: [], type: type, definitionMax: 0, repetitionMax: 0).physical
            $0.int32(1, physical.rawValue)
            $0.int32(3, repetition.rawValue)
            $0.string(4, name)
            switch type {
            case .string: $0.int32(6, 0)
            case .date: $0.int32(6, 6)
            case .uint64: $0.int32(6, 14)
            case .timestamp:
                // `LogicalType.TIMESTAMP`: adjusted to UTC, in nanoseconds.
                $0.structure(10) { logical in
                    logical.structure(8) { timestamp in
                        timestamp.bool(1, true)
                        timestamp.structure(2) { unit in unit.structure(3) { _ in } }
                    }
                }
            default: break
            }
        }
    }
}
