/// What is wrong in a file of rules, and where.
package struct RuleFileProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package var file: String
    /// Both from 1; 0 where there is no place.
    package var line: Int
    package var column: Int
    package var message: String

    package init(file: String, line: Int = 0, column: Int = 0, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String {
        line > 0 ? "\(file):\(line):\(column): \(message)" : "\(file): \(message)"
    }
}

/// All that is wrong in the files of rules.
package struct RuleFileError: Error, Sendable, CustomStringConvertible {
    package var problems: [RuleFileProblem]

    package init(_ problems: [RuleFileProblem]) { self.problems = problems }

    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
