import ClickHouse
import MartletServer
import TelemetryModel
import TelemetryStore
import Verification

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How a verb ends.
enum CommandExit: Int32 {
    case ok = 0
    /// The answer is no, or the work failed.
    case no = 1
    case usage = 2
    /// No server answers.
    case unreachable = 3
}

/// Ends a verb with one sentence on standard error.
struct CommandFailure: Error {
    let exitCode: CommandExit
    let message: String

    init(_ exitCode: CommandExit, _ message: String) {
        self.exitCode = exitCode
        self.message = message
    }

    /// The sentence of an error of the layers below.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as EngineError: self.init(.no, error.message)
        case let error as ServerError: self.init(.no, error.message)
        case let error as StoreError: self.init(.no, error.message)
        case let error as ConfigurationError: self.init(.usage, error.description)
        case let error as VerificationError:
            self.init(CommandExit(error.code), TerminalText.escaped(error.description))
        default: self.init(.no, "\(error)")
        }
    }
}

extension CommandExit {
    init(_ code: VerificationError.Code) {
        self =
            switch code {
            case .invalidDocument, .unsupported: .usage
            case .unreachable: .unreachable
            case .invalidFile, .tooLarge: .no
            }
    }
}

enum StandardOutput {
    static func write(_ text: String) { write(Array(text.utf8)) }
    static func write(_ bytes: [UInt8]) { writeAll(1, bytes) }
    static var isTerminal: Bool { isatty(1) == 1 }

    /// Columns of the terminal; 80 when it does not tell.
    static var width: Int { terminalWidth(1) }
}

enum StandardError {
    static func write(_ text: String) { writeAll(2, Array(text.utf8)) }
    static var isTerminal: Bool { isatty(2) == 1 }
    static var width: Int { terminalWidth(2) }
}

private func terminalWidth(_ descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
}

func exitProcess(_ code: Int32) -> Never { exit(code) }

/// A reader that is gone (`| head`) ends the output, not the program.
private func writeAll(_ descriptor: Int32, _ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return }
        rest = rest.dropFirst(count)
    }
}
