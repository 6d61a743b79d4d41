import TelemetryModel

/// Tells the signal of an export request in protobuf, whose messages do not name it.
///
/// The three requests have the same shape down to the item: groups by resource, in them groups by scope, in them items,
/// each time as field 2 (the outermost is field 1). The items differ: a log record has its time as field 1 in eight
/// bytes, a span has times as fields 7 and 8, a metric its name as field 1 and its points in lists.
enum RequestSignal {
    /// Items that are looked at: real ones tell at once.
    private static let itemsMax = 100

    private enum Wire: UInt64 {
        case varint = 0
        case eightBytes = 1
        case length = 2
        case fourBytes = 5
    }

    /// Nil for a request without items, and where no item tells.
    static func signal(of bytes: [UInt8]) -> Signal? {
        bytes.withUnsafeBufferPointer { bytes in
            var left = itemsMax
            var found: Signal?
            each(bytes, 0..<bytes.count, 1) { group in
                each(bytes, group, 2) { scopeGroup in
                    each(bytes, scopeGroup, 2) { item in
                        found = signal(of: bytes, item)
                        left -= 1
                        return found == nil && left > 0
                    }
                    return found == nil && left > 0
                }
                return found == nil && left > 0
            }
            return found
        }
    }

    private static func signal(of bytes: UnsafeBufferPointer<UInt8>, _ item: Range<Int>) -> Signal? {
        var found: Signal?
        var (hasName, hasPoints) = (false, false)
        fields(bytes, item) { field, wire, _ in
            switch (field, wire) {
            // Time, observed time, severity.
            case (1, .eightBytes), (11, .eightBytes), (2, .varint): found = .logs
            // Start, end, kind.
            case (7, .eightBytes), (8, .eightBytes), (6, .varint): found = .traces
            case (1, .length): hasName = true
            // Gauge, sum, histogram, exponential histogram, summary.
            case (5, .length), (7, .length), (9, .length), (10, .length), (11, .length): hasPoints = true
            default: break
            }
            return found == nil
        }
        return found ?? (hasName && hasPoints ? .metrics : nil)
    }

    /// The contents of a repeated message; `body` says whether to go on.
    private static func each(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ number: UInt64, _ body: (Range<Int>) -> Bool
    ) {
        fields(bytes, range) { field, wire, content in
            field == number && wire == .length ? body(content) : true
        }
    }

    private static func fields(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
        _ body: (_ field: UInt64, _ wire: Wire, _ content: Range<Int>) -> Bool
    ) {
        var position = range.lowerBound
        while position < range.upperBound {
            guard let tag = varint(bytes, &position, range.upperBound), let wire = Wire(rawValue: tag & 7) else {
                return
            }
            let start: Int
            let length: Int
            switch wire {
            case .varint:
                start = position
                guard varint(bytes, &position, range.upperBound) != nil else { return }
                length = position - start
            case .eightBytes: (start, length) = (position, 8)
            case .fourBytes: (start, length) = (position, 4)
            case .length:
                guard let told = varint(bytes, &position, range.upperBound), told <= UInt64(range.count) else { return }
                (start, length) = (position, Int(told))
            }
            guard length <= range.upperBound - start else { return }
            position = start + length
            guard body(tag >> 3, wire, start..<position) else { return }
        }
    }

    private static func varint(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 64 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
