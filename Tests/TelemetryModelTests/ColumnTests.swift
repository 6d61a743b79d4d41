import TelemetryModel
import Testing

@Suite struct ColumnTests {
    @Test func fixedColumnHoldsItsValuesInOrder() {
        let column = FixedColumn<Int64>()
        for value in Int64(0)..<1000 { column.append(value * value) }
        #expect(column.count == 1000)
        #expect(column.byteCount == 8000)
        #expect(column.values.elements.elementsEqual((Int64(0)..<1000).map { $0 * $0 }))
        column.truncate(to: 2)
        column.append(-7)
        #expect(Array(column.values.elements) == [0, 1, -7])
        #expect(column.byteCount == 24)
    }

    @Test func widthOfFixedColumns() {
        #expect(oneRow(FixedColumn<UInt8>(), 1).byteCount == 1)
        #expect(oneRow(FixedColumn<UInt32>(), 1).byteCount == 4)
        #expect(oneRow(FixedColumn<Int32>(), 1).byteCount == 4)
        #expect(oneRow(FixedColumn<UInt64>(), 1).byteCount == 8)
        #expect(oneRow(FixedColumn<Double>(), 1).byteCount == 8)
        #expect(oneRow(FixedColumn<Timestamp>(), Timestamp(nanoseconds: 1)).byteCount == 8)
        #expect(oneRow(FixedColumn<StoredTraceID>(), StoredTraceID(.zero)).byteCount == 16)
        #expect(oneRow(FixedColumn<StoredSpanID>(), StoredSpanID(.zero)).byteCount == 8)
    }

