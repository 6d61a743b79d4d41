#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The engine installs handlers for fatal signals that wait for a thread of its server, which does not run here: a trap
/// or a bad access would hang the process for ever instead of ending it (measured: no end after 60 s). After the engine
/// has started the default actions are put back, so that a crash ends the process with the signal's status.
enum FatalSignals {
    static func restoreDefaults() {
        for signal in [SIGSEGV, SIGILL, SIGBUS, SIGFPE, SIGABRT, SIGTRAP, SIGSYS, SIGQUIT] {
            var action = sigaction()
            #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = SIG_DFL
            #else
            action.__sigaction_u.__sa_handler = SIG_DFL
            #endif
            sigaction(signal, &action, nil)
        }
        // The opening thread is left with SIGPIPE blocked, which children would inherit; sockets of swift-nio ask for
        // errors instead of the signal anyway.
        var pipe = sigset_t()
        sigemptyset(&pipe)
        sigaddset(&pipe, SIGPIPE)
        pthread_sigmask(SIG_UNBLOCK, &pipe, nil)
        signal(SIGPIPE, SIG_IGN)
    }
}
