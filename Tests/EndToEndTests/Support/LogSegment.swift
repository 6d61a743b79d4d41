import Foundation

/// A segment of the write-ahead log as a test reads and damages it. The layout is that of `FrameHeader`.
struct LogSegment {
    struct Frame {
        let offset: Int
        /// 1 segment, 2 record, 3 intent, 4 commit.
        let kind: UInt8
        let sequence: UInt64
        let bodyBytes: Int

        var bodyOffset: Int { offset + LogSegment.headerBytes }
        var end: Int { bodyOffset + bodyBytes }
    }

    static let headerBytes = 44

    let url: URL
    private(set) var bytes: [UInt8]
    let frames: [Frame]

    var name: String { url.lastPathComponent }
    /// In the order of their sequences.
    var records: [Frame] { frames.filter { $0.kind == 2 } }

    /// The newest segment of a signal's log.
    init(newestOf signal: String, in data: URL) throws {
        let directory = data.appending(path: "wal/\(signal)")
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasSuffix(".wal") }
        guard let newest = names.max() else { throw TestFailure("no segment in \(directory.path)") }
        url = directory.appending(path: newest)
        let bytes = [UInt8](try Data(contentsOf: url))
        var frames: [Frame] = []
        var offset = 0
        while offset + Self.headerBytes <= bytes.count, bytes[offset..<(offset + 4)].elementsEqual("MWAL".utf8) {
            func number(_ range: Range<Int>) -> UInt64 {
                range.reversed().reduce(0) { $0 << 8 | UInt64(bytes[offset + $1]) }
            }
            let frame = Frame(
                offset: offset, kind: bytes[offset + 5], sequence: number(16..<24), bodyBytes: Int(number(32..<36)))
            guard frame.end <= bytes.count else { break }
            frames.append(frame)
            offset = frame.end
        }
        guard offset == bytes.count else { throw TestFailure("\(newest): no frame at \(offset) of \(bytes.count)") }
        self.bytes = bytes
        self.frames = frames
    }

    mutating func flip(_ offset: Int) throws {
        bytes[offset] ^= 0x10
        try Data(bytes).write(to: url)
    }

    mutating func cut(to length: Int) throws {
        bytes = Array(bytes.prefix(length))
        try Data(bytes).write(to: url)
    }
}
