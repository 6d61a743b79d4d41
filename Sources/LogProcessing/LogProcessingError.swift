/// A configuration that cannot be run.
package struct LogProcessingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Names the key and what is wrong with it.
    package let message: String
    /// Where it stands in the file; nil for configurations made by code.
    package let position: ConfigurationTree.Position?

    package init(_ message: String, at position: ConfigurationTree.Position? = nil) {
        self.message = message
        self.position = position
    }

    package var description: String {
        if let position { "line \(position.line), column \(position.column): \(message)" } else { message }
    }
}
