/// Why telemetry cannot be kept in memory.
package struct RecordingError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// More items than the builder may keep.
        case tooLarge
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
