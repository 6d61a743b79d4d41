/// Why a text is no query: the first thing that is wrong with it, in the words of Prometheus.
package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Without the place: `unexpected end of input`.
    package let reason: String
    package let range: SourceRange
    /// `line:column`, both from 1, columns in bytes; `unknown position` in an empty text.
    package let position: String

    /// `1:4: parse error: unexpected end of input`
    package var message: String { "\(position): parse error: \(reason)" }
    package var description: String { message }

    init(_ reason: String, _ range: SourceRange, in text: [UInt8]) {
        self.reason = reason
        self.range = range
        guard !text.isEmpty else {
            position = "unknown position"
            return
        }
        guard range.start >= 0, range.start <= text.count else {
            position = "invalid position"
            return
        }
        var line = 1
        var lineStart = 0
        for (index, byte) in text[..<range.start].enumerated() where byte == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        position = "\(line):\(range.start - lineStart + 1)"
    }
}
