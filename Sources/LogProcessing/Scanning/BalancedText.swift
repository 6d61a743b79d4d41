/// Text in brackets, as debug prints have it.
enum BalancedText {
    /// Bytes from the bracket at the start to the one that closes it, both counted; nil when it does not close.
    static func length(_ text: Text) -> Int? {
        var depth = 0, isQuoted = false
        var place = text.start
        while place < text.end {
            let byte = text.bytes[place]
            if isQuoted {
                if byte == UInt8(ascii: "\\") { place += 1 } else if byte == UInt8(ascii: "\"") { isQuoted = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isQuoted = true
                case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ")"):
                    depth -= 1
                    if depth <= 0 { return place - text.start + 1 }
                default: break
                }
            }
            place += 1
        }
        return nil
    }
}
