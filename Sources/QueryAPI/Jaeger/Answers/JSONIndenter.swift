/// Lays out JSON text for reading, piece by piece: four spaces a level, as Jaeger's `prettyPrint`. The text has to be
/// valid and without white space between tokens, as `JSONWriter` writes it.
struct JSONIndenter: Sendable {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// An opening bracket was written last: a line break follows unless the bracket is closed at once.
    private var isOpen = false

    mutating func indent(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count * 2)
        for byte in text {
            if isInString {
                result.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth = max(0, depth - 1)
                if isOpen { isOpen = false } else { breakLine(&result) }
                result.append(byte)
                continue
            default: break
            }
            if isOpen {
                isOpen = false
                breakLine(&result)
            }
            result.append(byte)
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                isOpen = true
            case UInt8(ascii: ","): breakLine(&result)
            case UInt8(ascii: ":"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "\""): isInString = true
            default: break
            }
        }
        return result
    }

    private func breakLine(_ result: inout [UInt8]) {
        result.append(UInt8(ascii: "\n"))
        result.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 4))
    }
}
