/// Pairs on one line: `level=info msg="user <_> logged in" took=<_>`.
extension LineScanner {
    private static let pairsMin = 2

    /// - Returns: false when this is no such line, or one whose template would not be right.
    mutating func scanLogfmt(_ line: UnsafeBufferPointer<UInt8>, _ end: Int) -> Bool {
        // Most lines are told by their first word.
        guard let first = Self.keyEnd(line, 0, end), first < end, line[first] == UInt8(ascii: "=") else { return false }
        set(kind: .logfmt)
        var index = 0
        var pairs = 0
        // The value whose end was not yet seen, to be compared with the key after it.
        var open: Range<Int>?
        while index < end {
            let gap = index
            while index < end, line[index] == UInt8(ascii: " ") { index += 1 }
            if index == end { break }
            guard pairs == 0 || index > gap, let keyEnd = Self.keyEnd(line, index, end), keyEnd < end,
                line[keyEnd] == UInt8(ascii: "=")
            else { return false }
            if let value = open {
                // From the first byte after the value up to the equals sign.
                let next = value.upperBound..<keyEnd + 1
                if Self.contains(line, value.lowerBound..<next.upperBound - 1, next) { return false }
                open = nil
            }
            pairs += 1
            let key = index..<keyEnd
            index = keyEnd + 1
            guard index < end, line[index] != UInt8(ascii: " ") else { continue }
            let value = index
            let isQuoted = line[index] == UInt8(ascii: "\"")
            if isQuoted {
                index += 1
                guard Self.skipText(line, &index, end), index == end || line[index] == UInt8(ascii: " ") else {
                    return false
                }
            } else {
                while index < end, line[index] != UInt8(ascii: " ") { index += 1 }
            }
            if let rank = MessageKeys.rank(line, key.lowerBound, key.upperBound), rank < 3 {
                let isFull =
                    isQuoted
                    ? !scanText(line, from: value + 1, to: index - 1) : !scanText(line, from: value, to: index)
                if isFull { return pairs >= Self.pairsMin }
            } else if MessageKeys.isLevel(line, key.lowerBound, key.upperBound), !isQuoted,
                Self.isPlain(line, value..<index), index - value <= 12
            {
                continue
            } else {
                guard append(value, index, isVariable: true) else { return pairs >= Self.pairsMin }
                if isQuoted { open = value..<index }
            }
        }
        // Spaces at the end are the template's last text, and must not stand in the value before them.
        if let open, open.upperBound < end { return false }
        return pairs >= Self.pairsMin
    }

    private static func keyEnd(_ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var index = start
        while index < end {
            switch line[index] {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "@"), UInt8(ascii: "/"):
                index += 1
            default: return index > start ? index : nil
            }
        }
        return index > start ? index : nil
    }
}
