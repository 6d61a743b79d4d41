import Yams

@testable import Verification

/// Reads one YAML value.
enum PlainScalarReading {
    static func read(_ text: String) throws -> PlainScalar? {
        try compose(yaml: text, .basic, .default, .utf8)?.scalar.map { PlainScalar($0) }
    }
}
