#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads a segment through a window, so that opening a log holds a quarter of a megabyte of it in memory at a time.
///
/// What the disk cannot read, and what the file lost while it was read, appears as zeros: the checksums then say that
/// it is damaged, in one way for every cause.
final class SegmentReader {
    private static let windowBytes = 256 << 10
    /// Smaller than this a disk does not fail.
    private static let sectorBytes = 4096

    let name: SegmentName
    /// The size when it was opened.
    let bytes: Int
    private let descriptor: Int32
    private let files: any LogFileSystem
    private var window: [UInt8] = []
    private var windowStart = 0

    /// - Returns: nil when the file is not there any more.
    init?(_ name: SegmentName, in directory: LogDirectory, files: any LogFileSystem) throws(LogError) {
        self.name = name
        self.files = files
        let path = directory.path(of: name)
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw LogError(.current, action: "read", path: path)
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let failure = SystemFailure.current
            close(descriptor)
            throw LogError(failure, action: "read", path: path)
        }
        bytes = Int(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Calls with the bytes of a range, which is cut at the end of the file and at a window's length.
    func withBytes<Value>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        let end = min(range.upperBound, bytes, range.lowerBound + Self.windowBytes)
        guard range.lowerBound < end else { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        if range.lowerBound < windowStart || end > windowStart + window.count {
            load(range.lowerBound)
        }
        return window.withUnsafeBytes { window in
            body(UnsafeRawBufferPointer(rebasing: window[(range.lowerBound - windowStart)..<(end - windowStart)]))
        }
    }

    /// The frame that begins at an offset, if a header is there.
    func header(at offset: Int) -> FrameHeader.Decoded {
        withBytes(offset..<(offset + FrameHeader.byteCount)) {
            FrameHeader.decode($0, at: FramePlace(offset: offset, segmentFirst: name.first))
        }
    }

    func checksum(of range: Range<Int>) -> UInt32 {
        var checksum: UInt32 = 0
        forEachPiece(of: range) { _, piece in
            checksum = Checksum.extend(checksum, piece)
            return true
        }
        return checksum
    }

    func isZero(_ range: Range<Int>) -> Bool {
        var isZero = true
        forEachPiece(of: range) { _, piece in
            isZero = piece.allSatisfy { $0 == 0 }
            return isZero
        }
        return isZero
    }

    /// The first offset within a range at which the bytes that each frame begins with stand whole.
    func nextMagic(in range: Range<Int>) -> Int? {
        var found: Int?
        var start = range.lowerBound
        // Pieces overlap by three bytes, so that a magic on their border is seen.
        while found == nil, range.upperBound - start >= FrameHeader.magic.count {
            // What is loaded first: a body may be nothing but magics, and each would load a window of its own.
            let loaded = windowStart..<(windowStart + window.count)
            let isLoaded = loaded.contains(start) && loaded.upperBound - start >= FrameHeader.byteCount
            let end = min(range.upperBound, isLoaded ? loaded.upperBound : start + Self.windowBytes)
            found = withBytes(start..<end) { piece in
                piece.firstOffset(of: FrameHeader.magic).map { start + $0 }
            }
            start = end - (FrameHeader.magic.count - 1)
        }
        return found
    }

    /// All bytes of a range, which lies within the file, in one array.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        // By the window where it fits, so that small records cost no call each.
        if range.count <= Self.windowBytes { return withBytes(range) { Array($0) } }
        return unwindowed(range)
    }

    private func unwindowed(_ range: Range<Int>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            read(into: UnsafeMutableRawBufferPointer(buffer), at: range.lowerBound)
            count = range.count
        }
    }

    private func forEachPiece(of range: Range<Int>, _ body: (Int, UnsafeRawBufferPointer) -> Bool) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = min(range.upperBound, start + Self.windowBytes)
            guard withBytes(start..<end, { body(start, $0) }) else { return }
            start = end
        }
    }

    private func load(_ start: Int) {
        let count = min(Self.windowBytes, bytes - start)
        if window.count != count { window = [UInt8](repeating: 0, count: count) }
        window.withUnsafeMutableBytes { read(into: $0, at: start) }
        windowStart = start
    }

    /// Fills the buffer.
    private func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        var done = 0
        var pieceBytes = buffer.count
        while done < buffer.count {
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<min(buffer.count, done + pieceBytes)])
            do {
                let count = try files.read(descriptor, into: piece, at: offset + done)
                if count == 0 {
                    zero(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
                    return
                }
                done += count
            } catch {
                // Once more by the sector, so that one that cannot be read costs no more than itself.
                if piece.count > Self.sectorBytes {
                    pieceBytes = Self.sectorBytes
                } else {
                    zero(piece)
                    done += piece.count
                }
            }
        }
    }

    private func zero(_ buffer: UnsafeMutableRawBufferPointer) {
        buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func firstOffset(of needle: [UInt8]) -> Int? {
        guard let first = needle.first, let base = baseAddress else { return nil }
        var start = 0
        while count - start >= needle.count {
            // The C library's search is vectorised; in a body of random bytes it stops every 256th.
            guard let hit = memchr(base + start, Int32(first), count - start - needle.count + 1) else { return nil }
            start = UnsafeRawPointer(hit) - base
            if self[start..<(start + needle.count)].elementsEqual(needle) { return start }
            start += 1
        }
        return nil
    }
}
