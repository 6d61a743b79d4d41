/// Commands of Redis and the like: the command's name in upper case, the key's shape, and `?` for all other arguments.
///
/// The parts of a key between colons that have a digit or are long are values: `get user:42:profile` is
/// `GET user:?:profile`. Of several commands each is a line; a line like the one before it is left out.
enum CommandNormalizer {
    private static let keyPartBytesMax = 24

    /// Commands whose first argument is a word of the command.
    private static let compound: Set<[UInt8]> = Set(
        [
            "ACL", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DEBUG", "FUNCTION", "LATENCY", "MEMORY", "MODULE",
            "OBJECT", "PUBSUB", "SCRIPT", "SLOWLOG", "XGROUP", "XINFO",
        ].map { Array($0.utf8) })
    /// Commands without a key: scripts, messages and credentials are values.
    private static let keyless: Set<[UInt8]> = Set(
        ["AUTH", "ECHO", "EVAL", "EVALSHA", "FCALL", "HELLO", "PING", "SELECT"].map { Array($0.utf8) })

    static func normalize(_ input: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var cursor = StatementCursor(input)
        var output: [UInt8] = []
        var previous = 0..<0
        while !cursor.isAtEnd {
            let start = output.count
            if start > 0 { output.append(0x0A) }
            let lineStart = output.count
            command(&cursor, &output)
            let isEmpty = output.count == lineStart
            if isEmpty || (start > 0 && output[lineStart...].elementsEqual(output[previous])) {
                output.removeSubrange(start...)
            } else {
                previous = lineStart..<output.count
            }
            cursor.advance()
        }
        return output
    }

    /// Up to the line's end.
    private static func command(_ cursor: inout StatementCursor, _ output: inout [UInt8]) {
        var name: [UInt8] = []
        var words = 0
        var takesKey = true
        var hasValues = false
        while true {
            cursor.skip { ByteClass.isSpace($0) && $0 != 0x0A }
            let byte = cursor.peek()
            if cursor.isAtEnd || byte == 0x0A { return }
            let start = cursor.index
            let isQuoted = byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
            if isQuoted {
                cursor.advance()
                cursor.skipQuoted(byte, escapes: true, doubles: false)
            } else {
                cursor.skip { !ByteClass.isSpace($0) }
            }
            let argument = cursor.slice(from: start)
            words += 1
            if words == 1, !isQuoted {
                name = argument.prefix(64).map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }
                takesKey = !keyless.contains(name)
                output += name
            } else if words == 2, !isQuoted, compound.contains(name) {
                output.append(0x20)
                output += argument.prefix(64).map { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 }
                takesKey = false
            } else if words == 2, !isQuoted, takesKey {
                output.append(0x20)
                appendKey(argument, &output)
            } else if !hasValues {
                hasValues = true
                output += [0x20, UInt8(ascii: "?")]
            }
        }
    }

    private static func appendKey(_ key: Slice<UnsafeBufferPointer<UInt8>>, _ output: inout [UInt8]) {
        var isFirst = true
        for part in key.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false) {
            if !isFirst { output.append(UInt8(ascii: ":")) }
            isFirst = false
            if part.count > keyPartBytesMax || part.contains(where: ByteClass.isDigit) {
                output.append(UInt8(ascii: "?"))
            } else {
                output += part
            }
        }
    }
}
