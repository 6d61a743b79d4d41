import PrometheusModel

/// The functions of `line_format` and `label_format`.
///
/// - Spec: Loki, "Template functions"; those of Go's text/template, and of them not Prometheus' `args`.
enum LineFunctions {
    /// What a run is given in its context.
    static let linePlace = 0
    static let timePlace = 1
    static let nowPlace = 2

    static let all: TemplateFunctions = {
        var functions = TemplateFunctions.builtin
        functions["args"] = nil
        for family in [texts, trimming, integers, decimals, times, patterns, encodings, conversions] {
            functions.merge(family) { _, new in new }
        }
        functions["__line__"] = TemplateFunction(context: linePlace)
        functions["__timestamp__"] = TemplateFunction(context: timePlace)
        functions["now"] = TemplateFunction(context: nowPlace)
        return functions
    }()

    static let names = Set(all.keys)

    /// A function of one text.
    static func text(_ body: @escaping @Sendable (String) throws(TemplateError) -> TemplateValue) -> TemplateFunction {
        TemplateFunction(.string) { arguments throws(TemplateError) in
            guard case .string(let text) = arguments[0] else { return .none }
            return try body(text)
        }
    }

    /// A function of two texts.
    static func texts(
        _ body: @escaping @Sendable (String, String) throws(TemplateError) -> TemplateValue
    ) -> TemplateFunction {
        TemplateFunction(.string, .string) { arguments throws(TemplateError) in
            guard case .string(let first) = arguments[0], case .string(let second) = arguments[1] else { return .none }
            return try body(first, second)
        }
    }

    /// A function of three texts.
    static func texts(
        _ body: @escaping @Sendable (String, String, String) throws(TemplateError) -> TemplateValue
    ) -> TemplateFunction {
        TemplateFunction(.string, .string, .string) { arguments throws(TemplateError) in
            guard case .string(let first) = arguments[0], case .string(let second) = arguments[1],
                case .string(let third) = arguments[2]
            else { return .none }
            return try body(first, second, third)
        }
    }

    /// A function of a number and a text.
    static func counted(
        _ body: @escaping @Sendable (Int, String) throws(TemplateError) -> TemplateValue
    ) -> TemplateFunction {
        TemplateFunction(.int, .string) { arguments throws(TemplateError) in
            guard case .int(let count) = arguments[0], case .string(let text) = arguments[1] else { return .none }
            return try body(count, text)
        }
    }
}
