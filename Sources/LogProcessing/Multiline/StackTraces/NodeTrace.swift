/// Uncaught errors of Node.js: the place, the source line with a caret, an empty line, the error with its frames, an
/// empty line, and `Node.js v22.1.0`.
enum NodeTrace {
    /// `/srv/app/index.js:10`, `node:internal/process/promises:288`, or `Uncaught …`.
    static func begins(_ text: Text) -> Bool {
        if text.hasPrefix("TypeError: ") || text.hasPrefix("ReferenceError: ") || text.hasPrefix("Error: ")
            || text.hasPrefix("RangeError: ") || text.hasPrefix("SyntaxError: ") || text.hasPrefix("Uncaught ")
        {
            return true
        }
        guard text.first == UInt8(ascii: "/") || text.hasPrefix("node:") || text.hasPrefix("file://"),
            text.distance(to: UInt8(ascii: " ")) == nil, Bytes.isDigit(text.last)
        else { return false }
        var index = text.end - 1
        while index > text.start, Bytes.isDigit(text.bytes[index]) { index -= 1 }
        return text.bytes[index] == UInt8(ascii: ":")
    }

    static func continues(_ text: Text) -> Bool {
        if text.hasPrefix("Node.js v") { return true }
        var text = text
        if text.take("Uncaught ") { return true }
        let name = text.take { Bytes.isWord($0) }
        guard name.hasSuffix("Error") else { return false }
        return text.isEmpty || text.first == UInt8(ascii: ":") || text.hasPrefix(" [")
    }
}
