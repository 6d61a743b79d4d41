import TelemetryModel

/// The keys of a column of attributes as JSON, `{"key":"…","value":`, by their numbers in the column.
///
/// Made once for a block: its keys are few, and each row has some of them.
// Sendable: used by the actor that owns it only.
final class KeyTexts: @unchecked Sendable {
    private let buffer = LineBuffer()
    private let offsets = GrowableBuffer<Int32>()
    private let marks = GrowableBuffer<UInt8>()
    /// Bytes of the longest.
    private(set) var longest = 0

    deinit {
        offsets.deallocate()
        marks.deallocate()
    }

    /// - Parameter marked: the key at place `n` has the mark `1 << n`, all others 0.
    func begin(_ keys: StringColumn, marked: [[UInt8]] = []) {
        buffer.truncate(to: 0)
        offsets.truncate(to: 0)
        marks.truncate(to: 0)
        longest = 0
        offsets.append(0)
        for number in 0..<keys.count {
            let key = keys.utf8(at: number)
            var pen = buffer.pen(room: 24 + key.count * LinePen.escapedMax)
            pen.literal("{\"key\":\"")
            if let start = key.baseAddress { pen.escaped(start, key.count) }
            pen.literal("\",\"value\":")
            buffer.take(pen)
            longest = max(longest, buffer.count - Int(offsets[number]))
            offsets.append(Int32(truncatingIfNeeded: buffer.count))
            let place = marked.firstIndex { $0.withUnsafeBufferPointer { TextIndex.equal($0, key) } }
            marks.append(place.map { UInt8(1) << UInt8($0 & 7) } ?? 0)
        }
    }

    var handle: Handle {
        Handle(
            texts: UnsafePointer(buffer.base), offsets: UnsafePointer(offsets.base), marks: UnsafePointer(marks.base))
    }

    /// Valid until the next `begin`.
    struct Handle {
        let texts: UnsafePointer<UInt8>
        let offsets: UnsafePointer<Int32>
        let marks: UnsafePointer<UInt8>
    }
}

/// Columns of attributes on their way to JSON: handles for loops, valid as long as the block.
struct AttributeLines {
    private let keys: KeyTexts.Handle
    private let longestKey: Int
    /// By row, or by item of a list: where its attributes begin.
    private let offsets: UnsafePointer<Int32>
    private let keyNumbers: UnsafePointer<Int32>
    private let textOffsets: UnsafePointer<Int32>
    private let texts: UnsafePointer<UInt8>
    private let types: UnsafePointer<Int32>
    private let letterOffsets: UnsafePointer<Int32>
    private let letters: UnsafePointer<UInt8>

    init(_ columns: AttributeColumns, _ keys: KeyTexts) { self.init(columns.text, columns.types, keys) }

    /// Of the items of lists: `ListColumn.offsets` gives the items of a row.
    init(_ columns: NestedAttributeColumns, _ keys: KeyTexts) {
        self.init(columns.text.items, columns.types.items, keys)
    }

    private init(_ map: MapColumn<StringColumn>, _ types: DictionaryColumn, _ keys: KeyTexts) {
        self.keys = keys.handle
        longestKey = keys.longest
        offsets = UnsafePointer(map.offsets.base)
        keyNumbers = UnsafePointer(map.keys.indexes.base)
        textOffsets = UnsafePointer(map.values.offsets.base)
        texts = UnsafePointer(map.values.bytes.base)
        self.types = UnsafePointer(types.indexes.base)
        letterOffsets = UnsafePointer(types.interner.values.offsets.base)
        letters = UnsafePointer(types.interner.values.bytes.base)
    }

    /// Whether a row has none.
    @inline(__always)
    func isEmpty(_ row: Int) -> Bool { offsets[row] == offsets[row + 1] }

    /// Bytes that the attributes of a row take at most, nested ones apart.
    @inline(__always)
    func room(_ row: Int) -> Int {
        let (start, end) = (Int(offsets[row]), Int(offsets[row + 1]))
        return (end - start) * (longestKey + ValueText.overhead + 2)
            + Int(textOffsets[end] - textOffsets[start]) * LinePen.escapedMax
    }

    /// Writes the attributes of a row, each with a comma behind it.
    ///
    /// - Parameter room: of the whole item: what the pen has room for again after a nested value.
    /// - Returns: the marks of its keys.
    @inline(__always)
    func write(_ row: Int, _ pen: inout LinePen, _ buffer: LineBuffer, room: Int) -> UInt8 {
        let (start, end) = (Int(offsets[row]), Int(offsets[row + 1]))
        let type = Int(types[row])
        let signature = letters + Int(letterOffsets[type])
        let lettersCount = Int(letterOffsets[type + 1] - letterOffsets[type])
        var marks: UInt8 = 0
        for entry in start..<end {
            let key = Int(keyNumbers[entry])
            let keyStart = Int(keys.offsets[key])
            pen.bytes(keys.texts + keyStart, Int(keys.offsets[key + 1]) - keyStart)
            marks |= keys.marks[key]
            // A missing letter reads as a string, as everywhere.
            let letter = entry - start < lettersCount ? signature[entry - start] : 0x73
            let textStart = Int(textOffsets[entry])
            ValueText.write(
                letter, texts + textStart, Int(textOffsets[entry + 1]) - textStart, &pen, buffer, room: room)
            pen.literal("},")
        }
        return marks
    }
}
