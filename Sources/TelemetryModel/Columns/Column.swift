/// A column of a block in the shapes that the Arrow interface and ClickHouse's Native format share.
package protocol Column: AnyObject, Sendable {
    /// Number of rows.
    var count: Int { get }
    /// Bytes of values held, children included; what the memory bound counts.
    var byteCount: Int { get }
    /// The memory as an engine reads it. Pointers stay valid while the column lives and is not appended to.
    var layout: ColumnLayout { get }
    /// Cuts the column back to its first `rows` rows.
    func truncate(to rows: Int)
    /// Empties the column; its memory stays for the next rows.
    func reset()
}

/// How a column lies in memory. Offsets are `Int32` and have one entry more than there are rows.
package enum ColumnLayout {
    case fixed(FixedKind, UnsafeRawPointer)
    case utf8(offsets: UnsafePointer<Int32>, bytes: UnsafePointer<UInt8>)
    case dictionary(indexes: UnsafePointer<Int32>, values: StringColumn)
    case list(offsets: UnsafePointer<Int32>, items: any Column)
    case map(offsets: UnsafePointer<Int32>, keys: any Column, values: any Column)
}

/// The fixed-width types.
package enum FixedKind: Sendable {
    case uint8, uint32, uint64, int32, int64, float64
    /// Nanoseconds since the Unix epoch, UTC.
    case timestamp
    /// Bytes of the given width.
    case bytes(Int)
}

/// A value that a `FixedColumn` can hold.
package protocol FixedValue: BitwiseCopyable, Sendable {
    static var kind: FixedKind { get }
}

extension UInt8: FixedValue { package static var kind: FixedKind { .uint8 } }
extension UInt32: FixedValue { package static var kind: FixedKind { .uint32 } }
extension UInt64: FixedValue { package static var kind: FixedKind { .uint64 } }
extension Int32: FixedValue { package static var kind: FixedKind { .int32 } }
extension Int64: FixedValue { package static var kind: FixedKind { .int64 } }
extension Double: FixedValue { package static var kind: FixedKind { .float64 } }

