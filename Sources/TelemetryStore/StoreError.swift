package import TelemetryModel

/// A failure of the store that is not the engine's.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    package struct Code: Sendable, Hashable {
        fileprivate enum Value { case schemaTooNew, traceTooLarge, exportTooLarge, migrationFailed }
        fileprivate let value: Value
        package static let schemaTooNew = Code(value: .schemaTooNew)
        package static let migrationFailed = Code(value: .migrationFailed)
        package static let traceTooLarge = Code(value: .traceTooLarge)
        package static let exportTooLarge = Code(value: .exportTooLarge)
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    package var kind: ErrorKind {
        switch code.value {
        case .schemaTooNew, .migrationFailed: .unavailable
        case .traceTooLarge, .exportTooLarge: .tooLarge
        }
    }
}
