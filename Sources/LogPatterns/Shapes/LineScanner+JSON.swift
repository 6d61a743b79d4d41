/// Objects on one line: `<_>"msg":"user <_> logged in"<_>`, and without a message all keys, `{"a":<_>,"b":<_>}`.
extension LineScanner {
    private struct Member {
        /// Of the key's quotation mark.
        var start: Int
        var key: Range<Int>
        var value: Range<Int>
    }

    /// - Returns: false when this is no object, or one whose template would not be right.
    mutating func scanJSON(_ line: UnsafeBufferPointer<UInt8>, _ end: Int) -> Bool {
        var members: [Member] = []
        var message: (rank: Int, member: Member, isClosed: Bool)?
        var hasNested = false
        var index = 1
        var isWhole = false
        scan: while index < end {
            Self.skipSpaces(line, &index, end)
            guard index < end else { break }
            if line[index] == UInt8(ascii: "}") {
                isWhole = index + 1 == end && !shape.hasTail
                break
            }
            if !members.isEmpty || message != nil {
                guard line[index] == UInt8(ascii: ",") else { return false }
                index += 1
                Self.skipSpaces(line, &index, end)
                guard index < end else { break }
            }
            let start = index
            guard line[index] == UInt8(ascii: "\"") else { return false }
            guard let close = Self.place(of: UInt8(ascii: "\""), in: line, from: index + 1, to: end) else { break }
            let key = index + 1..<close
            index = close + 1
            Self.skipSpaces(line, &index, end)
            guard index < end, line[index] == UInt8(ascii: ":") else { return false }
            index += 1
            Self.skipSpaces(line, &index, end)
            guard index < end else { break }
            let value = index
            let isText = line[index] == UInt8(ascii: "\"")
            if line[index] == UInt8(ascii: "{") || line[index] == UInt8(ascii: "[") { hasNested = true }
            let isClosed = Self.skipValue(line, &index, end)
            guard index > value else { return false }
            let member = Member(start: start, key: key, value: value..<index)
            if isText, let rank = MessageKeys.rank(line, key.lowerBound, key.upperBound),
                rank < message?.rank ?? Int.max, isClosed || index - value > 1
            {
                message = (rank, member, isClosed)
                if rank == 0 {
                    return appendMessage(
                        line, end, member, isClosed: isClosed, hasNested: hasNested)
                }
            }
            members.append(member)
            guard isClosed else { break scan }
        }
        if let message {
            return appendMessage(line, end, message.member, isClosed: message.isClosed, hasNested: hasNested)
        }
        return appendKeys(line, end, members, isWhole: isWhole)
    }

    private mutating func appendMessage(
        _ line: UnsafeBufferPointer<UInt8>, _ end: Int, _ member: Member, isClosed: Bool, hasNested: Bool
    ) -> Bool {
        let isEmpty = member.value.count <= 2 && isClosed
        guard !isEmpty else { return false }
        set(kind: .json)
        let name = member.start..<member.value.lowerBound + 1
        guard Self.isPlain(line, name) else { return false }
        var before = 1
        Self.skipSpaces(line, &before, end)
        if member.start > before {
            // In a text the quotation marks of such a name would have backslashes before them.
            if hasNested, Self.contains(line, 0..<member.start + name.count - 1, name) { return false }
            guard append(0, member.start, isVariable: true) else { return false }
        }
        let close = isClosed ? member.value.upperBound - 1 : member.value.upperBound
        guard scanText(line, from: name.upperBound, to: close) else { return true }
        guard isClosed else { return true }
        let isLast = !shape.hasTail && close + 2 == end && line[close + 1] == UInt8(ascii: "}")
        if !isLast, close + 1 < line.count { cut(at: close + 1) }
        return true
    }

    private mutating func appendKeys(
        _ line: UnsafeBufferPointer<UInt8>, _ end: Int, _ members: [Member], isWhole: Bool
    ) -> Bool {
        guard !members.isEmpty else { return false }
        set(kind: .json)
        for (index, member) in members.enumerated() {
            let isLast = index == members.count - 1
            // What follows the value: all up to the next value.
            let next =
                isLast ? member.value.upperBound..<end : member.value.upperBound..<members[index + 1].value.lowerBound
            guard Self.isPlain(line, member.start..<member.value.lowerBound) else { return false }
            if isLast,
                !isWhole
                    || Self.place(
                        of: UInt8(ascii: "}"), in: line, from: member.value.lowerBound, to: member.value.upperBound)
                        != nil
                    || line[member.value.upperBound] != UInt8(ascii: "}")
            {
                cut(at: member.value.lowerBound)
                return true
            }
            let isLevel =
                member.value.count > 2 && line[member.value.lowerBound] == UInt8(ascii: "\"")
                && MessageKeys.isLevel(line, member.key.lowerBound, member.key.upperBound)
                && line[member.value.lowerBound + 1..<member.value.upperBound - 1].allSatisfy {
                    ByteClass.table[Int($0)] & (ByteClass.hexLetter | ByteClass.otherLetter) != 0
                }
            if isLevel { continue }
            if !isLast, Self.contains(line, member.value.lowerBound..<next.upperBound - 1, next) { return false }
            guard append(member.value.lowerBound, member.value.upperBound, isVariable: true) else { return true }
        }
        return true
    }

    // MARK: Reading

    private static func skipSpaces(_ line: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ end: Int) {
        while index < end, ByteClass.isSpace(line[index]) { index += 1 }
    }

    /// - Parameter index: stays when this is no value.
    /// - Returns: false when the value has no end before `end`, where it then stops.
    private static func skipValue(_ line: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ end: Int) -> Bool {
        if line[index] == UInt8(ascii: "\"") {
            let start = index
            index += 1
            guard skipText(line, &index, end) else { return false }
            if index < end, !ByteClass.isSpace(line[index]), line[index] != UInt8(ascii: ","),
                line[index] != UInt8(ascii: "}")
            {
                index = start
            }
            return true
        }
        var depth = 0
        repeat {
            switch line[index] {
            case UInt8(ascii: "\""):
                index += 1
                guard skipText(line, &index, end) else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return true }
                depth -= 1
                index += 1
            case UInt8(ascii: ","), 0x20, 0x09...0x0D:
                if depth == 0 { return true }
                index += 1
            default: index += 1
            }
            if depth == 0, index < end, [UInt8(ascii: ","), UInt8(ascii: "}")].contains(line[index]) { return true }
        } while index < end
        return false
    }

    /// - Parameter index: after the opening quotation mark; then after the closing one.
    static func skipText(_ line: UnsafeBufferPointer<UInt8>, _ index: inout Int, _ end: Int) -> Bool {
        while index < end {
            if line[index] == UInt8(ascii: "\"") {
                index += 1
                return true
            }
            index += line[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        index = end
        return false
    }

    /// Whether text can stand in a template as it is.
    static func isPlain(_ line: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where line[index] < 0x20 || line[index] >= 0x7F || line[index] == UInt8(ascii: "<") {
            return false
        }
        return true
    }

    /// Whether the bytes of one range occur in another.
    static func contains(_ line: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ text: Range<Int>) -> Bool {
        guard !text.isEmpty, range.count >= text.count else { return false }
        let first = line[text.lowerBound]
        for start in range.lowerBound...range.upperBound - text.count where line[start] == first {
            var offset = 1
            while offset < text.count, line[start + offset] == line[text.lowerBound + offset] { offset += 1 }
            if offset == text.count { return true }
        }
        return false
    }
}
