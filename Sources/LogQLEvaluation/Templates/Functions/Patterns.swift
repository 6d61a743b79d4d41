import PrometheusModel

extension LineFunctions {
    /// Regular expressions.
    static let patterns: TemplateFunctions = [
        "regexReplaceAll": texts { source, text, replacement throws(TemplateError) in
            .string(try pattern(source).replaceAll(in: text, with: replacement))
        },
        "regexReplaceAllLiteral": texts { source, text, replacement throws(TemplateError) in
            let literal = try ByteSearch.replace("$", with: "$$", in: replacement, countMax: .max)
            return .string(try pattern(source).replaceAll(in: text, with: literal))
        },
        "count": texts { source, text throws(TemplateError) in
            .int(try pattern(source).count(in: text))
        },
    ]

    private static let known = LiteralMemory<Pattern>()

    private static func pattern(_ source: String) throws(TemplateError) -> Pattern {
        if let pattern = known[source] { return pattern }
        do throws(Pattern.SyntaxError) {
            let pattern = try Pattern(source, dotMatchesNewline: false)
            known[source] = pattern
            return pattern
        } catch {
            throw TemplateError("error parsing regexp: \(error.reason)")
        }
    }
}
