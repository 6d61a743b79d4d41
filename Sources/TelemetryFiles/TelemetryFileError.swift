/// Why files cannot be read, or are none of telemetry. A bad line inside a file is no error but a `TelemetryFileProblem`.
package struct TelemetryFileError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable {
        /// Not there, or the system refuses.
        case unreadable
        /// A form that is not read; the message names it.
        case unsupported
        /// No telemetry that is known.
        case unknownForm
        /// There is no memory for it at present.
        case noMemory
    }

    package let code: Code
    package let path: String
    /// What is wrong, without the path: lower case, no final period.
    package let reason: String

    package init(_ code: Code, _ path: String, _ reason: String) {
        self.code = code
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
}
