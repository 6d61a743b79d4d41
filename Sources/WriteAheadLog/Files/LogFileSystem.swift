#if canImport(Glibc)
package import Glibc
#elseif canImport(Darwin)
package import Darwin
#endif

/// The calls of the system that a log's files need; replaced in tests by one that fails.
///
/// Called by the log's own queue, one call at a time, except `read`, which whoever opens, inspects or replays calls.
/// None is retried below here but for `EINTR`.
package protocol LogFileSystem: Sendable {
    /// Makes a file that must not be there yet, and opens it for writing.
    func create(_ path: String) throws(SystemFailure) -> Int32
    /// Writes at an offset; may write less than was given. The buffers are the caller's and are not kept.
    func write(
        _ descriptor: Int32, _ buffers: UnsafeBufferPointer<iovec>, at offset: Int
    ) throws(SystemFailure) -> Int
    /// Makes the file's bytes survive a loss of power.
    func sync(_ descriptor: Int32) throws(SystemFailure)
    /// Cuts the file.
    func truncate(_ descriptor: Int32, to bytes: Int) throws(SystemFailure)
    func close(_ descriptor: Int32)
    func remove(_ path: String) throws(SystemFailure)
    /// Makes the directory's entries survive a loss of power.
    func syncDirectory(_ descriptor: Int32) throws(SystemFailure)
    /// Reads at an offset; may read less than asked for, and 0 at the end.
    func read(
        _ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(SystemFailure) -> Int
}

/// The real one.
package struct SystemFiles: LogFileSystem {
    package init() {}

    package func create(_ path: String) throws(SystemFailure) -> Int32 {
        try retrying { Int(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)) }.asDescriptor
    }

    package func write(
        _ descriptor: Int32, _ buffers: UnsafeBufferPointer<iovec>, at offset: Int
    ) throws(SystemFailure) -> Int {
        try retrying { pwritev(descriptor, buffers.baseAddress, Int32(buffers.count), off_t(offset)) }
    }

    package func sync(_ descriptor: Int32) throws(SystemFailure) {
        _ = try retrying { Int(syncData(descriptor)) }
    }

    package func truncate(_ descriptor: Int32, to bytes: Int) throws(SystemFailure) {
        _ = try retrying { Int(ftruncate(descriptor, off_t(bytes))) }
    }

    package func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    package func remove(_ path: String) throws(SystemFailure) {
        _ = try retrying { Int(unlink(path)) }
    }

    package func syncDirectory(_ descriptor: Int32) throws(SystemFailure) {
        _ = try retrying { Int(fsync(descriptor)) }
    }

    package func read(
        _ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(SystemFailure) -> Int {
        try retrying { pread(descriptor, bytes.baseAddress, bytes.count, off_t(offset)) }
    }

    /// The result of a call that says -1 when it failed; called again when a signal interrupted it.
    private func retrying(_ call: () -> Int) throws(SystemFailure) -> Int {
        while true {
            let result = call()
            if result >= 0 { return result }
            guard errno == EINTR else { throw .current }
        }
    }
}

extension Int {
    fileprivate var asDescriptor: Int32 { Int32(truncatingIfNeeded: self) }
}
