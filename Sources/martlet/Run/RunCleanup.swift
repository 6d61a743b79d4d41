import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What has to end with a run whatever ends it.
final class RunCleanup: Sendable {
    private let server = Mutex<PrivateServer?>(nil)

    func note(_ server: PrivateServer) {
        self.server.withLock { $0 = server }
    }

    /// Ends the run's server; may be called again.
    func perform() {
        server.withLock { $0 }?.stop()
    }

    /// For signals outside of the command's time: nobody else would act on them.
    func endProcess(_ number: Int32) {
        guard SignalRelay.ending.contains(number) else { return }
        perform()
        // Not `exit`: other threads are at work.
        _exit(128 + number)
    }
}