/// A point in time: nanoseconds since the Unix epoch, UTC.
package struct Timestamp: FixedValue, Hashable, Comparable {
    package var nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// OTLP times are unsigned; one past the signed range (the year 2262) is held at its end.
    package init(clamping nanoseconds: UInt64) {
        self.nanoseconds = Int64(clamping: nanoseconds)
    }

    /// Milliseconds; past the range of nanoseconds it is held at its end.
    package init(clampingMilliseconds milliseconds: Int64) {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        nanoseconds = overflow ? (milliseconds < 0 ? .min : .max) : product
    }

    /// Whole milliseconds, rounded down.
    package var milliseconds: Int64 { Self.floor(nanoseconds, by: 1_000_000) }

    /// Whole hours, rounded down.
    package var hours: Int32 { Int32(truncatingIfNeeded: Self.floor(nanoseconds, by: 3_600_000_000_000)) }

    @inline(__always)
    private static func floor(_ value: Int64, by divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : (value &+ 1) / divisor - 1
    }

    package static var kind: FixedKind { .timestamp }
    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// An id as it is stored: its bytes in order, without alignment.
package struct StoredTraceID: FixedValue {
    @usableFromInline var high: UInt64
    @usableFromInline var low: UInt64

    package init(_ id: TraceID) {
        high = id.high.bigEndian
        low = id.low.bigEndian
    }

    /// The id whose 16 bytes stand at `bytes`.
    @inlinable package init(bytes: UnsafeRawPointer) {
        high = bytes.loadUnaligned(as: UInt64.self)
        low = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }

    @inlinable package var isZero: Bool { high | low == 0 }

    package var id: TraceID { TraceID(high: UInt64(bigEndian: high), low: UInt64(bigEndian: low)) }

    package static var kind: FixedKind { .bytes(16) }
}

/// An id as it is stored: its bytes in order.
package struct StoredSpanID: FixedValue {
    @usableFromInline var value: UInt64

    package init(_ id: SpanID) {
        value = id.value.bigEndian
    }

    /// The id whose 8 bytes stand at `bytes`.
    @inlinable package init(bytes: UnsafeRawPointer) {
        value = bytes.loadUnaligned(as: UInt64.self)
    }

    @inlinable package var isZero: Bool { value == 0 }

    package var id: SpanID { SpanID(value: UInt64(bigEndian: value)) }

    package static var kind: FixedKind { .bytes(8) }
}

/// One fixed-width value a row.
///
/// `values`, like the buffers of the other columns, is a handle for loops: whoever uses it keeps the column alive.
package final class FixedColumn<Value: FixedValue>: Column {
    package let values = GrowableBuffer<Value>()

    package init() {}

    deinit {
        values.deallocate()
    }

    @inlinable package var count: Int { values.count }
    package var byteCount: Int { values.byteCount }
    package var layout: ColumnLayout { .fixed(Value.kind, UnsafeRawPointer(values.base)) }
    @inlinable package func append(_ value: Value) { values.append(value) }
    /// A copy of the values.
    package var array: [Value] { Array(values.elements) }
    package subscript(row: Int) -> Value { values[row] }
    package func truncate(to rows: Int) { values.truncate(to: rows) }
    package func reset() { values.truncate(to: 0) }
}

/// One text a row.
package final class StringColumn: Column {
    package let offsets = GrowableBuffer<Int32>()
    package let bytes = GrowableBuffer<UInt8>(capacity: 1024)

    package init() {
        offsets.append(0)
    }

    deinit {
        offsets.deallocate()
        bytes.deallocate()
    }

    @inlinable package var count: Int { offsets.count - 1 }
    package var byteCount: Int { bytes.byteCount + offsets.byteCount }
    package var layout: ColumnLayout { .utf8(offsets: UnsafePointer(offsets.base), bytes: UnsafePointer(bytes.base)) }

    /// The column's end as a handle, for loops.
    @inlinable package var writer: TextWriter { TextWriter(offsets: offsets, bytes: bytes) }

    package func append(_ text: String) {
        var text = text
        text.withUTF8 { append(utf8: $0) }
    }

    package func append(utf8 text: UnsafeBufferPointer<UInt8>) { writer.append(utf8: text) }

    package func truncate(to rows: Int) {
        bytes.truncate(to: Int(offsets[rows]))
        offsets.truncate(to: rows + 1)
    }

    package func reset() { truncate(to: 0) }

    package func utf8(at row: Int) -> UnsafeBufferPointer<UInt8> { writer.utf8(at: row) }

    package func string(at row: Int) -> String { String(decoding: utf8(at: row), as: UTF8.self) }
}

/// One text a row from a small set, held as an index into the distinct texts; ClickHouse's `LowCardinality(String)`.
package final class DictionaryColumn: Column {
    package let indexes = GrowableBuffer<Int32>()
    package let interner: StringInterner

    /// - Parameter interner: shared by columns whose texts are the same, so that a text is looked up once for all.
    package init(_ interner: StringInterner = StringInterner()) {
        self.interner = interner
    }

    deinit {
        indexes.deallocate()
    }

    @inlinable package var count: Int { indexes.count }
    package var byteCount: Int { indexes.byteCount + interner.values.byteCount }
    package var layout: ColumnLayout { .dictionary(indexes: UnsafePointer(indexes.base), values: interner.values) }

    package func append(_ text: String) { indexes.append(interner.index(of: text)) }
    package func append(utf8 text: UnsafeBufferPointer<UInt8>) { indexes.append(interner.index(ofUTF8: text)) }
    package func truncate(to rows: Int) { indexes.truncate(to: rows) }

    package func reset() {
        indexes.truncate(to: 0)
        interner.reset()
    }

    package func string(at row: Int) -> String { interner.values.string(at: Int(indexes[row])) }
}

/// A list of items a row: append the items to `items`, then close the row.
package final class ListColumn<Items: Column>: Column {
    package let offsets = GrowableBuffer<Int32>()
    package let items: Items

    package init(_ items: Items) {
        self.items = items
        offsets.append(0)
    }

    deinit {
        offsets.deallocate()
    }

    @inlinable package var count: Int { offsets.count - 1 }
    package var byteCount: Int { offsets.byteCount + items.byteCount }
    package var layout: ColumnLayout { .list(offsets: UnsafePointer(offsets.base), items: items) }
    @inlinable package func closeRow() { offsets.append(Int32(items.count)) }

    /// Takes back the items of the row that is not closed.
    package func discardOpenRow() { items.truncate(to: Int(offsets[offsets.count - 1])) }

    package func truncate(to rows: Int) {
        items.truncate(to: Int(offsets[rows]))
        offsets.truncate(to: rows + 1)
    }

    package func reset() {
        items.reset()
        offsets.truncate(to: 1)
    }
}

/// Key and value pairs a row, in their order, repeated keys kept: append the pairs, then close the row.
package final class MapColumn<Values: Column>: Column {
    package let offsets = GrowableBuffer<Int32>()
    package let keys: DictionaryColumn
    package let values: Values

    package init(_ values: Values, keys interner: StringInterner = StringInterner()) {
        self.values = values
        keys = DictionaryColumn(interner)
        offsets.append(0)
    }

    deinit {
        offsets.deallocate()
    }

    @inlinable package var count: Int { offsets.count - 1 }
    package var byteCount: Int { offsets.byteCount + keys.byteCount + values.byteCount }
    package var layout: ColumnLayout { .map(offsets: UnsafePointer(offsets.base), keys: keys, values: values) }

    @inlinable package func closeRow() {
        precondition(keys.count == values.count, "every key of a map has a value")
        offsets.append(Int32(keys.count))
    }

    /// Takes back the pairs of the row that is not closed.
    package func discardOpenRow() {
        let closed = Int(offsets[offsets.count - 1])
        keys.truncate(to: closed)
        values.truncate(to: closed)
    }

    package func truncate(to rows: Int) {
        keys.truncate(to: Int(offsets[rows]))
        values.truncate(to: Int(offsets[rows]))
        offsets.truncate(to: rows + 1)
    }

    package func reset() {
        keys.reset()
        values.reset()
        offsets.truncate(to: 1)
    }
}
