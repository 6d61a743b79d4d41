import PrometheusModel

/// Regular expressions of a configuration.
enum PatternText {
    static func compile(
        _ source: String, _ path: String, at position: ConfigurationTree.Position?
    ) throws(LogProcessingError) -> Pattern {
        do throws(Pattern.SyntaxError) {
            return try Pattern(source, dotMatchesNewline: false)
        } catch {
            throw LogProcessingError("\(path): \(error.reason)", at: position)
        }
    }
}
