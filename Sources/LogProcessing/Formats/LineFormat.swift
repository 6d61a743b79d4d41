import TelemetryModel

/// A format of plain lines: `Formats/Lines` has one file for each.
protocol LineFormat {
    /// Reads the head of a line into the record.
    ///
    /// - Parameter line: One line without its break and without terminal escapes.
    /// - Returns: the message, a part of the line; nil, and the record as it was, when the line is of another format.
    static func read(_ line: Text, into draft: inout LogDraft, context: FormatContext) -> Text?
}

extension LogDraft {
    /// The level by its name; unknown names keep the number 0.
    mutating func setLevel(_ name: Text) {
        severityText = name.string
        severityNumber = Severity.number(name)
    }
}
