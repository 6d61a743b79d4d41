import LogProcessing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds line breaks of an encoding: a line feed, in UTF-16 one at an even place.
struct LineBreaks: Sendable {
    /// Bytes of a line break, and of the unit of the encoding.
    let width: Int
    private let isBigEndian: Bool
    private let dropsReturn: Bool

    init(_ encoding: TextEncoding) {
        width = encoding.lineBreak.count
        isBigEndian = encoding == .utf16BigEndian
        dropsReturn = width == 1
    }

    /// - Parameters:
    ///   - fileOffset: of the buffer's first byte, by which units are counted.
    /// - Returns: where the first line break at or after `from` begins.
    func next(_ buffer: UnsafeRawBufferPointer, from: Int, fileOffset: Int) -> Int? {
        guard let base = buffer.baseAddress else { return nil }
        var from = from
        while from < buffer.count {
            guard let found = memchr(base + from, 0x0A, buffer.count - from) else { return nil }
            let place = UnsafeRawPointer(found) - base
            if width == 1 { return place }
            // Of the pair, the line feed is the second byte or the first.
            let start = isBigEndian ? place - 1 : place
            let other = isBigEndian ? place - 1 : place + 1
            if start >= 0, other < buffer.count, (fileOffset &+ start) % 2 == 0, buffer[other] == 0 { return start }
            from = place + 1
        }
        return nil
    }

    /// The line without the carriage return that Windows puts before a line feed.
    func trimmed(_ line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        if dropsReturn {
            guard line.last == 0x0D else { return line }
            return UnsafeRawBufferPointer(rebasing: line[..<(line.count - 1)])
        }
        guard line.count >= 2 else { return line }
        let low = line[line.count - (isBigEndian ? 1 : 2)]
        let high = line[line.count - (isBigEndian ? 2 : 1)]
        guard low == 0x0D, high == 0 else { return line }
        return UnsafeRawBufferPointer(rebasing: line[..<(line.count - 2)])
    }
}
