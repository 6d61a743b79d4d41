extension Pattern.SyntaxError {
    /// What is wrong, in the words of Go's `regexp`, which Prometheus and Loki answer with: RE2 has the same errors by
    /// other names.
    package var goText: String {
        for (ours, known) in Self.names where reason.hasPrefix(ours) {
            let rest = reason.dropFirst(ours.count)
            guard rest.hasPrefix(": ") else { return "error parsing regexp: \(known)" }
            return "error parsing regexp: \(known): `\(rest.dropFirst(2))`"
        }
        return "error parsing regexp: \(reason)"
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
