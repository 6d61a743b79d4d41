/// JSON on several lines for people: what fits on a line stays on it.
enum JSONLayout {
    private static let width = 100
    /// Deeper JSON is left as it is.
    private static let depthMax = 64
    /// So is longer.
    private static let bytesMax = 1 << 20

    /// - Parameter text: a JSON document; white space between its tokens is dropped.
    /// - Returns: nil when brackets or strings do not end, or it is too deep or too long.
    static func lines(_ text: String) -> String? {
        guard text.utf8.count <= bytesMax, let tokens = tokens(Array(text.utf8)) else { return nil }
        var lines: [UInt8] = []
        var index = 0
        while index < tokens.count { write(tokens, &index, 0, &lines) }
        return String(decoding: lines, as: UTF8.self)
    }

    /// A bracket, a comma, a colon, a string, or another scalar.
    private struct Token {
        let bytes: ArraySlice<UInt8>
        /// Of an opening bracket: the token that closes it.
        var end = 0
        /// Of an opening bracket: bytes up to and with the one that closes it, on one line.
        var length = 0

        var kind: UInt8 { bytes.first ?? 0 }
        var isOpening: Bool { kind == UInt8(ascii: "{") || kind == UInt8(ascii: "[") }
        var isClosing: Bool { kind == UInt8(ascii: "}") || kind == UInt8(ascii: "]") }
        var isMark: Bool { isOpening || isClosing || kind == UInt8(ascii: ",") || kind == UInt8(ascii: ":") }
        /// A space follows on the line.
        var isSpaced: Bool { kind == UInt8(ascii: ",") || kind == UInt8(ascii: ":") }
    }

    private static func tokens(_ bytes: [UInt8]) -> [Token]? {
        var tokens: [Token] = []
        var open: [(token: Int, position: Int)] = []
        // Bytes of all tokens so far, with the spaces of a line.
        var position = 0
        var index = 0
        while index < bytes.count {
            if isSpace(bytes[index]) {
                index += 1
                continue
            }
            var end = index + 1
            if bytes[index] == UInt8(ascii: "\"") {
                while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
                    end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
                }
                guard end < bytes.count else { return nil }
                end += 1
            } else if !Token(bytes: bytes[index..<end]).isMark {
                while end < bytes.count, !isSpace(bytes[end]), bytes[end] != UInt8(ascii: "\""),
                    !Token(bytes: bytes[end..<end + 1]).isMark
                { end += 1 }
            }
            let token = Token(bytes: bytes[index..<end])
            tokens.append(token)
            position += token.bytes.count + (token.isSpaced ? 1 : 0)
            if token.isOpening {
                guard open.count < depthMax else { return nil }
                open.append((tokens.count - 1, position))
            } else if token.isClosing {
                guard let start = open.popLast() else { return nil }
                tokens[start.token].end = tokens.count - 1
                tokens[start.token].length = position - start.position + 1
            }
            index = end
        }
        return open.isEmpty ? tokens : nil
    }

    /// Writes the token at `index` and, of a bracket, all up to the one that closes it. Recursion is as deep as brackets.
    private static func write(_ tokens: [Token], _ index: inout Int, _ depth: Int, _ lines: inout [UInt8]) {
        let token = tokens[index]
        let used = lines.count - ((lines.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)
        guard token.isOpening, used + token.length > width, token.end > index + 1 else {
            let last = token.isOpening ? token.end : index
            for token in tokens[index...last] {
                lines += token.bytes
                if token.isSpaced { lines.append(UInt8(ascii: " ")) }
            }
            index = last + 1
            return
        }
        lines += token.bytes
        index += 1
        // A list of one object needs no indentation of its own.
        if tokens[index].isOpening, tokens[index].end == token.end - 1 {
            write(tokens, &index, depth, &lines)
            lines += tokens[index].bytes
            index += 1
            return
        }
        newLine(depth + 1, &lines)
        while index < token.end {
            if tokens[index].kind == UInt8(ascii: ",") {
                lines += tokens[index].bytes
                newLine(depth + 1, &lines)
                index += 1
            } else {
                write(tokens, &index, depth + 1, &lines)
            }
        }
        newLine(depth, &lines)
        lines += tokens[index].bytes
        index += 1
    }

    private static func newLine(_ depth: Int, _ lines: inout [UInt8]) {
        lines.append(UInt8(ascii: "\n"))
        lines += [UInt8](repeating: UInt8(ascii: " "), count: depth * 2)
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
