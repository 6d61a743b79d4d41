/// Why a page of metrics is refused. One wrong line refuses the whole page, as Prometheus does: half a page would look
/// like series that ended.
///
/// The reason never holds what the page says, only what was expected.
package struct ExpositionError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1; 0 where there are no lines, as in protobuf.
    package var line: Int
    package var reason: String

    package init(line: Int = 0, _ reason: String) {
        self.line = line
        self.reason = reason
    }

    package var description: String { line == 0 ? reason : "line \(line): \(reason)" }
}
