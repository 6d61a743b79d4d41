#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread for one evaluation.
///
/// Evaluations do not suspend for seconds. On the cooperative pool, which has a thread for each processor, they keep
/// everything else from running; so they do on a `DispatchQueue`, whose threads are taken from the same ones.
package enum EvaluationThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Bytes. Evaluations recurse as deep as the parser lets a query nest; a system's own default may be far less (128 KiB
    /// with musl). Memory is taken only as far as it is used.
    private static let stackBytes = 16 << 20

    /// The bound is the caller's: `QueryCapacity`.
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { (continuation: CheckedContinuation<Value, Never>) in
            let isStarted = start { continuation.resume(returning: work()) }
            // Without a thread the answer is still right, and others wait for it.
            if !isStarted { continuation.resume(returning: work()) }
        }
    }

    private static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        guard pthread_attr_init(attributes) == 0 else { return false }
        defer { pthread_attr_destroy(attributes) }
        pthread_attr_setstacksize(attributes, stackBytes)
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(body))
        #if canImport(Darwin)
        var handle: pthread_t?
        #else
        var handle = pthread_t()
        #endif
        let failure = pthread_create(&handle, attributes, { Self.enter($0) }, work.toOpaque())
        if failure != 0 { work.release() }
        return failure == 0
    }

    private static func enter(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
    }
}
