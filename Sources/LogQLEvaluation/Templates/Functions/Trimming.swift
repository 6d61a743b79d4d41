import PrometheusModel

extension LineFunctions {
    /// What is taken off the ends of texts. The functions in capitals are older names whose text comes first.
    static let trimming: TemplateFunctions = [
        "trim": text { text throws(TemplateError) in .string(trimmed(text, both) { $0.properties.isWhitespace }) },
        "TrimSpace": text { text throws(TemplateError) in .string(trimmed(text, both) { $0.properties.isWhitespace })
        },
        "trimAll": texts { set, text throws(TemplateError) in .string(trimmed(text, both, of: set)) },
        "Trim": texts { text, set throws(TemplateError) in .string(trimmed(text, both, of: set)) },
        "TrimLeft": texts { text, set throws(TemplateError) in .string(trimmed(text, (true, false), of: set)) },
        "TrimRight": texts { text, set throws(TemplateError) in .string(trimmed(text, (false, true), of: set)) },
        "trimPrefix": texts { prefix, text throws(TemplateError) in .string(without(prefix: prefix, text)) },
        "TrimPrefix": texts { text, prefix throws(TemplateError) in .string(without(prefix: prefix, text)) },
        "trimSuffix": texts { suffix, text throws(TemplateError) in .string(without(suffix: suffix, text)) },
        "TrimSuffix": texts { text, suffix throws(TemplateError) in .string(without(suffix: suffix, text)) },
    ]

    private static let both = (true, true)

    private static func trimmed(
        _ text: String, _ sides: (left: Bool, right: Bool), _ isUnwanted: (Unicode.Scalar) -> Bool
    ) -> String {
        var scalars = text.unicodeScalars[...]
        if sides.left { scalars = scalars.drop(while: isUnwanted) }
        if sides.right { while let last = scalars.last, isUnwanted(last) { scalars.removeLast() } }
        return String(scalars)
    }

    private static func trimmed(_ text: String, _ sides: (left: Bool, right: Bool), of set: String) -> String {
        let set = Set(set.unicodeScalars)
        return trimmed(text, sides) { set.contains($0) }
    }

    private static func without(prefix: String, _ text: String) -> String {
        guard text.utf8.starts(with: prefix.utf8) else { return text }
        return String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    private static func without(suffix: String, _ text: String) -> String {
        guard text.utf8.reversed().starts(with: suffix.utf8.reversed()) else { return text }
        return String(decoding: text.utf8.dropLast(suffix.utf8.count), as: UTF8.self)
    }
}
