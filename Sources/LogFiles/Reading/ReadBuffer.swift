#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The bytes that were read last, of whatever file, with those before them that were known already.
// Sendable: used by the actor that owns it only.
final class ReadBuffer: @unchecked Sendable {
    private static let bytesMin = 1 << 20
    /// A line is given to the assembler with a few bytes more than it may have, so that it sees that it has to cut.
    static let lineSlack = 8

    let bytes: UnsafeMutableRawBufferPointer
    /// For the beginning of a line whose end was found elsewhere.
    let line: UnsafeMutableRawBufferPointer
    /// Where in the file the buffer begins, and how much of it is filled.
    var fileOffset = 0
    var count = 0

    init(lineBytesMax: Int) {
        let lineBytes = max(64, lineBytesMax) + Self.lineSlack
        bytes = .allocate(
            byteCount: Fingerprint.tailBytesMax + max(Self.bytesMin, lineBytes + (64 << 10)), alignment: 16)
        line = .allocate(byteCount: lineBytes, alignment: 16)
    }

    deinit {
        bytes.deallocate()
        line.deallocate()
    }

    /// Of the bytes before an offset; nil when the buffer does not hold them.
    func tail(before offset: Int) -> Fingerprint? {
        let bytes = min(offset, Fingerprint.tailBytesMax)
        let end = offset - fileOffset
        guard end - bytes >= 0, end <= count else { return nil }
        return Fingerprint(UnsafeRawBufferPointer(rebasing: self.bytes[(end - bytes)..<end]))
    }
}

/// Descriptors that the process may have open.
enum DescriptorLimit {
    static var current: Int {
        var limit = rlimit()
        #if canImport(Darwin)
        let result = getrlimit(RLIMIT_NOFILE, &limit)
        #elseif canImport(Musl)
        let result = getrlimit(RLIMIT_NOFILE, &limit)
        #else
        let result = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #endif
        return result == 0 ? Int(clamping: limit.rlim_cur) : 1024
    }
}
