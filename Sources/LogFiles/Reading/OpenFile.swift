#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file open for reading; closed with its last reference. Blocks.
final class OpenFile: Sendable {
    typealias Failure = FileFailure

    let descriptor: Int32

    init(_ path: String) throws(Failure) {
        // Not blocking, in case the name is a pipe's by now.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw Failure(number: errno) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    func status() throws(Failure) -> FileStatus {
        guard let status = FileStatus.of(descriptor: descriptor) else { throw Failure(number: errno) }
        return status
    }

    /// Reads until the buffer is full or the file ends.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Failure) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var count = 0
        while count < buffer.count {
            let result = pread(descriptor, base + count, buffer.count - count, off_t(offset + count))
            if result < 0 {
                if errno == EINTR { continue }
                throw Failure(number: errno)
            }
            if result == 0 { break }
            count += result
        }
        return count
    }

    /// Where the first bytes are that were written: behind the hole that a writer leaves who goes on at its old place in
    /// a file that was cut.
    func firstData() -> Int {
        // `SEEK_DATA`, which glibc's headers show only when asked for its extensions.
        #if canImport(Darwin)
        let place = lseek(descriptor, 0, 4)
        #else
        let place = lseek(descriptor, 0, 3)
        #endif
        return place > 0 ? Int(place) : 0
    }
}
