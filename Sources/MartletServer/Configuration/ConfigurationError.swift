/// Everything that is wrong with a configuration. All problems are of kind invalid: the operator must change something.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// At least one, in the order of the sources: file, variables, flags, then what contradicts each other.
    package let problems: [ConfigurationProblem]

    /// One line per problem.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}

package struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// A struct, so that a new code breaks no caller.
    package struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Name: String {
            case unreadableFile, syntax, unknownKey, duplicateKey, wrongValue, interpolation, conflict
        }

        private let name: Name
        package var description: String { name.rawValue }

        package static let unreadableFile = Code(name: .unreadableFile)
        package static let syntax = Code(name: .syntax)
        package static let unknownKey = Code(name: .unknownKey)
        package static let duplicateKey = Code(name: .duplicateKey)
        package static let wrongValue = Code(name: .wrongValue)
        /// A `${…}` in the file that is malformed, or names a variable that does not exist.
        package static let interpolation = Code(name: .interpolation)
        /// Settings that are each right but not together.
        package static let conflict = Code(name: .conflict)
    }

    package let code: Code
    package let origin: SettingOrigin
    /// Never the value of a secret.
    package let message: String

    package var description: String {
        switch origin {
        case .default: message
        case .file, .environment, .flag: "\(origin): \(message)"
        }
    }
}

extension ConfigurationProblem {
    /// The message for a name that does not exist.
    static func unknown(_ noun: String, _ name: String, suggestion: String?) -> String {
        "unknown \(noun) `\(name)`" + (suggestion.map { ", did you mean `\($0)`?" } ?? "")
    }

    /// The message for a value that is not of the setting's kind.
    static func wrongValue(of setting: Setting, problem: String) -> String {
        "`\(setting.path)`: expected \(setting.expected), as in `\(setting.example)`, \(problem)"
    }
}

/// Where a value comes from.
package enum SettingOrigin: Sendable, Hashable, CustomStringConvertible {
    case `default`
    /// Line and column count from 1; both are 0 when the file as a whole is meant.
    case file(name: String, line: Int, column: Int)
    case environment(name: String)
    case flag(path: String)

    package var source: SettingSource {
        switch self {
        case .default: .default
        case .file: .file
        case .environment: .environment
        case .flag: .flag
        }
    }

    package var description: String {
        switch self {
        case .default: "default"
        case .file(let name, 0, _): name
        case .file(let name, let line, let column): "\(name):\(line):\(column)"
        case .environment(let name): "environment variable \(name)"
        case .flag(let path): "flag \(path)"
        }
    }
}

/// The kinds of sources, in rising precedence.
package enum SettingSource: String, Sendable, CaseIterable {
    case `default`, file, environment, flag
}
