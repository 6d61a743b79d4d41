import TelemetryModel

/// Puts a trace together from its pages in the form of `TraceSkeletonEncoder`, in order.
///
/// The form has no ids of spans: all ids of the tree's skeleton are zero. Its links and flags are those of the trace.
///
/// - Bounds: memory is at most a few times the bytes of the pages.
package struct TraceSkeletonDecoder: Sendable {
    /// What is wrong with a page: lower case, no final period.
    package struct Failure: Error, Equatable, CustomStringConvertible {
        package let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// Spans of the trace; nil before the first page.
    package private(set) var total: Int?
    /// The row that the next page begins with.
    package var nextRow: Int { skeleton.count }
    package var isComplete: Bool { total == skeleton.count }

    private var base: Int64 = 0
    private var skeleton = TraceSkeleton()
    private var parents: [UInt32] = []
    private var flags: [SpanFlags] = []
    private var services = Names()
    private var operations = Names()

    package init() {}

    /// - Throws: when this is not the next page of the trace; the decoder is then of no use any more.
    package mutating func add(_ page: [UInt8]) throws(Failure) {
        try page.withUnsafeBufferPointer { (bytes) throws(Failure) in try add(UnsafeRawBufferPointer(bytes)) }
    }

    /// - Throws: when pages are missing, or the links go in a circle.
    package consuming func finish() throws(Failure) -> TraceTree {
        guard let total, total == skeleton.count else { throw Failure("not all pages of the trace are there") }
        skeleton.serviceNames = services.names
        skeleton.operationNames = operations.names
        skeleton.spanIDs = Array(repeating: .zero, count: total)
        skeleton.parentIDs = skeleton.spanIDs
        for row in 0..<total {
            let parent = parents[row]
            guard parent == TraceTree.none || Int(parent) < total else { throw Failure("a parent is no row") }
            if parent == TraceTree.none { flags[row].insert(.root) } else { flags[row].remove(.root) }
        }
        let tree = TraceTree(skeleton, TraceLinks(parents: parents), flags: flags)
        // What lies on a circle is not reached from a root.
        guard tree.depthFirstRows.count == total else { throw Failure("parents go in a circle") }
        return tree
    }

    private mutating func add(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        var input = Input(bytes: bytes)
        guard bytes.count >= TraceSkeletonEncoder.headBytes, bytes.starts(with: TraceSkeletonEncoder.magic) else {
            throw Failure("this is no page of a trace")
        }
        guard input.number(UInt16.self, at: 4) == TraceSkeletonEncoder.version else {
            throw Failure("the page has an unknown version")
        }
        let serviceBytes = Int(input.number(UInt16.self, at: 6))
        guard serviceBytes == 2 || serviceBytes == 4 else { throw Failure("the page has an unknown form") }
        let base = Int64(bitPattern: input.number(UInt64.self, at: 8))
        let total = Int(input.number(UInt32.self, at: 16))
        let count = Int(input.number(UInt32.self, at: 24))
        guard total <= TraceTree.rowsMax, self.total ?? total == total, self.total == nil || self.base == base else {
            throw Failure("the page is of another trace")
        }
        guard Int(input.number(UInt32.self, at: 20)) == nextRow, count <= total - nextRow else {
            throw Failure("the page is not the next one")
        }
        (self.total, self.base) = (total, base)

        input.position = TraceSkeletonEncoder.headBytes
        let serviceIndexes = try input.names(Int(input.number(UInt32.self, at: 28)), into: &services)
        let operationIndexes = try input.names(Int(input.number(UInt32.self, at: 32)), into: &operations)
        guard input.position - TraceSkeletonEncoder.headBytes == Int(input.number(UInt32.self, at: 36)) else {
            throw Failure("the table of names has another size")
        }
        for place in try input.column(count, of: UInt64.self) {
            skeleton.starts.append(try Self.time(base, input.number(UInt64.self, at: place)))
        }
        for place in try input.column(count, of: UInt64.self) {
            skeleton.durations.append(try Self.time(0, input.number(UInt64.self, at: place)))
        }
        for place in try input.column(count, of: UInt32.self) {
            parents.append(input.number(UInt32.self, at: place))
        }
        for place in try input.column(count, of: UInt32.self) {
            let index = Int(input.number(UInt32.self, at: place))
            guard index < operationIndexes.count else { throw Failure("an operation has no name") }
            skeleton.operations.append(operationIndexes[index])
        }
        let places = try serviceBytes == 2 ? input.column(count, of: UInt16.self) : input.column(count, of: UInt32.self)
        for place in places {
            let index =
                serviceBytes == 2
                ? Int(input.number(UInt16.self, at: place)) : Int(input.number(UInt32.self, at: place))
            guard index < serviceIndexes.count else { throw Failure("a service has no name") }
            skeleton.services.append(serviceIndexes[index])
        }
        for place in try input.column(count, of: UInt8.self) {
            // Of the bits, those that have a name.
            flags.append(SpanFlags(rawValue: bytes[place] & 0x7F))
        }
        for place in try input.column(count, of: UInt8.self) { skeleton.statuses.append(bytes[place]) }
        for place in try input.column(count, of: UInt8.self) { skeleton.kinds.append(bytes[place]) }
        guard (input.position + 7) & ~7 == bytes.count else { throw Failure("the page has another size") }
        // The tree's children come by start because the rows do.
        for row in max(1, skeleton.count - count)..<max(1, skeleton.count)
        where skeleton.starts[row] < skeleton.starts[row - 1] {
            throw Failure("the rows are not sorted by start")
        }
    }

    /// Nanoseconds after the base, what does not fit clamped.
    private static func time(_ base: Int64, _ bits: UInt64) throws(Failure) -> Int64 {
        let value = Double(bitPattern: bits)
        guard value.magnitude <= 0x1p64 else { throw Failure("a time is no number") }
        return Int64(clamping: Int128(base) + Int128(value))
    }

    /// The names of all pages.
    private struct Names: Sendable {
        private(set) var names: [String] = []
        private var indexes: [String: UInt32] = [:]

        mutating func index(of name: String) -> UInt32 {
            if let index = indexes[name] { return index }
            let index = UInt32(truncatingIfNeeded: names.count)
            indexes[name] = index
            names.append(name)
            return index
        }
    }

    private struct Input {
        let bytes: UnsafeRawBufferPointer
        var position = 0

        /// - Guard: the caller has checked that the bytes are there.
        func number<Number: FixedWidthInteger & UnsignedInteger>(_ type: Number.Type, at place: Int) -> Number {
            Number(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: type))
        }

        /// Places of the numbers of a column, after the zeros before it.
        mutating func column<Number: FixedWidthInteger>(
            _ count: Int, of type: Number.Type
        ) throws(Failure) -> StrideTo<Int> {
            let size = MemoryLayout<Number>.size
            let start = (position + 7) & ~7
            guard start <= bytes.count, count <= (bytes.count - start) / size else { throw Failure("the page is cut") }
            position = start + count * size
            return stride(from: start, to: position, by: size)
        }

        /// Indexes in the table of all pages.
        mutating func names(_ count: Int, into table: inout Names) throws(Failure) -> [UInt32] {
            guard count <= (bytes.count - position) / 4 else { throw Failure("the page is cut") }
            var indexes: [UInt32] = []
            indexes.reserveCapacity(count)
            for _ in 0..<count {
                guard bytes.count - position >= 4 else { throw Failure("the page is cut") }
                let length = Int(number(UInt32.self, at: position))
                position += 4
                guard length <= bytes.count - position else { throw Failure("the page is cut") }
                indexes.append(table.index(of: String(decoding: bytes[position..<position + length], as: UTF8.self)))
                position += length
            }
            return indexes
        }
    }
}
