/// Counts the open brackets of JSON text that comes line by line.
struct BraceScanner {
    private(set) var depth = 0
    private(set) var isInString = false

    /// - Returns: whether the outermost bracket closed within this line, and only white space follows it.
    mutating func read(_ text: Text) -> Bool {
        var place = text.start
        var closed = false
        while place < text.end {
            let byte = text.bytes[place]
            place += 1
            if isInString {
                if byte == UInt8(ascii: "\\") {
                    place += 1
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""):
                if depth == 0 { return false }
                isInString = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if closed { return false }
                depth &+= 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth &-= 1
                if depth <= 0 { closed = true }
            case 0...0x20: break
            default: if closed { return false }
            }
        }
        return closed && depth == 0
    }
}
