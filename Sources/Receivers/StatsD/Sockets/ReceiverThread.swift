#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread of its own for what blocks in system calls.
// Sendable: a thread's handle is a number or an address that nothing is read through.
struct ReceiverThread: @unchecked Sendable {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let handle: pthread_t

    init(_ body: @escaping @Sendable () -> Void) throws {
        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Darwin)
        var handle: pthread_t?
        let failure = pthread_create(&handle, nil, { Self.run($0) }, work.toOpaque())
        #else
        var handle = pthread_t()
        let failure = pthread_create(&handle, nil, { Self.run($0) }, work.toOpaque())
        #endif
        guard failure == 0 else {
            work.release()
            throw StatsDError(message: "cannot start a thread: error \(failure)")
        }
        #if canImport(Darwin)
        guard let handle else { throw StatsDError(message: "cannot start a thread") }
        #endif
        self.handle = handle
    }

    private static func run(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
    }

    /// Asks the system to run the calling thread before others, so that a full machine does not keep it from emptying a
    /// buffer that holds a millisecond of datagrams. Refused without privilege, which is no error.
    static func raisePriority() {
        #if os(Linux)
        // The nice value is a thread's own on Linux; 0 means the calling thread.
        _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -10)
        #else
        pthread_set_qos_class_self_np(QOS_CLASS_USER_INITIATED, 0)
        #endif
    }

    /// Waits for the end of the thread.
    func join() { pthread_join(handle, nil) }
}
