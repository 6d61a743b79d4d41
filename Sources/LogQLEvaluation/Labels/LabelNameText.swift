/// Keys of lines as names of labels.
enum LabelNameText {
    /// Space around the key is gone, whatever is no letter of ASCII, digit or underscore is an underscore, one for each
    /// character, and an underscore stands before a digit that comes first. Empty when nothing is left.
    static func sanitized(_ key: ByteSlice, _ scratch: ByteArena) -> ByteSlice {
        let key = key.trimmed
        if let first = key.first, !first.isDigit, key.allSatisfy(\.isWord) { return key }
        let target = scratch.reserve(key.count + 1)
        var written = 0
        append(key, isFirst: true) {
            target[written] = $0
            written += 1
        }
        return scratch.commit(written)
    }

    /// As the next part of a name that is being built.
    static func appendSanitized(_ key: ByteSlice, to name: inout [UInt8]) {
        append(key.trimmed, isFirst: name.isEmpty) { name.append($0) }
    }

    private static func append(_ key: ByteSlice, isFirst: Bool, _ emit: (UInt8) -> Void) {
        if isFirst, let first = key.first, first.isDigit { emit(UInt8(ascii: "_")) }
        var index = 0
        while index < key.count {
            let byte = key[index]
            emit(byte.isWord ? byte : UInt8(ascii: "_"))
            index += byte < 0x80 ? 1 : max(1, UTF8Repair.scalarLength(key, index))
        }
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isDigit else { return false }
        return name.utf8.allSatisfy(\.isWord)
    }
}
