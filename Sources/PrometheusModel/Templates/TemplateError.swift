/// Why a template does not parse or could not be executed, in the words of Go's text/template.
package struct TemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    package let message: String

    package init(_ message: String) { self.message = message }

    package var description: String { message }
}

/// What bounds a template: its text comes from a configuration, its values from anybody.
package enum TemplateLimits {
    /// Bytes of a template's text.
    package static let sourceBytesMax = 1 << 20
    /// Control structures and parentheses inside one another; keeps the parser's and the run's recursion short.
    package static let nestingMax = 100
    /// Bytes that a run writes, and bytes of any text that it makes on the way.
    package static let outputBytesMax = 1 << 20
    /// Pieces (texts, actions, commands, turns of a loop) that a run goes through.
    package static let stepsMax = 1_000_000
    /// Calls that a run waits for; it is begun anew after each.
    package static let questionsMax = 1000
    /// Templates that call one another.
    package static let callDepthMax = 100
}
