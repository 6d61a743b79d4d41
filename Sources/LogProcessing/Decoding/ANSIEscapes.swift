/// Escape sequences of terminals: colours and the like.
enum ANSIEscapes {
    static let escape: UInt8 = 0x1B

    /// Moves behind the sequences at the start of the text.
    static func skip(_ text: inout Text) {
        while text.first == escape, let length = length(text) { text.skip(length) }
    }

    /// Without its sequences; nil when there are none.
    static func stripped(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var text = Text(bytes)
        guard text.distance(to: escape) != nil else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        while !text.isEmpty {
            if text.first == escape, let length = length(text) {
                text.skip(length)
            } else {
                result.append(text.first)
                text.skip(1)
            }
        }
        return result
    }

    /// Bytes of the sequence whose escape character is the text's first byte; nil when it is none that we know.
    ///
    /// - Spec: ECMA-48: CSI is `ESC [`, parameters 30-3F, intermediates 20-2F, final 40-7E; OSC is `ESC ]` up to BEL
    ///   or `ESC \`; other sequences are `ESC`, intermediates, one final byte.
    private static func length(_ text: Text) -> Int? {
        var index = 1
        switch text[1] {
        case UInt8(ascii: "["):
            index = 2
            while (0x20...0x3F).contains(text[index]) { index += 1 }
            return (0x40...0x7E).contains(text[index]) ? index + 1 : nil
        case UInt8(ascii: "]"):
            // Up to its end, but not past another escape: each byte is looked at once. Titles and links are short.
            index = 2
            while index < 4096, text.start + index < text.end {
                if text[index] == 0x07 { return index + 1 }
                if text[index] == escape { return text[index + 1] == UInt8(ascii: "\\") ? index + 2 : nil }
                index += 1
            }
            return nil
        default:
            while (0x20...0x2F).contains(text[index]), index < 8 { index += 1 }
            return (0x30...0x7E).contains(text[index]) ? index + 1 : nil
        }
    }
}
