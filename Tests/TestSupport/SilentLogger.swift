package import Logging

/// A logger that keeps nothing.
package func silentLogger() -> Logger {
    Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
