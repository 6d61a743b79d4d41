#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Bytes of a source with a look ahead.
struct BufferedBytes {
    let source: any ByteSource
    private var buffer: [UInt8] = []
    /// Where what was not taken begins.
    private var start = 0
    private(set) var isSourceOver = false

    init(_ source: any ByteSource) {
        self.source = source
    }

    var count: Int { buffer.count - start }

    subscript(offset: Int) -> UInt8 { buffer[start + offset] }

    /// The first bytes that are there, up to `count`.
    func prefix(_ count: Int) -> ArraySlice<UInt8> { buffer[start..<start + min(count, self.count)] }

    /// Reads on; false at the end.
    mutating func readOn() throws(TelemetryFileError) -> Bool {
        guard !isSourceOver else { return false }
        // What was taken goes when it is the greater part, so that each byte moves once at most.
        if start > buffer.count / 2 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        isSourceOver = try !source.read(into: &buffer)
        return !isSourceOver
    }

    /// Reads until `count` bytes are there; false when there are fewer.
    mutating func need(_ count: Int) throws(TelemetryFileError) -> Bool {
        while self.count < count {
            guard try readOn() else { return false }
        }
        return true
    }

    mutating func drop(_ count: Int) { start += min(count, self.count) }

    mutating func take(_ count: Int) -> [UInt8] {
        let bytes = Array(prefix(count))
        drop(count)
        return bytes
    }

    /// The place of a byte at or behind an offset among the bytes that are there.
    func firstIndex(of byte: UInt8, from offset: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress, start + offset < bytes.count,
                let found = memchr(base + start + offset, Int32(byte), bytes.count - start - offset)
            else { return nil }
            return base.distance(to: found) - start
        }
    }
}