    @Test func storedIDsLieAsTheirBytes() throws {
        let traceIDs = FixedColumn<StoredTraceID>()
        let bytes = [UInt8](1...16)
        traceIDs.append(StoredTraceID(.zero))
        traceIDs.append(StoredTraceID(try #require(TraceID(bytes: bytes))))
        guard case .fixed(.bytes(16), let base) = traceIDs.layout else {
            Issue.record("a trace id is 16 bytes")
            return
        }
        #expect(Array(UnsafeRawBufferPointer(start: base, count: 32)) == [UInt8](repeating: 0, count: 16) + bytes)
        let spanIDs = oneRow(FixedColumn<StoredSpanID>(), StoredSpanID(SpanID(value: 0x0102_0304_0506_0708)))
        guard case .fixed(.bytes(8), let base) = spanIDs.layout else {
            Issue.record("a span id is 8 bytes")
            return
        }
        #expect(Array(UnsafeRawBufferPointer(start: base, count: 8)) == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func stringColumnHoldsTextsAndOffsets() {
        let column = StringColumn()
        #expect(column.count == 0)
        for text in ["ab", "", "é\0x", String(repeating: "z", count: 5000)] { column.append(text) }
        #expect(column.count == 4)
        #expect(Array(column.offsets.elements) == [0, 2, 2, 6, 5006])
        #expect(column.byteCount == 5006 + 5 * 4)
        #expect(column.string(at: 1) == "")
        #expect(column.string(at: 2) == "é\0x")
        #expect(column.string(at: 3) == String(repeating: "z", count: 5000))
        column.truncate(to: 1)
        #expect(column.byteCount == 2 + 2 * 4)
        column.append("new")
        #expect(column.count == 2)
        #expect(column.string(at: 0) == "ab")
        #expect(column.string(at: 1) == "new")
    }

    @Test func stringColumnCutToNothingIsAsNew() {
        let column = StringColumn()
        column.append("a")
        column.truncate(to: 0)
        #expect(column.count == 0)
        #expect(column.byteCount == StringColumn().byteCount)
        #expect(Array(column.offsets.elements) == [0])
    }

    @Test func dictionaryColumnHoldsEachTextOnce() {
        let column = DictionaryColumn()
        for text in ["GET", "PUT", "GET", "", "GET"] { column.append(text) }
        #expect(column.count == 5)
        #expect(Array(column.indexes.elements) == [0, 1, 0, 2, 0])
        #expect((0..<5).map { column.string(at: $0) } == ["GET", "PUT", "GET", "", "GET"])
        // Five indexes; six bytes of text with four offsets.
        #expect(column.byteCount == 5 * 4 + 6 + 4 * 4)
    }

    /// The texts stay, because other rows may be appended with them; only the indexes go.
    @Test func dictionaryColumnKeepsItsTextsWhenCut() {
        let column = DictionaryColumn()
        for text in ["a", "b", "c"] { column.append(text) }
        column.truncate(to: 1)
        #expect(column.count == 1)
        column.append("c")
        column.append("d")
        #expect((0..<3).map { column.string(at: $0) } == ["a", "c", "d"])
        #expect(Array(column.indexes.elements) == [0, 2, 3])
    }

    @Test func listColumnClosesRows() {
        let column = ListColumn(FixedColumn<Double>())
        for row in [[1.0, 2.0], [], [3.0]] {
            for item in row { column.items.append(item) }
            column.closeRow()
        }
        #expect(column.count == 3)
        #expect(Array(column.offsets.elements) == [0, 2, 2, 3])
        #expect(column.byteCount == 4 * 4 + 3 * 8)
        column.truncate(to: 2)
        #expect(column.count == 2)
        #expect(Array(column.items.values.elements) == [1, 2])
        column.items.append(9)
        column.closeRow()
        #expect(Array(column.offsets.elements) == [0, 2, 2, 3])
        #expect(Array(column.items.values.elements) == [1, 2, 9])
    }

    @Test func listItemsOfAnOpenRowAreCutAway() {
        let column = ListColumn(StringColumn())
        column.items.append("kept")
        column.closeRow()
        column.items.append("left behind by an append that failed")
        column.truncate(to: 1)
        #expect(column.count == 1)
        #expect(column.items.count == 1)
        #expect(column.items.string(at: 0) == "kept")
    }

    @Test func mapColumnKeepsOrderAndRepeatedKeys() {
        let column = MapColumn(StringColumn())
        for row in [[("a", "1"), ("a", "2")], [], [("b", "3"), ("a", "4")]] {
            for (key, value) in row {
                column.keys.append(key)
                column.values.append(value)
            }
            column.closeRow()
        }
        #expect(column.count == 3)
        #expect(Array(column.offsets.elements) == [0, 2, 2, 4])
        #expect((0..<4).map { column.keys.string(at: $0) } == ["a", "a", "b", "a"])
        #expect((0..<4).map { column.values.string(at: $0) } == ["1", "2", "3", "4"])
        #expect(column.byteCount == 4 * 4 + column.keys.byteCount + column.values.byteCount)
        column.truncate(to: 1)
        #expect(column.count == 1)
        #expect(column.keys.count == 2)
        #expect(column.values.count == 2)
    }

    @Test func nestedListsAreCutAtEveryLevel() {
        let column = ListColumn(MapColumn(StringColumn()))
        for item in 0..<3 {
            column.items.keys.append("key")
            column.items.values.append("value \(item)")
            column.items.closeRow()
            if item != 1 { column.closeRow() }
        }
        #expect(Array(column.offsets.elements) == [0, 1, 3])
        column.truncate(to: 1)
        #expect(column.items.count == 1)
        #expect(column.items.values.count == 1)
        column.closeRow()
        #expect(Array(column.offsets.elements) == [0, 1, 1])
    }

    @Test func attributeColumnsAreCutTogether() {
        let columns = AttributeColumns()
        for row in 0..<2 {
            columns.text.keys.append("k")
            columns.text.values.append("\(row)")
            columns.text.closeRow()
            columns.numbers.keys.append("k")
            columns.numbers.values.append(Double(row))
            columns.numbers.closeRow()
            columns.types.append("i")
        }
        let full = columns.columns.reduce(0) { $0 + $1.byteCount }
        for column in columns.columns { column.truncate(to: 1) }
        #expect([columns.text.count, columns.types.count, columns.numbers.count] == [1, 1, 1])
        #expect(columns.numbers.values.count == 1)
        #expect(columns.columns.reduce(0) { $0 + $1.byteCount } < full)
    }

    @Test func layoutsShowTheShape() {
        let map = MapColumn(FixedColumn<Double>())
        map.keys.append("k")
        map.values.append(0.5)
        map.closeRow()
        guard case .map(let offsets, let keys, let values) = map.layout,
            case .dictionary(let indexes, let texts) = keys.layout,
            case .fixed(.float64, let numbers) = values.layout
        else {
            Issue.record("a map is offsets, a dictionary of keys, and values")
            return
        }
        #expect([offsets[0], offsets[1], indexes[0]] == [0, 1, 0])
        #expect(texts.string(at: 0) == "k")
        #expect(numbers.loadUnaligned(as: Double.self) == 0.5)
    }

    @Test func bufferGrowsWithoutLoss() {
        let buffer = GrowableBuffer<UInt8>(capacity: 1)
        for start in 0..<50 {
            let part = (0..<start).map { UInt8($0 + start) }
            part.withUnsafeBufferPointer { buffer.append(contentsOf: $0) }
        }
        buffer.append(contentsOf: UnsafeBufferPointer(start: nil, count: 0))
        #expect(Array(buffer.elements) == (0..<50).flatMap { start in (0..<start).map { UInt8($0 + start) } })
        #expect(buffer.byteCount == 49 * 50 / 2)
    }

    private func oneRow<Value: FixedValue>(_ column: FixedColumn<Value>, _ value: Value) -> FixedColumn<Value> {
        column.append(value)
        return column
    }
}
