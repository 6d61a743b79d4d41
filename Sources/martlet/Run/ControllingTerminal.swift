#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The terminal of this session, as far as process groups go.
///
/// - Spec: POSIX, "General Terminal Interface", 11.1.4: a background group that reads is stopped by SIGTTIN.
struct ControllingTerminal {
    private let descriptor: Int32
    private let ownGroup: Int32
    /// How it was set when the command got it.
    private var settings: termios?

    /// nil when the session has none.
    init?() {
        descriptor = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        ownGroup = getpgrp()
    }

    /// Whether a person has both ends of the command before them.
    static var isInteractive: Bool { isatty(0) == 1 && isatty(1) == 1 }

    func isForeground(orCommand group: Int32) -> Bool {
        let foreground = tcgetpgrp(descriptor)
        return foreground == ownGroup || foreground == group
    }

    mutating func give(to group: Int32) {
        guard tcgetpgrp(descriptor) == ownGroup else { return }
        var now = termios()
        if tcgetattr(descriptor, &now) == 0 { settings = now }
        _ = tcsetpgrp(descriptor, group)
    }

    /// - Parameter isReset: puts the settings back, too: a command that was killed could not.
    mutating func take(from group: Int32, isReset: Bool) {
        guard tcgetpgrp(descriptor) == group else { return }
        _ = tcsetpgrp(descriptor, ownGroup)
        if isReset, var settings { _ = tcsetattr(descriptor, TCSADRAIN, &settings) }
    }

    func close() {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }
}
