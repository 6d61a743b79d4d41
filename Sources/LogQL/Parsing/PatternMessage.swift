import PrometheusModel

/// Words for what is wrong with a regular expression: RE2 and Go's `regexp` have the same errors by other names.
enum PatternMessage {
    static func text(for error: Pattern.SyntaxError) -> String {
        for (ours, known) in names where error.reason.hasPrefix(ours) {
            let rest = error.reason.dropFirst(ours.count)
            guard rest.hasPrefix(": ") else { return "error parsing regexp: \(known)" }
            return "error parsing regexp: \(known): `\(rest.dropFirst(2))`"
        }
        return "error parsing regexp: \(error.reason)"
    }

    private static let names = [
        ("invalid escape sequence", "invalid escape sequence"),
        ("invalid character class range", "invalid character class range"),
        ("invalid character class", "invalid character class"),
        ("missing ]", "missing closing ]"),
        ("missing )", "missing closing )"),
        ("unexpected )", "unexpected )"),
        ("trailing \\", "trailing backslash at end of expression"),
        ("no argument for repetition operator", "missing argument to repetition operator"),
        ("invalid repetition size", "invalid repeat count"),
        ("bad repetition operator", "invalid nested repetition operator"),
        ("invalid perl operator", "invalid or unsupported Perl syntax"),
        ("invalid UTF-8", "invalid UTF-8"),
        ("invalid named capture group", "invalid named capture"),
    ]
}
