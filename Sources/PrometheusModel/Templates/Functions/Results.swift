/// What queries gave.
extension TemplateFunctions {
    static let results: TemplateFunctions = [
        "first": TemplateFunction(.samples) { arguments throws(TemplateError) in
            guard case .samples(let samples) = arguments[0], let first = samples.first else {
                throw TemplateError("first() called on vector with no elements")
            }
            return .sample(first)
        },
        "label": TemplateFunction(.string, .sample) { arguments throws(TemplateError) in
            guard case .string(let name) = arguments[0] else { return .none }
            return .string(try sample(arguments[1]).labels[name] ?? "")
        },
        "value": TemplateFunction(.sample) { arguments throws(TemplateError) in
            .float(try sample(arguments[0]).value)
        },
        "strvalue": TemplateFunction(.sample) { arguments throws(TemplateError) in
            .string(try sample(arguments[0]).labels["__value__"] ?? "")
        },
        "sortByLabel": TemplateFunction(.string, .samples) { arguments throws(TemplateError) in
            guard case .string(let name) = arguments[0], case .samples(let samples) = arguments[1] else { return .none }
            let keyed = samples.enumerated().map { ($0.offset, $0.element.labels[name] ?? "", $0.element) }
            let sorted = keyed.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 < $1.1 }
            return .samples(sorted.map(\.2))
        },
    ]

    private static func sample(_ value: TemplateValue) throws(TemplateError) -> TemplateSample {
        guard case .sample(let sample) = value else {
            throw TemplateError("runtime error: invalid memory address or nil pointer dereference")
        }
        return sample
    }
}
