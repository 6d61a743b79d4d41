import Dispatch
import Foundation
import Synchronization

@testable import WriteAheadLog

/// The system's files, with failures when a test asks for them.
final class FaultyFiles: LogFileSystem {
    struct Plan {
        /// Bytes that can still be written before `ENOSPC`; the write that reaches it is short.
        var bytesLeft: Int?
        /// Most bytes of one write; the rest is a short write.
        var bytesPerWrite = Int.max
        var writeError = ENOSPC
        var createError: Int32?
        var syncError: Int32?
        var truncateError: Int32?
        var removeError: Int32?
        /// Offsets that no file can be read at.
        var unreadable: Range<Int>?
        var syncs = 0
        var writes = 0
        /// Length of each file when it was last synced.
        var syncedBytes: [String: Int] = [:]
        var paths: [Int32: String] = [:]
    }

    let plan = Mutex(Plan())
    private let system = SystemFiles()
    /// Called after each call that changes something, without a lock.
    private let afterChange: Mutex<(@Sendable () -> Void)?> = Mutex(nil)
    /// While shut, writes wait.
    private let gate = Gate()

    func onChange(_ hook: (@Sendable () -> Void)?) {
        afterChange.withLock { $0 = hook }
    }

    func shutGate() { gate.shut() }
    func openGate() { gate.open() }

    var syncs: Int { plan.withLock { $0.syncs } }

    func create(_ path: String) throws(SystemFailure) -> Int32 {
        if let error = plan.withLock({ $0.createError }) { throw SystemFailure(error) }
        let descriptor = try system.create(path)
        plan.withLock { $0.paths[descriptor] = path }
        changed()
        return descriptor
    }

    func write(
        _ descriptor: Int32, _ buffers: UnsafeBufferPointer<iovec>, at offset: Int
    ) throws(SystemFailure) -> Int {
        gate.pass()
        let (room, error) = plan.withLock { plan in
            plan.writes += 1
            return (min(plan.bytesLeft ?? .max, plan.bytesPerWrite), plan.writeError)
        }
        guard room > 0 else { throw SystemFailure(error) }
        var cut: [iovec] = []
        var rest = room
        for buffer in buffers where rest > 0 {
            cut.append(iovec(iov_base: buffer.iov_base, iov_len: min(rest, buffer.iov_len)))
            rest -= cut[cut.count - 1].iov_len
        }
        let written: Int = try cut.withUnsafeBufferPointer { buffers throws(SystemFailure) in
            try system.write(descriptor, buffers, at: offset)
        }
        plan.withLock { plan in
            if let left = plan.bytesLeft { plan.bytesLeft = left - written }
        }
        changed()
        return written
    }

    func sync(_ descriptor: Int32) throws(SystemFailure) {
        let error = plan.withLock { plan in
            plan.syncs += 1
            return plan.syncError
        }
        if let error { throw SystemFailure(error) }
        // Not the real one: what tests look at is that it was called, and the disk is shared.
        var status = stat()
        fstat(descriptor, &status)
        plan.withLock { plan in
            if let path = plan.paths[descriptor] { plan.syncedBytes[path] = Int(status.st_size) }
        }
        changed()
    }

    func truncate(_ descriptor: Int32, to bytes: Int) throws(SystemFailure) {
        if let error = plan.withLock({ $0.truncateError }) { throw SystemFailure(error) }
        try system.truncate(descriptor, to: bytes)
        changed()
    }

    func close(_ descriptor: Int32) {
        plan.withLock { $0.paths[descriptor] = nil }
        system.close(descriptor)
    }

    func remove(_ path: String) throws(SystemFailure) {
        if let error = plan.withLock({ $0.removeError }) { throw SystemFailure(error) }
        try system.remove(path)
        changed()
    }

    func syncDirectory(_ descriptor: Int32) throws(SystemFailure) {
        changed()
    }

    func read(
        _ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer, at offset: Int
    ) throws(SystemFailure) -> Int {
        if let range = plan.withLock({ $0.unreadable }), range.overlaps(offset..<(offset + bytes.count)) {
            throw SystemFailure(EIO)
        }
        return try system.read(descriptor, into: bytes, at: offset)
    }

    private func changed() {
        afterChange.withLock { $0 }?()
    }
}

/// Holds a thread of the log's queue back until the test lets it go on.
private final class Gate: Sendable {
    private let condition = NSCondition()
    private let isShut = Mutex(false)

    func shut() { isShut.withLock { $0 = true } }

    func open() {
        condition.lock()
        isShut.withLock { $0 = false }
        condition.broadcast()
        condition.unlock()
    }

    func pass() {
        condition.lock()
        while isShut.withLock({ $0 }) { condition.wait() }
        condition.unlock()
    }
}
