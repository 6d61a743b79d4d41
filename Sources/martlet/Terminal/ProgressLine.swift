import TelemetryModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Progress of long work on standard error: a bar that is drawn again and again on a terminal, otherwise a plain line
/// at every tenth, so that a log file stays readable.
///
/// Standard error, because standard output may be what a program reads.
struct ProgressLine {
    private static let barWidth = 24
    private static let widthDefault = 80
    /// A caller may report every row; the terminal is drawn at most ten times a second.
    private static let redrawInterval = Duration.milliseconds(100)

    private let isTerminal: Bool
    private let width: Int
    private let write: (String) -> Void
    private var drawnAt: ContinuousClock.Instant?
    private var drawn = ""
    private var latest = ""
    private var tenthsReported = 0

    /// Writes to standard error, and finds out itself whether that is a terminal and how wide.
    init() {
        var size = winsize()
        let isTerminal = isatty(STDERR_FILENO) == 1
        let hasSize = isTerminal && ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        self.init(
            isTerminal: isTerminal, width: hasSize ? Int(size.ws_col) : Self.widthDefault,
            write: writeToStandardError)
    }

    init(isTerminal: Bool, width: Int, write: @escaping (String) -> Void) {
        self.isTerminal = isTerminal
        self.width = width
        self.write = write
    }

    /// Reports that `fraction` (0 to 1) of the work is done. On a terminal the text is cut to one line.
    mutating func update(_ fraction: Double, _ text: String) {
        // Not a number counts as nothing done: it comes from a division by an empty total.
        let fraction = fraction.isNaN ? 0 : min(max(fraction, 0), 1)
        let percent = Int(fraction * 100)
        let text = TerminalText.escaped(text)
        guard isTerminal else {
            // One line even if a step jumps over several tenths.
            guard percent / 10 > tenthsReported else { return }
            tenthsReported = percent / 10
            write("\(tenthsReported * 10) % \(text)\n")
            return
        }
        let number = TerminalText.padded("\(percent)", to: 3, right: true)
        // One column stays free: a line that fills the terminal makes some of them wrap, and "\r" then goes back too
        // little.
        latest = TerminalText.cut("\(Self.bar(fraction)) \(number) % \(text)", to: max(1, width - 1))
        let now = ContinuousClock.now
        if let drawnAt, percent < 100, now - drawnAt < Self.redrawInterval { return }
        drawnAt = now
        draw()
    }

    /// Leaves the last state on its line and goes to the next one.
    mutating func finish() {
        guard isTerminal, !latest.isEmpty else { return }
        draw()
        write("\n")
        latest = ""
        drawn = ""
    }

    private mutating func draw() {
        guard latest != drawn else { return }
        drawn = latest
        // ESC [ K clears what a longer line left behind.
        write("\r\(latest)\u{1B}[K")
    }

    private static func bar(_ fraction: Double) -> String {
        let eighths = Int(fraction * Double(barWidth * 8))
        let full = String(repeating: "█", count: eighths / 8)
        let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
        return TerminalText.padded(full + partial, to: barWidth)
    }
}

/// Not `fputs`: C's `stderr` is a mutable global, which language mode 6 rightly refuses.
private func writeToStandardError(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let written = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        if written < 0, errno == EINTR { continue }
        // A closed standard error is no reason to stop the work that is being reported.
        guard written > 0 else { return }
        bytes = bytes.dropFirst(written)
    }
}
