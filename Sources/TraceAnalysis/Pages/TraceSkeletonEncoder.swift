/// The binary form of a trace's shape for a page in a browser, read there with a `DataView` for the head and typed
/// arrays for the columns.
///
/// All numbers are little-endian. Every column begins at a multiple of 8 bytes from the beginning of the page, zeros
/// before it, so that a typed array can be laid over the response without copying. A page stands alone: its names are
/// its own. About 29 bytes a span and the names.
///
/// | byte | type | what |
/// | --- | --- | --- |
/// | 0 | 4 bytes | `MTSK` |
/// | 4 | UInt16 | version, 1 |
/// | 6 | UInt16 | bytes of a service's index: 2, or 4 when the page has more than 65,535 services |
/// | 8 | Int64 | base: the earliest start of the trace, nanoseconds since the Unix epoch |
/// | 16 | UInt32 | spans of the trace |
/// | 20 | UInt32 | row of the page's first span in the trace |
/// | 24 | UInt32 | n, spans of the page |
/// | 28 | UInt32 | services' names |
/// | 32 | UInt32 | operations' names |
/// | 36 | UInt32 | bytes of the table of names without the zeros behind it |
/// | 40 | Float64 | nanoseconds from the base to the latest end of the trace |
/// | 48 | | table of names: the services', then the operations'; each a UInt32 count of bytes and UTF-8; then zeros |
/// | | Float64 × n | start: nanoseconds since the base |
/// | | Float64 × n | duration in nanoseconds, may be negative |
/// | | UInt32 × n | parent: row in the whole trace, 0xFFFFFFFF for none |
/// | | UInt32 × n | operation: index into the page's names of operations |
/// | | UInt16 or UInt32 × n | service: index into the page's names of services |
/// | | UInt8 × n | flags: `SpanFlags` |
/// | | UInt8 × n | status as in OTLP |
/// | | UInt8 × n | kind as in OTLP |
///
/// Times are Float64 because that is JavaScript's number: exact up to 2^53 nanoseconds, 104 days from the base. Rows
/// are sorted by start, then span id.
package struct TraceSkeletonEncoder: Sendable {
    package static let version: UInt16 = 1
    package static let headBytes = 48
    /// "MTSK".
    package static let magic: [UInt8] = [0x4D, 0x54, 0x53, 0x4B]

    package init() {}

    /// The spans of a range of rows; what of it the trace does not have is left out.
    package func encode(_ tree: TraceTree, _ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<tree.count)
        let skeleton = tree.skeleton
        var services = PageNames()
        var operations = PageNames()
        let serviceIndexes = range.map { row in services.index(of: skeleton.services[row]) }
        let operationIndexes = range.map { row in operations.index(of: skeleton.operations[row]) }
        let wideServices = services.used.count > Int(UInt16.max)

        var output = Output()
        output.bytes.reserveCapacity(Self.headBytes + range.count * 31 + 64)
        output.bytes += Self.magic
        output.put(Self.version)
        output.put(UInt16(wideServices ? 4 : 2))
        output.put(UInt64(bitPattern: tree.start))
        output.put(UInt32(truncatingIfNeeded: tree.count))
        output.put(UInt32(truncatingIfNeeded: range.lowerBound))
        output.put(UInt32(truncatingIfNeeded: range.count))
        output.put(UInt32(truncatingIfNeeded: services.used.count))
        output.put(UInt32(truncatingIfNeeded: operations.used.count))
        let sizePlace = output.bytes.count
        output.put(UInt32(0))
        output.put(Double(tree.duration).bitPattern)

        let namesStart = output.bytes.count
        for index in services.used { output.put(name: skeleton.serviceNames, index) }
        for index in operations.used { output.put(name: skeleton.operationNames, index) }
        output.replace(UInt32(truncatingIfNeeded: output.bytes.count - namesStart), at: sizePlace)
        output.align()

        for row in range { output.put(Double(UInt64(bitPattern: skeleton.starts[row] &- tree.start)).bitPattern) }
        for row in range { output.put(Double(skeleton.durations[row]).bitPattern) }
        for row in range { output.put(tree.parents[row]) }
        output.align()
        for index in operationIndexes { output.put(index) }
        output.align()
        if wideServices {
            for index in serviceIndexes { output.put(index) }
        } else {
            for index in serviceIndexes { output.put(UInt16(truncatingIfNeeded: index)) }
        }
        output.align()
        for row in range { output.bytes.append(tree.flags[row].rawValue) }
        output.align()
        output.bytes += skeleton.statuses[range]
        output.align()
        output.bytes += skeleton.kinds[range]
        output.align()
        return output.bytes
    }

    /// The whole trace.
    package func encode(_ tree: TraceTree) -> [UInt8] { encode(tree, 0..<tree.count) }

    /// The names of a page in the order in which its rows use them.
    private struct PageNames {
        private(set) var used: [UInt32] = []
        private var places: [UInt32: UInt32] = [:]

        mutating func index(of name: UInt32) -> UInt32 {
            if let place = places[name] { return place }
            let place = UInt32(truncatingIfNeeded: used.count)
            places[name] = place
            used.append(name)
            return place
        }
    }

    private struct Output {
        var bytes: [UInt8] = []

        mutating func put(_ number: some FixedWidthInteger) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }

        mutating func put(name table: [String], _ index: UInt32) {
            let name = Int(index) < table.count ? table[Int(index)] : ""
            put(UInt32(truncatingIfNeeded: name.utf8.count))
            bytes.append(contentsOf: name.utf8)
        }

        mutating func replace(_ number: UInt32, at place: Int) {
            for offset in 0..<4 { bytes[place + offset] = UInt8(truncatingIfNeeded: number >> (8 * UInt32(offset))) }
        }

        mutating func align() {
            while !bytes.count.isMultiple(of: 8) { bytes.append(0) }
        }
    }
}
