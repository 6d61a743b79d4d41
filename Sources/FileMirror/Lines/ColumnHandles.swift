import TelemetryModel

/// A text in a column.
struct TextCell {
    let start: UnsafePointer<UInt8>
    let count: Int
}

/// A column of texts as a handle for loops, valid as long as the column.
struct TextColumn {
    private let offsets: UnsafePointer<Int32>
    private let bytes: UnsafePointer<UInt8>

    init(_ column: StringColumn) {
        offsets = UnsafePointer(column.offsets.base)
        bytes = UnsafePointer(column.bytes.base)
    }

    @inline(__always)
    subscript(row: Int) -> TextCell {
        let start = Int(offsets[row])
        return TextCell(start: bytes + start, count: Int(offsets[row + 1]) - start)
    }
}

extension FixedColumn {
    /// The values as plain numbers of the same memory: times as nanoseconds, ids as words with their bytes in order.
    func cells<Number: FixedWidthInteger>() -> UnsafePointer<Number> {
        UnsafePointer(UnsafeRawPointer(values.base).assumingMemoryBound(to: Number.self))
    }

    func cells() -> UnsafePointer<Double> where Value == Double { UnsafePointer(values.base) }
}
