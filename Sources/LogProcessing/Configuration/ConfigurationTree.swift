/// A piece of a configuration file, as its reader (of YAML, say) hands it over.
package indirect enum ConfigurationTree: Sendable, Equatable {
    package struct Position: Sendable, Equatable {
        /// From 1.
        package var line: Int
        /// From 1.
        package var column: Int

        package init(line: Int, column: Int) {
            self.line = line
            self.column = column
        }
    }

    package struct Member: Sendable, Equatable {
        package var key: String
        package var position: Position?
        package var value: ConfigurationTree

        package init(_ key: String, _ value: ConfigurationTree, at position: Position? = nil) {
            self.key = key
            self.value = value
            self.position = position
        }
    }

    /// The text of a scalar; what type it is is asked by who reads it. A null is an empty text.
    case scalar(String, Position?)
    case list([ConfigurationTree], Position?)
    case map([Member], Position?)

    package func hasKey(_ key: String) -> Bool {
        guard case .map(let members, _) = self else { return false }
        return members.contains { $0.key == key }
    }

    package var position: Position? {
        switch self {
        case .scalar(_, let position), .list(_, let position), .map(_, let position): position
        }
    }
}
