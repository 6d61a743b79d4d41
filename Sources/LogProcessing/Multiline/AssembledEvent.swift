/// One event of a file: one line, or the lines that belong together.
package struct AssembledEvent: Sendable, Equatable {
    /// The lines without the last line break, a line break of the encoding between them.
    package var bytes: [UInt8]
    /// Offset of the first byte in the file.
    package var start: Int
    /// Offset after the last line's break: where reading goes on when this event is kept.
    package var end: Int
    package var lines: Int
    /// Whether bytes of it were cut off (`MultilineOptions.bytesMax`), or the event that follows is its rest
    /// (`linesMax`).
    package var isTruncated: Bool

    package init(bytes: [UInt8], start: Int, end: Int, lines: Int = 1, isTruncated: Bool = false) {
        self.bytes = bytes
        self.start = start
        self.end = end
        self.lines = lines
        self.isTruncated = isTruncated
    }
}
