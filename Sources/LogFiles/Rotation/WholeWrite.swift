#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes all of some bytes, however many calls that takes.
enum WholeWrite {
    /// - Returns: 0, or the number of the error; a part may be written then.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            let (start, count) = (bytes.baseAddress.map { $0 + written }, bytes.count - written)
            #if canImport(Darwin)
            let result = Darwin.write(descriptor, start, count)
            #elseif canImport(Musl)
            let result = Musl.write(descriptor, start, count)
            #else
            let result = Glibc.write(descriptor, start, count)
            #endif
            if result < 0 {
                if errno == EINTR { continue }
                return errno
            }
            written += result
        }
        return 0
    }
}
